/**
 * Comments of the user on lines of a change: what is said about which lines, what of it the agent has been told, and what has become
 * of it. Each function gives a new thread. Pure.
 */
import type { Lines } from './reviewText.ts';

export interface ThreadComment {
  readonly author: 'user' | 'belay';
  readonly text: string;
  /** False: the agent has not been told yet. */
  readonly isSent: boolean;
  /** The message with which it waits for the agent; absent as soon as the agent has it. */
  readonly message?: string | undefined;
}

/** Lines from 0, the last one included. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
}

export interface CommentThread extends LineSpan {
  /** By which the agent names it: "c3". */
  readonly id: string;
  readonly path: string;
  /** The lines as they last stood there, by which they are found again where they have moved unseen. */
  readonly quoted: Lines;
  readonly comments: readonly ThreadComment[];
  readonly isResolved: boolean;
  /** Whose agent has been told; null: none has. */
  readonly sessionId: string | null;
}

/** Lines that are remembered, and told to the agent, of one thread. */
const MOST_QUOTED = 30;

/** The user says something, also once more: then it is not resolved. */
export function say(thread: CommentThread, text: string): CommentThread {
  const comment: ThreadComment = { author: 'user', text, isSent: false };
  return { ...thread, isResolved: false, comments: [...thread.comments, comment] };
}

/** Only what the agent has not been told. */
export function editComment(thread: CommentThread, index: number, text: string): CommentThread {
  return {
    ...thread,
    comments: thread.comments.map((comment, at) =>
      at === index && !comment.isSent ? { ...comment, text } : comment,
    ),
  };
}

/** undefined: it was the only one. */
export function removeComment(thread: CommentThread, index: number): CommentThread | undefined {
  const comments = thread.comments.filter((_comment, at) => at !== index);
  return comments.length === 0 ? undefined : { ...thread, comments };
}

/** What was not sent is on its way to the agent of this session, in this message. */
export function noteSent(
  thread: CommentThread,
  { sessionId, message }: { readonly sessionId: string; readonly message: string },
): CommentThread {
  return {
    ...thread,
    sessionId,
    comments: thread.comments.map((comment) =>
      comment.isSent ? comment : { ...comment, isSent: true, message },
    ),
  };
}

/** Whether the agent has taken up the messages that are meant; where it has not, their comments wait to be sent again. */
export function noteTaken(
  thread: CommentThread,
  isMeant: (message: string) => boolean,
  isTakenUp: boolean,
): CommentThread {
  const isUnderWay = ({ message }: ThreadComment): boolean => message !== undefined && isMeant(message);
  if (!thread.comments.some(isUnderWay)) return thread;
  const comments = thread.comments.map((comment): ThreadComment => {
    const { author, text } = comment;
    return isUnderWay(comment) ? { author, text, isSent: isTakenUp } : comment;
  });
  const isTold = comments.some(({ author, isSent }) => author === 'user' && isSent);
  return { ...thread, comments, sessionId: isTold ? thread.sessionId : null };
}

/** The agent has done what it was told. What the user has said since waits to be sent, so then it is not resolved. */
export function noteAnswer(thread: CommentThread, reply: string | undefined): CommentThread {
  const comment: ThreadComment = { author: 'belay', text: reply ?? '', isSent: true };
  const isResolved = unsentOf(thread).length === 0;
  return {
    ...thread,
    isResolved,
    comments: reply === undefined ? thread.comments : [...thread.comments, comment],
  };
}

export function unsentOf({ comments }: Pick<CommentThread, 'comments'>): readonly ThreadComment[] {
  return comments.filter(({ isSent }) => !isSent);
}

/** The thread stands on these lines of this text. */
export function placeAt(thread: CommentThread, span: LineSpan, text: Lines): CommentThread {
  const last = Math.max(0, text.length - 1);
  const start = Math.min(span.start, last);
  const end = Math.max(start, Math.min(span.end, last));
  return { ...thread, start, end, quoted: text.slice(start, Math.min(end + 1, start + MOST_QUOTED)) };
}

/** An edit of a text: what stood from one place to the other (from 0) is `text` now. */
export interface TextEdit {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
  readonly text: string;
}

/**
 * Where lines stand after edits, each of which is told of the text before all of them (as VS Code does). Lines that are taken away
 * leave the place where they were.
 */
export function moveSpan(span: LineSpan, edits: readonly TextEdit[]): LineSpan {
  // From the end on, so that none moves the place of another.
  return edits
    .toSorted((one, other) => comparePlaces(other.start, one.start))
    .reduce<LineSpan>(moveByOne, { start: span.start, end: span.end });
}

function moveByOne({ start, end }: LineSpan, edit: TextEdit): LineSpan {
  const moved = moveLine(start, edit);
  return { start: moved, end: Math.max(moved, moveLine(end, edit)) };
}

function comparePlaces(one: TextEdit['start'], other: TextEdit['start']): number {
  return one.line - other.line || one.character - other.character;
}

function moveLine(line: number, { start, end, text }: TextEdit): number {
  const lines = text.split('\n').length - 1;
  const isBehind = line > end.line || (line === end.line && end.character === 0);
  if (isBehind) return line + lines - (end.line - start.line);
  return line <= start.line ? line : start.line + Math.min(line - start.line, lines);
}

/**
 * Where a thread stands behind edits of which `text` has come. Lines that were replaced with all around them are looked for; a document
 * that follows the disk late tells of edits that were seen there before.
 */
export function follow(thread: CommentThread, edits: readonly TextEdit[], text: Lines): CommentThread {
  const moved = { ...thread, ...moveSpan(thread, edits) };
  if (edits.some((edit) => edit.start.line < thread.start && thread.end < edit.end.line))
    return findAgain(moved, text);
  const isThere = !isQuotedAt(moved, text) && thread.quoted.length > 0 && isQuotedAt(thread, text);
  return placeAt(thread, isThere ? thread : moved, text);
}

function isQuotedAt({ start, quoted }: CommentThread, text: Lines): boolean {
  return quoted.every((line, index) => text[start + index] === line);
}

/** Where a thread stands in a text that has changed unseen: where its lines stand now, nearest to where they were. */
export function findAgain(thread: CommentThread, text: Lines): CommentThread {
  const { start, end, quoted } = thread;
  if (quoted.length === 0) return placeAt(thread, thread, text);
  const isHere = (at: number): boolean => isQuotedAt({ ...thread, start: at }, text);
  for (let distance = 0; distance <= text.length; distance += 1) {
    const at = [start - distance, start + distance].find((place) => place >= 0 && isHere(place));
    if (at !== undefined) return placeAt(thread, { start: at, end: at + end - start }, text);
  }
  return placeAt(thread, thread, text);
}
