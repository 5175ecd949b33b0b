/** What a person points at in the editor, in words for a message. No editor in here. */
import { relativePath, toSlashes } from '../../core/paths.ts';
import type { Platform } from '../../core/ports.ts';

/** Lines from 1, both included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

export interface Place {
  /** Absolute. */
  readonly path: string;
  readonly lines?: LineRange | undefined;
}

export interface MentionBase {
  /** The folder that relative paths start from. */
  readonly cwd: string;
  readonly platform: Platform;
}

/** As `findMentions` reads it: `@src/a.ts#L2-5`. */
export function toMention({ path, lines }: Place, { cwd, platform }: MentionBase): string {
  const inside = relativePath(cwd, path, platform);
  const shown = toSlashes(inside ?? path, platform);
  const range = lines === undefined ? '' : `#L${lines.from}${lines.to > lines.from ? `-${lines.to}` : ''}`;
  return /[\s"]/.test(shown) ? `@"${shown}${range}"` : `@${shown}${range}`;
}

export interface ProblemText {
  readonly message: string;
  readonly source?: string | undefined;
  readonly code?: string | undefined;
}

/** At most so many problems are named in one message. */
const MOST = 10;

export function askToFix(mention: string, problems: readonly ProblemText[]): string {
  const [only] = problems;
  if (problems.length === 1 && only !== undefined) return `Fix this problem in ${mention}: ${describe(only)}`;
  const listed = problems.slice(0, MOST).map((problem) => `- ${describe(problem)}`);
  const rest = problems.length - listed.length;
  return [`Fix these problems in ${mention}:`, ...listed, ...(rest > 0 ? [`- and ${rest} more`] : [])].join(
    '\n',
  );
}

function describe({ message, source, code }: ProblemText): string {
  const origin = [source, code].filter((part) => part !== undefined && part !== '').join(' ');
  const text = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  return origin === '' ? text : `${text} (${origin})`;
}
