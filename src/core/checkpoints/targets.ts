/** Which paths a rewind or a redo would move, and where to. */

import type { RewindPoint } from './checkpoints.ts';
import { type FileState, isFile, isSameContent, modeOf, withMode } from './fileState.ts';
import { type History, lineageOf, type PathHistory, type Position } from './history.ts';
import { isInside, parentOf } from './paths.ts';

export interface Target {
  readonly history: PathHistory;
  /** `ref` null: no position of the history, but a new one. */
  readonly to: Pick<Position, 'state'> & { readonly ref: string | null };
  readonly undone: Undone;
  /** How the name is to be spelled, where the current position has it otherwise. */
  readonly respelling?: Respelling | undefined;
  /** Only these changes of the agent's. */
  readonly hunks?: readonly string[];
}

interface Respelling {
  /** Names. */
  readonly from: string;
  readonly to: string;
}

/** What lies between the current position and the target on the way back. */
export interface Undone {
  /** Changes by the agent. */
  readonly byAgent: boolean;
  /** Contents that somebody else made, between two changes by the agent, and that the target hasn't got; oldest first. */
  readonly work: readonly Position[];
  /** Permission bits that somebody else set. */
  readonly modeBySomebody: boolean;
  /** Contents that a crash left open whose they were. */
  readonly unknown: boolean;
  /**
   * What somebody else had made of what is in the target: before the agent changed more than permission bits, or when all that it
   * had changed was undone. `work`: what they made after that.
   */
  readonly theirs: { readonly state: FileState; readonly work: readonly Position[] } | undefined;
}

/** undefined: there is no record of this point. */
export function selectTargets(history: History, point: RewindPoint): Selection | undefined {
  const found = findPoint(history, point);
  if (found === undefined) return undefined;
  const { order, userMessageId, rewind } = found;
  const targets =
    rewind === undefined ? selectTargetsBefore(history, order) : selectTargetsAt(history, order);
  return { order, userMessageId, targets, rewind };
}

interface Selection extends FoundPoint {
  readonly targets: readonly Target[];
}

interface FoundPoint {
  readonly order: number;
  readonly userMessageId: string;
  /** The rewind that the point lies before. */
  readonly rewind: string | undefined;
}

function findPoint(history: History, point: RewindPoint): FoundPoint | undefined {
  if ('userMessageId' in point) {
    const order = history.orderOfMessage(point.userMessageId);
    return order === undefined ? undefined : { order, userMessageId: point.userMessageId, rewind: undefined };
  }
  const found =
    'toolUseId' in point ? history.callOf(point.toolUseId) : history.checkpointOf(point.checkpointId);
  if (found === undefined) return undefined;
  const { order, userMessageId, origin, id } = found;
  return { order, userMessageId, rewind: origin === 'rewind' ? id : undefined };
}

/** For a rewind: back to before the first change by the agent, from `order` on, that the current state goes back to. */
export function selectTargetsBefore(history: History, order: number): readonly Target[] {
  return [...history.paths.values()].flatMap((path) => {
    let first: Position | undefined;
    for (const position of lineageOf(path.current)) {
      if (isByAgent(position) && position.order >= order) first = position;
    }
    return first?.parent === undefined ? [] : [toTarget(path, first.parent)];
  });
}

/** For a redo: where every path was at `order`. */
export function selectTargetsAt(history: History, order: number): readonly Target[] {
  return [...history.paths.values()].flatMap((path) => {
    const left = path.moves.find((move) => move.order >= order);
    return left === undefined || left.from === path.current ? [] : [toTarget(path, left.from)];
  });
}

/** A target that a person would call a file; the others are folders made on the way. */
export function isFileTarget({ history, to, undone: { theirs } }: Target): boolean {
  return isFile(history.current.state) || isFile(to.state) || (theirs !== undefined && isFile(theirs.state));
}

/** Only the targets named by `keys`, what lies in those that are folders, and the folders that all these lie in. */
export function narrowTargets(
  targets: readonly Target[],
  keys: ReadonlySet<string>,
  toKey: History['toKey'],
): readonly Target[] {
  const isKept = (path: string): boolean =>
    keys.has(toKey(path)) || [...keys].some((key) => isInside(toKey(path), key));
  const kept = targets.filter(({ history }) => isKept(history.path));
  const around = foldersAround(kept.map(({ history }) => toKey(history.path)));
  const folders = targets.filter(
    (target) => !isFileTarget(target) && !kept.includes(target) && around.has(toKey(target.history.path)),
  );
  return [...kept, ...folders];
}

