/** What a rename would make of each file, computed before anybody is asked, and made only as it was computed. */
import type { LanguageFileEdit } from '../../protocol/languageFeatures.ts';
import type { LanguageFeatures } from '../ports.ts';
import { maxChangedBytes } from './changeFile.ts';
import { explainUnencodable } from './editHints.ts';
import { explainLate } from './lsp.ts';
import { decodeText, encodeText } from './textEncoding.ts';
import type { ToolView } from './tool.ts';
import { withoutFileErrors } from './toolOutcome.ts';
import { displayPath } from './toolPath.ts';

export interface RenameQuestion {
  readonly path: string;
  readonly line: number;
  readonly character: number;
  readonly newName: string;
}

/** One file, as it was and as it would be. */
export interface PlannedFile {
  readonly path: string;
  readonly beforeBytes: Uint8Array;
  readonly bytes: Uint8Array;
  /** With the line ends of the file. */
  readonly before: string;
  readonly after: string;
  /** Of the places that change, from 1, in order, each once. */
  readonly lines: readonly number[];
}

export type RenamePlan =
  /** By path. */
  | { readonly kind: 'planned'; readonly files: readonly PlannedFile[] }
  | { readonly kind: 'refused'; readonly reason: string };

export interface PlanRenameOptions {
  readonly features: LanguageFeatures;
  readonly view: Pick<ToolView, 'files' | 'workspace'>;
  readonly signal: AbortSignal;
}

export async function planRename(
  question: RenameQuestion,
  { features, view, signal }: PlanRenameOptions,
): Promise<RenamePlan> {
  const answer = await features.ask({ operation: 'rename', ...question }, signal);
  if (answer.kind === 'late') return refuse(explainLate(answer.seconds));
  if (answer.kind === 'refused') return refuse(`The language server refused: ${answer.reason}`);
  if (answer.kind !== 'edit') return refuse('The language server answered something else than was asked.');
  if (answer.others) {
    return refuse(
      'The language server would do more than to change the text of files (move, make or delete some, or change notebooks). Do it step by step instead.',
    );
  }
  const edits = answer.files.filter(({ replacements }) => replacements.length > 0);
  if (edits.length === 0)
    return refuse('The language server would change nothing. Is the position on the name?');
  const files: PlannedFile[] = [];
  for (const edit of edits.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const planned = await planFile(edit, view);
    if (typeof planned === 'string') return refuse(planned);
    files.push(planned);
  }
  return { kind: 'planned', files };
}

/** A text says why it can't be. */
async function planFile(
  { path, replacements }: LanguageFileEdit,
  { files, workspace }: PlanRenameOptions['view'],
): Promise<PlannedFile | string> {
  const name = displayPath(path, workspace);
  const beforeBytes = await withoutFileErrors(() => files.readFile(path, { maxBytes: maxChangedBytes }));
  const decoded = beforeBytes === undefined ? undefined : decodeText(beforeBytes);
  if (beforeBytes === undefined || decoded === undefined)
    return `${name}, which would change, can't be read.`;
  const after = applyReplacements(decoded.text, replacements);
  if (after === undefined)
    return `The language server sees another text in ${name} than stands there. Try again.`;
  const encoded = encodeText(after, decoded);
  if (encoded.kind === 'unencodable')
    return `${name}: ${explainUnencodable(decoded.encoding, encoded.character)}`;
  const lines = [...new Set(replacements.map(({ start }) => start.line))].sort((a, b) => a - b);
  return { path, beforeBytes, bytes: encoded.bytes, before: decoded.text, after, lines };
}

/** undefined: they don't fit the text, or each other. */
export function applyReplacements(
  text: string,
  replacements: LanguageFileEdit['replacements'],
): string | undefined {
  const toOffset = createOffsets(text);
  const placed = replacements
    .map(({ start, end, text: replacement }) => ({ start: toOffset(start), end: toOffset(end), replacement }))
    .sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  let result = '';
  let done = 0;
  for (const { start, end, replacement } of placed) {
    if (start === undefined || end === undefined || start < done || end < start) return undefined;
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}

/** From lines and characters, as editors count them, to offsets; undefined where there is no such place. */
function createOffsets(
  text: string,
): (place: { readonly line: number; readonly character: number }) => number | undefined {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ 0: end, index }) => index + end.length)];
  return ({ line, character }) => {
    const start = starts[line - 1];
    if (start === undefined) return undefined;
    const offset = start + character - 1;
    return offset <= (starts[line] ?? text.length) ? offset : undefined;
  };
}

function refuse(reason: string): RenamePlan {
  return { kind: 'refused', reason };
}
