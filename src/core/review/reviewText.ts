/**
 * What of a text is the agent's and not yet looked at, what is the user's, and what of it is kept or undone. Remembered is only
 * what the agent has made of what the user had agreed to; what the user makes of that is seen by comparing it with what stands
 * there. So it makes no difference who changes the file, when and with what, and an undo in the editor brings a hunk back by itself. Pure.
 */
import { diffLines, type LineChange } from './lineDiff.ts';
import { toSegments } from './segments.ts';

/** Lines have their line ends, all of them `\n`; the last may have none. */
export type Lines = readonly string[];

/** A stretch of the text: what the user has agreed to, and what the agent has made of it. */
export interface ReviewPiece {
  readonly base: Lines;
  readonly agent: Lines;
  /** The turns that have changed it; empty where both are the same. */
  readonly turns: readonly string[];
}

/** The stretches, in the order of the text. */
export type ReviewText = readonly ReviewPiece[];

/**
 * A stretch, and what stands there now. `same`: all three agree. `user`: only the user has changed it. `pending`: the agent has, and
 * the user has not touched it. `undone`: as it was before the agent. `mixed`: the user has changed all that the agent wrote.
 */
export interface Segment extends ReviewPiece {
  readonly kind: 'same' | 'user' | 'pending' | 'undone' | 'mixed';
  readonly current: Lines;
  /** Where it begins in the text that stands there, from 0. */
  readonly currentStart: number;
}

/** A segment that waits for an answer. */
export type Hunk = Segment & { readonly kind: 'pending' | 'mixed' };

/** Line ends are made one, and a byte order mark is left out. */
export function toReviewLines(text: string): Lines {
  const unix = (text.startsWith('\uFEFF') ? text.slice(1) : text).replaceAll('\r\n', '\n');
  const lines: string[] = [];
  for (let start = 0; start < unix.length; ) {
    const newline = unix.indexOf('\n', start);
    const end = newline < 0 ? unix.length : newline + 1;
    lines.push(unix.slice(start, end));
    start = end;
  }
  return lines;
}

export function isHunk(segment: Segment): segment is Hunk {
  return segment.kind === 'pending' || segment.kind === 'mixed';
}

export function toHunks(text: ReviewText, current: Lines): readonly Hunk[] {
  return toSegments(text, current).filter(isHunk);
}

/** Whether both are the same stretch of the same text. */
export function isSamePlace(left: Hunk, right: Hunk): boolean {
  return left.currentStart === right.currentStart && left.current.length === right.current.length;
}

/** The text that what stands there is compared with: what it would be had the agent not changed what waits for an answer. */
export function toBaseline(segments: readonly Segment[]): Lines {
  return segments.flatMap((segment) => (isHunk(segment) ? segment.base : segment.current));
}

/** What the agent has left; the user may have changed it since. */
export function toAgentText(text: ReviewText): Lines {
  return text.flatMap(({ agent }) => agent);
}

/** The user agrees to these: they are the agent's no longer. What else has been changed stays as it is. */
export function keepHunks(text: ReviewText, current: Lines, isKept: (hunk: Hunk) => boolean): ReviewText {
  return joinPieces(
    toSegments(text, current).map((segment) =>
      isHunk(segment) && isKept(segment) ? agreed(segment.current) : toPiece(segment),
    ),
  );
}

/** What is to stand there without these hunks, and what is to be remembered then. */
export interface Undone {
  readonly current: Lines;
  readonly text: ReviewText;
}

/**
 * Nothing is remembered of what is undone, as long as the text itself says it: then an undo of the undo brings the hunks back. Where
 * lines are so alike that it can't be told any more, they are the agent's no longer.
 */
export function undoHunks(text: ReviewText, current: Lines, isUndone: (hunk: Hunk) => boolean): Undone {
  const segments = toSegments(text, current);
  const isChosen = (segment: Segment): boolean => isHunk(segment) && isUndone(segment);
  const lines = segments.flatMap((segment) => (isChosen(segment) ? segment.base : segment.current));
  const left = segments.filter((segment) => isHunk(segment) && !isChosen(segment));
  const found = toHunks(text, lines);
  const isTold =
    found.length === left.length &&
    found.every(({ base }, index) => isSameLines(base, left[index]?.base ?? []));
  if (isTold) return { current: lines, text };
  const settled = segments.map((segment) => {
    if (isChosen(segment)) return agreed(segment.base);
    return isHunk(segment) ? toPiece(segment) : agreed(segment.current);
  });
  return { current: lines, text: joinPieces(settled) };
}

/** A change of the file: what stood there, and what stands there behind it. */
export interface Change {
  readonly before: Lines;
  readonly after: Lines;
}

/** The agent has changed the file in this turn. What the user had changed on their own before that is what they agree to. */
export function noteWrite(text: ReviewText | undefined, change: Change, turn: string): ReviewText {
  return move(text ?? [agreed(change.before)], change, (base, agent, turns) => ({
    ...{ base, agent },
    turns: [...new Set([...turns, turn])],
  }));
}

/**
 * The user has taken changes back as a whole. What waits for an answer goes on waiting, as far as there is anything left of it;
 * what else becomes different is what they agree to.
 */
export function noteRewind(text: ReviewText, change: Change): ReviewText {
  return move(text, change, (base, agent, turns) =>
    turns.length === 0 ? agreed(agent) : { base, agent, turns },
  );
}

/** A stretch that waits for nothing. */
export function agreed(lines: Lines): ReviewPiece {
  return { base: lines, agent: lines, turns: [] };
}

