/** Answers of language servers as the model reads them: only what may be read, with the text of the lines, and not too much. */

import type {
  LanguageAnswer,
  LanguageCall,
  LanguagePlace,
  LanguageSymbol,
} from '../../protocol/languageFeatures.ts';
import type { Problem } from '../../protocol/problems.ts';
import { counted } from './counted.ts';
import { toModelText } from './lineEnds.ts';
import { cutLine } from './numberedLines.ts';
import { formatProblem } from './problems.ts';
import { decodeText } from './textEncoding.ts';
import type { ToolContext } from './tool.ts';
import { displayPath, escapeName } from './toolPath.ts';

export interface ToldAnswer {
  readonly text: string;
  /** Results that are told, and in how many files. */
  readonly resultCount: number;
  readonly fileCount: number;
}

/** Results that are listed. */
const MAX_LISTED = 200;
/** Characters of what a server says at a place. */
const MAX_HOVER = 10_000;
/** A line of a longer file is not shown beside its place. Bytes. */
const MAX_LINE_FILE = 2 * 1024 * 1024;
/** Places of calls that are listed of one caller. */
const MAX_SITES = 10;

export type ListingAnswer = Exclude<LanguageAnswer, { kind: 'edit' | 'refused' | 'late' }>;

export async function tellAnswer(answer: ListingAnswer, context: ToolContext): Promise<ToldAnswer> {
  switch (answer.kind) {
    case 'places':
      return tellPlaces(answer.places, answer.beyond, context);
    case 'symbols':
      return tellSymbols(answer.symbols, answer.beyond, context);
    case 'calls':
      return tellCalls(answer.calls, answer.beyond, context);
    case 'texts':
      return tellTexts(answer.texts);
    case 'problems':
      return tellProblems(answer, context);
    default:
      return answer satisfies never;
  }
}

interface Listed<Each> {
  readonly listed: readonly Each[];
  /** What is said of those that are not. */
  readonly notes: readonly string[];
}

/** What lies where the model could not look by itself without asking is counted, not named. */
async function choose<Each extends { readonly path: string }>(
  found: readonly Each[],
  beyond: number,
  { mayReadUnasked = async () => true }: ToolContext,
): Promise<Listed<Each>> {
  const paths = new Map<string, boolean>();
  for (const { path } of found) if (!paths.has(path)) paths.set(path, await mayReadUnasked(path));
  const readable = found.filter(({ path }) => paths.get(path) === true);
  const hidden = found.length - readable.length;
  const more = Math.max(0, readable.length - MAX_LISTED);
  const notes: string[] = [];
  if (more > 0) notes.push(`${more} more. Narrow it down.`);
  if (hidden > 0)
    notes.push(`${counted(hidden, 'result')} outside of what may be read without asking, not listed.`);
  if (beyond > 0) notes.push(`${counted(beyond, 'result')} more, in no file or too many to list.`);
  return { listed: readable.slice(0, MAX_LISTED), notes };
}

function toTold<Each extends { readonly path: string }>(
  lines: readonly string[],
  { listed, notes }: Listed<Each>,
): ToldAnswer {
  return {
    text: [...lines, ...notes.map((note) => `(${note})`)].join('\n'),
    resultCount: listed.length,
    fileCount: new Set(listed.map(({ path }) => path)).size,
  };
}

async function tellPlaces(
  places: readonly LanguagePlace[],
  beyond: number,
  context: ToolContext,
): Promise<ToldAnswer> {
  const chosen = await choose(places, beyond, context);
  const readLine = createLineReader(context);
  const lines: string[] = [];
  for (const place of chosen.listed) {
    const text = await readLine(place.path, place.line);
    lines.push(text === '' ? formatPlace(place, context) : `${formatPlace(place, context)}  ${text}`);
  }
  return toTold(lines, chosen);
}

async function tellSymbols(
  symbols: readonly LanguageSymbol[],
  beyond: number,
  context: ToolContext,
): Promise<ToldAnswer> {
  const chosen = await choose(symbols, beyond, context);
  const lines = chosen.listed.map((symbol) => `${'  '.repeat(symbol.depth)}${formatSymbol(symbol, context)}`);
  return toTold(lines, chosen);
}

async function tellCalls(
  calls: readonly LanguageCall[],
  beyond: number,
  context: ToolContext,
): Promise<ToldAnswer> {
  const chosen = await choose(calls, beyond, context);
  const lines = chosen.listed.map((call) => {
    const sites = call.sites.slice(0, MAX_SITES).map(({ line, character }) => `${line}:${character}`);
    if (call.sites.length > MAX_SITES) sites.push('…');
    const called = sites.length === 0 ? '' : `, called at ${sites.join(', ')}`;
    return `${formatSymbol(call, context)}${called}`;
  });
  return toTold(lines, chosen);
}

function tellTexts(texts: readonly string[]): ToldAnswer {
  const text = texts
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .join('\n\n');
  return {
    text: text.length <= MAX_HOVER ? text : `${text.slice(0, MAX_HOVER)}\n… (cut)`,
    resultCount: texts.length,
    fileCount: texts.length > 0 ? 1 : 0,
  };
}

async function tellProblems(
  { files, beyond }: Extract<LanguageAnswer, { kind: 'problems' }>,
  context: ToolContext,
): Promise<ToldAnswer> {
  const all = files.flatMap(({ path, problems }) => problems.map((problem) => ({ path, problem })));
  const rank = ({ problem }: { readonly problem: Problem }): number => (problem.severity === 'error' ? 0 : 1);
  const chosen = await choose(
    all.toSorted((a, b) => rank(a) - rank(b)),
    beyond,
    context,
  );
  const byFile = new Map<string, string[]>();
  for (const { path, problem } of chosen.listed)
    byFile.set(path, [...(byFile.get(path) ?? []), `  ${formatProblem(problem)}`]);
  const lines = [...byFile].flatMap(([path, problems]) => [`${toName(path, context)}:`, ...problems]);
  return toTold(lines, chosen);
}

/** "function toDate src/notes.ts:12:17 (in Notes)" */
function formatSymbol(symbol: LanguageSymbol, context: ToolContext): string {
  const { kind, name, container } = symbol;
  const inside = container === undefined || container === '' ? '' : ` (in ${escapeName(container)})`;
  return `${kind} ${escapeName(name)} ${formatPlace(symbol, context)}${inside}`;
}

function formatPlace({ path, line, character }: LanguagePlace, context: ToolContext): string {
  return `${toName(path, context)}:${line}:${character}`;
}

function toName(path: string, { workspace }: ToolContext): string {
  return escapeName(displayPath(path, workspace));
}

/** Reads each file once. A line that can't be read is empty. */
export function createLineReader({
  files,
  signal,
}: Pick<ToolContext, 'files' | 'signal'>): (path: string, line: number) => Promise<string> {
  const texts = new Map<string, readonly string[]>();
  return async (path, line) => {
    const lines = texts.get(path) ?? (await readLines());
    texts.set(path, lines);
    return cutLine(lines[line - 1]?.trim() ?? '');

    async function readLines(): Promise<readonly string[]> {
      const bytes = await files.readFile(path, { maxBytes: MAX_LINE_FILE, signal }).catch(() => undefined);
      const text = bytes === undefined ? undefined : decodeText(bytes)?.text;
      return text === undefined ? [] : toModelText(text).split('\n');
    }
  };
}
