/** The user's comments as one message to the agent: which lines of which file, as they stand there, and what is said. Pure. */
import { type CommentThread, unsentOf } from './commentThreads.ts';

/** Characters of one line that is quoted. */
const MOST_CHARS = 300;

/** `toName`: a path as the agent reads it. undefined: there is nothing to send. */
export function toCommentMessage(
  threads: readonly CommentThread[],
  toName: (path: string) => string,
): string | undefined {
  const unsent = threads.filter((thread) => unsentOf(thread).length > 0).toSorted(compare);
  if (unsent.length === 0) return undefined;
  const intro =
    unsent.length === 1 ? 'A comment on your changes:' : `${unsent.length} comments on your changes:`;
  return [intro, ...unsent.map((thread) => describeThread(thread, toName))].join('\n\n');
}

function compare(one: CommentThread, other: CommentThread): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.start - other.start;
}

function describeThread(thread: CommentThread, toName: (path: string) => string): string {
  const { id, path, start, end, quoted } = thread;
  const lines = start === end ? `${start + 1}` : `${start + 1}-${end + 1}`;
  const code = quoted.map((line) => `> ${cut(line.replace(/\r?\n$/, ''))}`);
  const rest = end + 1 - start - quoted.length;
  return [
    `[${id}] ${toName(path)}:${lines}`,
    ...code,
    ...(quoted.length > 0 && rest > 0 ? [`> … ${rest} more`] : []),
    ...unsentOf(thread).map(({ text }) => text),
  ].join('\n');
}

function cut(line: string): string {
  return line.length <= MOST_CHARS ? line : `${line.slice(0, MOST_CHARS)}…`;
}