export function isSameLines(left: Lines, right: Lines): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

function toPiece({ base, agent, turns }: ReviewPiece): ReviewPiece {
  return { base, agent, turns };
}

type ToPiece = (base: Lines, agent: Lines, turns: readonly string[]) => ReviewPiece;

/** The text with the change in it; `toChanged` makes a piece of what was changed, and of the turns that had changed it before. */
function move(text: ReviewText, { before, after }: Change, toChanged: ToPiece): ReviewText {
  const changes = diffLines(before, after);
  const pieces: ReviewPiece[] = [];
  let parts = settle(text, before, changes);
  let at = 0;
  for (const { leftStart, leftEnd, rightStart, rightEnd } of changes) {
    const [untouched, rest] = cut(parts, leftStart - at, 'before');
    const [replaced, behind] = cut(rest, leftEnd - leftStart, 'behind');
    const changed = toChanged(
      replaced.flatMap(({ base }) => base),
      after.slice(rightStart, rightEnd),
      replaced.flatMap(({ turns }) => turns),
    );
    pieces.push(...untouched.map(toPiece), ...trim(changed));
    parts = behind;
    at = leftEnd;
  }
  return joinPieces([...pieces, ...parts.map(toPiece)]);
}

/** A piece, with what stands there now. */
interface Part extends ReviewPiece {
  readonly current: Lines;
}

/**
 * What only the user has changed becomes part of what they agree to; also what they have made of the agent's lines, where a
 * change touches it: who writes there next has seen it.
 */
function settle(text: ReviewText, current: Lines, changes: readonly LineChange[]): readonly Part[] {
  return toSegments(text, current).flatMap((segment): readonly Part[] => {
    const { kind, base, turns, currentStart } = segment;
    const settled = { ...agreed(segment.current), current: segment.current };
    if (kind === 'user') return [settled];
    const end = currentStart + segment.current.length;
    const isTouched = changes.some(({ leftStart, leftEnd }) => leftStart <= end && currentStart <= leftEnd);
    if (!isTouched || kind === 'same' || kind === 'pending') return [segment];
    return kind === 'undone' ? [settled] : settleMixed({ base, turns, current: segment.current });
  });
}

/** The user's lines are agreed to; of what stood there before, the agent has taken away what isn't there. */
function settleMixed({ base, turns, current }: Omit<Part, 'agent'>): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  const agree = (until: number): void => {
    const lines = current.slice(at, until);
    parts.push({ ...agreed(lines), current: lines });
    at = until;
  };
  for (const { leftStart, leftEnd, rightStart, rightEnd } of diffLines(base, current)) {
    agree(rightStart);
    parts.push({ base: base.slice(leftStart, leftEnd), agent: [], turns, current: [] });
    agree(rightEnd);
  }
  agree(current.length);
  return parts;
}

/**
 * At so many lines of the current text. A place where lines were taken away belongs to what is changed beside it, which is behind
 * the cut (`before`) or before it (`behind`).
 */
function cut(parts: readonly Part[], lines: number, side: 'before' | 'behind'): [Part[], Part[]] {
  const left: Part[] = [];
  const right: Part[] = [];
  let rest = lines;
  for (const part of parts) {
    const { length } = part.current;
    const isGap = length === 0 && rest === 0 && right.length === 0;
    if (right.length > 0 || (rest <= 0 && !(isGap && side === 'behind'))) right.push(part);
    else if (length <= rest) left.push(part);
    else {
      const [first, second] = split(part, rest);
      left.push(first);
      right.push(second);
    }
    rest -= length;
  }
  return [left, right];
}

/** Only of parts that stand there as the agent left them. */
function split({ base, turns, current }: Part, at: number): [Part, Part] {
  const [first, second] = [current.slice(0, at), current.slice(at)];
  if (turns.length === 0)
    return [
      { ...agreed(first), current: first },
      { ...agreed(second), current: second },
    ];
  return [
    { base, turns, agent: first, current: first },
    { base: [], turns, agent: second, current: second },
  ];
}

/** What both have in common at the ends is agreed to. */
function trim({ base, agent, turns }: ReviewPiece): readonly ReviewPiece[] {
  const shortest = Math.min(base.length, agent.length);
  let start = 0;
  while (start < shortest && base[start] === agent[start]) start += 1;
  let end = 0;
  while (end < shortest - start && base[base.length - 1 - end] === agent[agent.length - 1 - end]) end += 1;
  return [
    agreed(base.slice(0, start)),
    { base: base.slice(start, base.length - end), agent: agent.slice(start, agent.length - end), turns },
    agreed(base.slice(base.length - end)),
  ];
}

/** Stretches that nobody could tell apart are one: what is agreed to, and lines that were taken away at one place. */
function joinPieces(pieces: readonly ReviewPiece[]): ReviewText {
  const joined: ReviewPiece[] = [];
  let lines: string[] = [];
  const end = (): void => {
    if (lines.length > 0) joined.push(agreed(lines));
    lines = [];
  };
  for (const piece of pieces) {
    if (piece.turns.length === 0 || isSameLines(piece.base, piece.agent)) lines.push(...piece.agent);
    else {
      end();
      const last = joined.at(-1);
      if (last === undefined || last.turns.length === 0 || last.agent.length + piece.agent.length > 0)
        joined.push(piece);
      else
        joined[joined.length - 1] = {
          ...{ base: [...last.base, ...piece.base], agent: [] },
          turns: [...new Set([...last.turns, ...piece.turns])],
        };
    }
  }
  end();
  return joined;
}
