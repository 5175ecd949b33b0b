/** What has become of each stretch of a reviewed text, by the text that stands there now. */
import { diffLines, type LineChange } from './lineDiff.ts';
import type { Lines, ReviewText, Segment } from './reviewText.ts';
import { findUserChanges } from './userChanges.ts';

/** Put together, the `base` of all are the base, and so on with `agent` and `current`. */
export function toSegments(text: ReviewText, current: Lines): readonly Segment[] {
  const { agent, places } = readText(text);
  const found = findUserChanges({ agent, places }, current);
  const changes = found.map((change, index) => {
    const from = found[index - 1]?.leftEnd ?? 0;
    return slideToPlace(change, { agent, current, places, from });
  });
  const sides = [...listSides(places, agent, toUserWork(changes, current))];
  let currentStart = 0;
  return sides.filter(isThere).map((each) => {
    const segment = { ...each, kind: toKind(each), currentStart };
    currentStart += each.current.length;
    return segment;
  });
}

type Sides = Omit<Segment, 'kind' | 'currentStart'>;

/** A stretch that the agent has changed, with where its lines are in the agent's text. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly base: Lines;
  readonly turns: readonly string[];
}

interface KnownText {
  readonly agent: Lines;
  readonly places: readonly Place[];
}

/** The same text is compared with each key that is typed. */
const known = new WeakMap<ReviewText, KnownText>();

function readText(text: ReviewText): KnownText {
  const read = known.get(text) ?? { agent: text.flatMap((piece) => piece.agent), places: toPlaces(text) };
  known.set(text, read);
  return read;
}

function toPlaces(text: ReviewText): readonly Place[] {
  const places: Place[] = [];
  let at = 0;
  for (const { base, agent, turns } of text) {
    const end = at + agent.length;
    if (turns.length > 0) places.push({ start: at, end, base, turns });
    at = end;
  }
  return places;
}

interface Texts extends KnownText {
  readonly current: Lines;
  /** The line of the agent's text before which there is another change. */
  readonly from: number;
}

/**
 * Where lines only came or only went, it may be impossible to tell which of several that are the same: then it is those of
 * a place that the agent has changed, so that what is undone there is seen to be.
 */
function slideToPlace(change: LineChange, { agent, current, places, from }: Texts): LineChange {
  const { leftStart, leftEnd, rightStart, rightEnd } = change;
  const [isAdded, isRemoved] = [leftStart === leftEnd, rightStart === rightEnd];
  if (isAdded === isRemoved) return change;
  const [lines, start, length] = isAdded
    ? [current, rightStart, rightEnd - rightStart]
    : [agent, leftStart, leftEnd - leftStart];
  const isPlace = (up: number): boolean =>
    places.some((place) => {
      if (place.start !== leftStart - up) return false;
      return isAdded
        ? place.end === place.start && place.base.length === length
        : place.base.length === 0 && place.end - place.start === length;
    });
  for (let up = 0; up <= leftStart - from; up += 1) {
    if (isPlace(up))
      return {
        ...{ leftStart: leftStart - up, leftEnd: leftEnd - up },
        ...{ rightStart: rightStart - up, rightEnd: rightEnd - up },
      };
    if (start - up < 1 || lines[start - up - 1] !== lines[start - up - 1 + length]) return change;
  }
  return change;
}

/** A change of the user's to the agent's text: these lines went, and others came in their place. */
interface UserWork {
  readonly start: number;
  readonly end: number;
  lines: Lines;
}

function toUserWork(changes: readonly LineChange[], current: Lines): readonly UserWork[] {
  return changes.map(({ leftStart, leftEnd, rightStart, rightEnd }) => ({
    start: leftStart,
    end: leftEnd,
    lines: current.slice(rightStart, rightEnd),
  }));
}

