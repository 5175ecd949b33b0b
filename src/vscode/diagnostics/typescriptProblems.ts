/**
 * What VS Code's own TypeScript server finds wrong with a document, asked outright: unasked it speaks only of files that stand in a
 * tab, and says nothing when all is well. The command and its answer are those of the `typescript-language-features` extension
 * and of tsserver (`semanticDiagnosticsSync`).
 */
import { commands, type TextDocument, workspace } from 'vscode';
import * as z from 'zod';
import type { Clock } from '../../core/ports.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { SeenFile } from './openInBackground.ts';

/** How the server names itself in what it finds. */
export const TYPESCRIPT_SOURCE = 'ts';

const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['typescript', 'typescript'],
  ['typescriptreact', 'typescript'],
  ['javascript', 'javascript'],
  ['javascriptreact', 'javascript'],
]);

const answer = z.object({
  type: z.literal('response'),
  body: z.array(
    z.object({
      start: z.object({ line: z.number(), offset: z.number() }),
      text: z.string(),
      category: z.string(),
      code: z.number().optional(),
      source: z.string().optional(),
    }),
  ),
});

export interface TypescriptQuestion {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly maxMs: number;
  readonly signal: AbortSignal;
}

export type TypescriptAnswer =
  | { readonly kind: 'answered'; readonly problems: readonly Problem[] }
  /** Not yet: it may be starting. */
  | { readonly kind: 'late' }
  /** It has nothing to do with this file, isn't there, or isn't to be asked. */
  | { readonly kind: 'unasked' };

export async function findTypescriptProblems(
  seen: SeenFile,
  { clock, maxMs, signal }: TypescriptQuestion,
): Promise<TypescriptAnswer> {
  if (seen.kind === 'notebook' || !isToBeAsked(seen.document)) return { kind: 'unasked' };
  if (maxMs <= 0 || signal.aborted) return { kind: 'late' };
  const answered = new AbortController();
  const late = clock.sleep(maxMs, AbortSignal.any([signal, answered.signal])).catch(() => undefined);
  try {
    return await Promise.race([askServer(seen.document), late.then(() => ({ kind: 'late' }) as const)]);
  } finally {
    answered.abort();
  }
}

function isToBeAsked({ languageId, uri }: TextDocument): boolean {
  const section = SECTIONS.get(languageId);
  if (section === undefined) return false;
  return workspace.getConfiguration(section, uri).get('validate.enable') !== false;
}

async function askServer(document: TextDocument): Promise<TypescriptAnswer> {
  const requests = ['syntacticDiagnosticsSync', 'semanticDiagnosticsSync'];
  const found = await Promise.all(requests.map((request) => ask(request, document)));
  const known = found.filter((problems) => problems !== undefined);
  return known.length === found.length ? { kind: 'answered', problems: known.flat() } : { kind: 'unasked' };
}

async function ask(request: string, { uri }: TextDocument): Promise<Problem[] | undefined> {
  try {
    const given = await commands.executeCommand('typescript.tsserverRequest', request, { file: uri });
    const parsed = answer.safeParse(given);
    return parsed.success ? parsed.data.body.flatMap(toProblem) : undefined;
  } catch {
    // The extension is switched off, or its server has ended.
    return undefined;
  }
}

type Found = z.infer<typeof answer>['body'][number];

function toProblem({ start, text, category, code, source = TYPESCRIPT_SOURCE }: Found): Problem[] {
  if (category !== 'error' && category !== 'warning') return [];
  return [
    {
      severity: category,
      line: start.line,
      column: start.offset,
      message: text,
      source,
      ...(code === undefined ? {} : { code: String(code) }),
    },
  ];
}
