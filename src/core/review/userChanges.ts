/**
 * What the user has made of the agent's text. Where lines are alike a comparison can tell it in several ways: the one in which the user
 * has done the least counts, and to have undone a place that the agent has changed counts as nothing. Pure.
 */
import { diffLines, type LineChange } from './lineDiff.ts';
import type { Lines } from './reviewText.ts';

/** A stretch of the agent's text that the agent has changed: what stood there before. */
interface ChangedPlace {
  readonly start: number;
  readonly end: number;
  readonly base: Lines;
}

interface AgentText {
  readonly agent: Lines;
  /** In their order. */
  readonly places: readonly ChangedPlace[];
}

/** Places so near a change that they may have been undone with it, in lines; and how many of them are tried. */
const REACH = 20;
const MOST_TRIED = 8;

/** From the agent's text to the one that stands there, in their order. */
export function findUserChanges(text: AgentText, current: Lines): readonly LineChange[] {
  const found = diffLines(text.agent, current);
  const near = text.places.filter((place) => found.some((change) => isNear(place, change)));
  if (near.length === 0 || near.length > MOST_TRIED) return found;
  let [undone, best] = [new Set<ChangedPlace>(), found];
  let least = sizeOf(found);
  for (const place of near) {
    const tried = new Set([...undone, place]);
    const changes = diffLines(withoutPlaces(text, tried), current);
    if (sizeOf(changes) >= least) continue;
    least = sizeOf(changes);
    [undone, best] = [tried, changes];
  }
  return undone.size === 0 ? found : toAgentLines(best, text, undone);
}

function isNear({ start, end }: ChangedPlace, { leftStart, leftEnd }: LineChange): boolean {
  return leftStart <= end + REACH && start - REACH <= leftEnd;
}

function sizeOf(changes: readonly LineChange[]): number {
  return changes.reduce(
    (sum, { leftStart, leftEnd, rightStart, rightEnd }) => sum + leftEnd - leftStart + rightEnd - rightStart,
    0,
  );
}

function withoutPlaces({ agent, places }: AgentText, undone: ReadonlySet<ChangedPlace>): Lines {
  const lines: string[] = [];
  let at = 0;
  for (const place of places) {
    if (!undone.has(place)) continue;
    lines.push(...agent.slice(at, place.start), ...place.base);
    at = place.end;
  }
  return [...lines, ...agent.slice(at)];
}

/** A stretch of the text without the places that were undone, and how many lines more it has in the agent's text and in the current one. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly inAgent: number;
  readonly inCurrent: number;
}

/** The changes of the text without these places, as changes of the agent's: what was undone is one, with what touches it. */
function toAgentLines(
  changes: readonly LineChange[],
  { places }: AgentText,
  undone: ReadonlySet<ChangedPlace>,
): readonly LineChange[] {
  const stretches = [...toStretches(places, undone), ...changes.map(toStretch)];
  const all: LineChange[] = [];
  let [agentShift, currentShift] = [0, 0];
  for (const { start, end, inAgent, inCurrent } of joinTouching(stretches)) {
    const [leftStart, rightStart] = [start + agentShift, start + currentShift];
    agentShift += inAgent;
    currentShift += inCurrent;
    all.push({ leftStart, rightStart, leftEnd: end + agentShift, rightEnd: end + currentShift });
  }
  return all;
}

function* toStretches(
  places: readonly ChangedPlace[],
  undone: ReadonlySet<ChangedPlace>,
): Generator<Stretch> {
  let shift = 0;
  for (const place of places) {
    if (!undone.has(place)) continue;
    const inAgent = place.end - place.start - place.base.length;
    const start = place.start - shift;
    yield { start, end: start + place.base.length, inAgent, inCurrent: 0 };
    shift += inAgent;
  }
}

function toStretch({ leftStart, leftEnd, rightStart, rightEnd }: LineChange): Stretch {
  const inCurrent = rightEnd - rightStart - (leftEnd - leftStart);
  return { start: leftStart, end: leftEnd, inAgent: 0, inCurrent };
}

function joinTouching(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const next of stretches.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const last = joined.at(-1);
    if (last === undefined || last.end < next.start) joined.push(next);
    else
      joined[joined.length - 1] = {
        start: last.start,
        end: Math.max(last.end, next.end),
        inAgent: last.inAgent + next.inAgent,
        inCurrent: last.inCurrent + next.inCurrent,
      };
  }
  return joined;
}
