/** Takes from ripgrep's output what is to be told: no denied files, only the part asked for, and no more than fits. */
import type { RipgrepEnd } from './ripgrep.ts';
import { maxSorted, type SearchPlace, sortNewestFirst } from './searchPlace.ts';
import type { ToolFiles } from './tool.ts';

export interface GrepFound extends RipgrepEnd {
  readonly lines: readonly string[];
  /** Absolute paths of the files that the lines are of. */
  readonly paths: readonly string[];
  /** There would have been more. */
  readonly more: boolean;
  /** How many were left out before the first. */
  readonly skipped: number;
}

export interface CollectOptions {
  readonly place: SearchPlace;
  /** limit 0: none. */
  readonly window: { readonly offset: number; readonly limit: number };
  readonly files: Pick<ToolFiles, 'stat'>;
  /** Lines come with their numbers. */
  readonly numbered: boolean;
}

type Records = AsyncGenerator<string, RipgrepEnd, void>;

/** Characters of one answer. */
const maxLength = 100_000;

/** Matching lines, as `path:12:text`; lines around them as `path-12-text`. */
export async function collectContent(records: Records, options: CollectOptions): Promise<GrepFound> {
  return collectLines(records, options, (path, rest) => {
    const mark = options.numbered && /^\d+-/.test(rest) ? '-' : ':';
    return `${options.place.display(path)}${mark}${rest.replace(/\r$/, '')}`;
  });
}

/** `path:3` */
export async function collectCounts(records: Records, options: CollectOptions): Promise<GrepFound> {
  return collectLines(records, options, (path, rest) => `${options.place.display(path)}:${rest}`);
}

/** Names of files, newest first. */
export async function collectFiles(
  records: Records,
  { place, window, files }: CollectOptions,
): Promise<GrepFound> {
  const found = new Map<string, string>();
  let end: RipgrepEnd = notEnded;
  while (found.size < maxSorted) {
    const step = await records.next();
    if (step.done === true) {
      end = step.value;
      break;
    }
    if (place.mayTell(step.value)) found.set(place.locate(step.value), place.display(step.value));
  }
  await records.return(notEnded);
  const sorted = await sortNewestFirst([...found.keys()], files);
  const last = window.limit === 0 ? sorted.length : window.offset + window.limit;
  const paths = sorted.slice(window.offset, last);
  return {
    ...end,
    lines: paths.map((path) => found.get(path) ?? path),
    paths,
    more: last < sorted.length || found.size >= maxSorted,
    skipped: Math.min(window.offset, sorted.length),
  };
}

const notEnded: RipgrepEnd = { problem: '', timedOut: false };

async function collectLines(
  records: Records,
  { place, window }: CollectOptions,
  format: (path: string, rest: string) => string,
): Promise<GrepFound> {
  const lines: string[] = [];
  const paths = new Set<string>();
  let [skipped, length, more] = [0, 0, false];
  let end = notEnded;
  const parse = createLineParser();
  while (!more) {
    const step = await records.next();
    if (step.done === true) {
      end = step.value;
      break;
    }
    const line = parse(step.value);
    if (line === undefined || (line !== 'gap' && !place.mayTell(line.name))) continue;
    // A gap around lines that are not told is one gap.
    if (line === 'gap' && (lines.length === 0 || lines.at(-1) === '--')) continue;
    if (skipped < window.offset) {
      skipped += 1;
    } else if ((window.limit > 0 && lines.length >= window.limit) || length > maxLength) {
      more = true;
    } else {
      const text = line === 'gap' ? '--' : format(line.name, line.rest);
      lines.push(text);
      length += text.length;
      if (line !== 'gap') paths.add(place.locate(line.name));
    }
  }
  await records.return(notEnded);
  if (lines.at(-1) === '--') lines.pop();
  return { ...end, lines, paths: [...paths], more, skipped };
}

type ParsedLine = { readonly name: string; readonly rest: string } | 'gap' | undefined;

/** Each line is a name, a zero byte, the rest. A line without one separates places, is a notice, or starts a name that goes on. */
function createLineParser(): (record: string) => ParsedLine {
  let start = '';
  return (record) => {
    const end = record.indexOf('\0');
    if (end !== -1) {
      const name = start + record.slice(0, end);
      start = '';
      return { name, rest: record.slice(end + 1) };
    }
    if (record === '--' && start === '') return 'gap';
    if (!/\bbinary file\b/i.test(record)) start += `${record}\n`;
    return undefined;
  };
}