/** The stretches between the places, and those at the places, in their order. */
function* listSides(places: readonly Place[], agent: Lines, work: readonly UserWork[]): Generator<Sides> {
  let at = 0;
  for (const place of places) {
    yield* listOutside({ start: at, end: place.start }, agent, work);
    yield* listAtPlace(place, agent, work);
    at = place.end;
  }
  yield* listOutside({ start: at, end: agent.length }, agent, work);
  // What was put in behind the last line of all.
  yield usersOf([], takeEnded(work, agent.length));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Here the agent has changed nothing. Not what was put in behind the last line: it may belong to the place that follows. */
function* listOutside({ start, end }: Range, agent: Lines, work: readonly UserWork[]): Generator<Sides> {
  let at = start;
  // What was put in where there is nothing between two places is theirs.
  if (start < end) yield usersOf([], takeEnded(work, start));
  for (const change of work) {
    const [from, to] = [Math.max(change.start, start), Math.min(change.end, end)];
    const isInserted = change.start === change.end && change.start >= start && change.start < end;
    if (from >= to && !isInserted) continue;
    yield sameOf(agent.slice(at, from));
    // What came stands where the last of what went was; where that is a place, it may belong to it.
    yield usersOf(agent.slice(from, to), change.end < end ? take(change) : []);
    at = Math.max(at, to);
  }
  yield sameOf(agent.slice(at, end));
}

/** What the user has put in before this line and no place has taken for its own. */
function takeEnded(work: readonly UserWork[], line: number): Lines {
  return work.filter(({ end }) => end <= line).flatMap(take);
}

function take(change: UserWork): Lines {
  const { lines } = change;
  change.lines = [];
  return lines;
}

function* listAtPlace(place: Place, agent: Lines, work: readonly UserWork[]): Generator<Sides> {
  const { start, end, base, turns } = place;
  const own = agent.slice(start, end);
  const touching = work.filter((change) => change.start <= end && start <= change.end);
  const gone = new Set(
    touching.flatMap((change) => rangeOf(Math.max(change.start, start), Math.min(change.end, end))),
  );
  const isGone = gone.size === own.length;
  const back = isGone ? touching.find(({ lines }) => bringsBack(lines, place)) : undefined;
  if (back !== undefined) {
    yield usersOf([], touching.filter((change) => change !== back && change.end <= start).flatMap(take));
    yield* listBroughtBack(place, own, back);
    return;
  }
  yield usersOf([], takeEnded(touching, start));
  if (own.length === 0) yield { base, turns, agent: [], current: [] };
  else if (isGone) yield toReplaced(place, own, touching);
  else yield* listLeft(place, agent, touching);
}

/** Of lines that were only taken away some are there again, or all of those that were replaced. */
function bringsBack(lines: Lines, place: Place): boolean {
  const { start, end, base } = place;
  return start === end ? countMissing(base, lines) < base.length : bringsAllBack(lines, place);
}

function bringsAllBack(lines: Lines, { base }: Place): boolean {
  return lines.length > 0 && base.length > 0 && countMissing(base, lines) === 0;
}

/** Lines of the first text that the second doesn't have. */
function countMissing(base: Lines, lines: Lines): number {
  return diffLines(base, lines).reduce((sum, { leftStart, leftEnd }) => sum + leftEnd - leftStart, 0);
}

/** As it was before the agent, with what the user has put between. */
function* listBroughtBack({ base, turns }: Place, own: Lines, work: UserWork): Generator<Sides> {
  const lines = take(work);
  let agent = own;
  let at = 0;
  const leave = (until: number): Sides => {
    const back = base.slice(at, until);
    const sides = { base: back, turns, agent: back.length > 0 ? agent : [], current: back };
    if (back.length > 0) agent = [];
    return sides;
  };
  for (const { leftStart, leftEnd, rightStart, rightEnd } of diffLines(base, lines)) {
    yield leave(leftStart);
    yield { base: base.slice(leftStart, leftEnd), turns, agent: [], current: [] };
    // What stands behind all of it may belong to the next place.
    if (rightEnd === lines.length) work.lines = lines.slice(rightStart);
    else yield usersOf([], lines.slice(rightStart, rightEnd));
    at = leftEnd;
  }
  yield leave(base.length);
}

/** Nothing is left of what the agent wrote. */
function toReplaced({ start, end, base, turns }: Place, own: Lines, touching: readonly UserWork[]): Sides {
  const isOwn = (change: UserWork): boolean => change.start === start && change.end === end;
  // One that goes further is about these lines when some of those that stood here are there again.
  const sharesLines = ({ lines }: UserWork): boolean => base.some((line) => lines.includes(line));
  const change = touching.find((each) => isOwn(each) || sharesLines(each));
  return { base, turns, agent: own, current: change !== undefined && base.length > 0 ? take(change) : [] };
}

/**
 * What is left of the agent's lines, with what the user has put between them. What stood there before goes with the first, unless
 * it is there again.
 */
function* listLeft(place: Place, agent: Lines, touching: readonly UserWork[]): Generator<Sides> {
  const { start, end, turns } = place;
  const back = touching.find((change) => change.end <= end && bringsAllBack(change.lines, place));
  let rest = back === undefined ? place.base : [];
  let at = start;
  const leave = (until: number): Sides => {
    const lines = agent.slice(at, until);
    const left = { base: rest, turns, agent: lines, current: lines };
    rest = [];
    return left;
  };
  for (const change of touching) {
    const [from, to] = [Math.max(change.start, start), Math.min(change.end, end)];
    if (from > to || (from === to && (from === start || from === end))) continue;
    if (from > at) yield leave(from);
    const gone = agent.slice(from, to);
    if (change === back) yield* listBroughtBack(place, gone, change);
    else yield { base: [], turns, agent: gone, current: [] };
    if (change.end <= end) yield usersOf([], take(change));
    at = to;
  }
  if (end > at) yield leave(end);
}

function rangeOf(start: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}

function sameOf(lines: Lines): Sides {
  return { base: lines, agent: lines, current: lines, turns: [] };
}

function usersOf(gone: Lines, come: Lines): Sides {
  return { base: gone, agent: gone, current: come, turns: [] };
}

function isThere({ base, agent, current }: Sides): boolean {
  return base.length + agent.length + current.length > 0;
}

function toKind({ base, agent, current, turns }: Sides): Segment['kind'] {
  const isUntouched = isSame(agent, current);
  if (turns.length === 0) return isUntouched ? 'same' : 'user';
  if (isUntouched) return 'pending';
  return isSame(base, current) ? 'undone' : 'mixed';
}

function isSame(left: Lines, right: Lines): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