function foldersAround(keys: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const key of keys) {
    for (let folder = parentOf(key); !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
  }
  return folders;
}

function toTarget(history: PathHistory, to: Position): Target {
  const { current } = history;
  return { history, to, undone: lookBack(current, to), respelling: findRespelling(current, to) };
}

/** From one position back to where both come from, and forth to the other. What somebody else has respelled stays so. */
function findRespelling(current: Position, to: Position): Respelling | undefined {
  const back = respelledBetween(current, to);
  const forth = respelledBetween(to, current);
  const from = back[0]?.respelled?.to ?? forth.at(-1)?.respelled?.from;
  const wanted = forth[0]?.respelled?.to ?? back.at(-1)?.respelled?.from;
  const isTheirs = back.some(({ madeBy }) => madeBy === 'somebody');
  if (from === undefined || wanted === undefined || from === wanted || isTheirs) return undefined;
  return { from, to: wanted };
}

/** Newest first. */
function respelledBetween(position: Position, other: Position): readonly Position[] {
  const shared = new Set(lineageOf(other));
  return [...lineageOf(position)].filter((one) => one.respelled !== undefined && !shared.has(one));
}

function lookBack(current: Position, to: Position): Undone {
  const shared = new Set(lineageOf(to));
  const undone: Position[] = [];
  for (const position of lineageOf(current)) {
    if (shared.has(position)) break;
    undone.unshift(position);
  }
  const isContained = ({ mergedFrom }: Position): boolean =>
    mergedFrom !== undefined && shared.has(mergedFrom);
  const own = undone.filter((position) => !isContained(position));
  return {
    byAgent: undone.some(isByAgent),
    work: own.filter((position) => isWorkOfSomebody(position) && !isSameContent(position.state, to.state)),
    modeBySomebody: own.some(isModeOfSomebody),
    // That a file was deleted is no work that could be lost.
    unknown: undone.some(({ madeBy, state }) => madeBy === 'unknown' && state.kind !== 'absent'),
    theirs: findTheirs(own, to),
  };
}

/** `undone`: oldest first. */
function findTheirs(undone: readonly Position[], to: Position): Undone['theirs'] {
  let theirs: Undone['theirs'];
  for (const [index, { madeBy, state, parent }] of undone.entries()) {
    const known = theirs?.state ?? to.state;
    // What was made out of something that the agent had made can't be told from that.
    if (madeBy !== 'somebody' || parent === undefined || !isSameContent(parent.state, known)) continue;
    const hasOwnMode = modeOf(state) !== modeOf(parent.state);
    const work = undone.slice(index + 1).filter(isWorkOfSomebody);
    theirs = { state: hasOwnMode ? state : withMode(state, modeOf(known)), work };
  }
  if (theirs === undefined || theirs.state.kind === 'absent' || theirs.state.kind === 'unkept')
    return undefined;
  return isSameContent(theirs.state, to.state) ? undefined : theirs;
}

/** The target with what somebody else had made of it. */
export function withTheirs(target: Target): Target {
  const { to, undone } = target;
  if (undone.theirs === undefined) return target;
  const { state, work } = undone.theirs;
  return { ...target, to: { ...to, state }, undone: { ...undone, work } };
}

function isByAgent({ madeBy }: Position): boolean {
  return madeBy === 'agent' || madeBy === 'unknown';
}

/** Deleting a file is no work that could be lost. */
function isWorkOfSomebody(position: Position): boolean {
  return position.state.kind !== 'absent' && isContentOfSomebody(position);
}

function isContentOfSomebody({ madeBy, state, parent }: Position): boolean {
  return madeBy === 'somebody' && (parent === undefined || !isSameContent(state, parent.state));
}

function isModeOfSomebody({ madeBy, state, parent }: Position): boolean {
  if (madeBy !== 'somebody' || parent === undefined) return false;
  return isSameContent(state, parent.state) && modeOf(state) !== modeOf(parent.state);
}
