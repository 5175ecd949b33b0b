/** Which paths a rewind or a redo would move, and where to. */
import type { FileSystem } from '../ports.ts';
import { isFile, isSameContent, modeOf } from './fileState.ts';
import type { History, PathHistory, Position } from './history.ts';
import { depthOf, isInside, joinPath } from './paths.ts';

export interface Target {
  readonly history: PathHistory;
  readonly to: Position;
  readonly undone: Undone;
}

/** What lies between the current position and the target on the way back. */
export interface Undone {
  /** Changes by the agent. */
  readonly byAgent: boolean;
  /** Contents that somebody else made, between two changes by the agent. */
  readonly bySomebody: boolean;
  /** Permission bits that somebody else set. */
  readonly modeBySomebody: boolean;
  /** Changes that a crash left open whose they were. */
  readonly unknown: boolean;
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
export function isFileTarget({ history, to }: Target): boolean {
  return isFile(history.current.state) || isFile(to.state);
}

/** Only the targets named by `keys`, and the folders they lie in. */
export function narrowTargets(
  targets: readonly Target[],
  keys: ReadonlySet<string>,
  toKey: History['toKey'],
): readonly Target[] {
  const kept = targets.filter((target) => isFileTarget(target) && keys.has(toKey(target.history.path)));
  const folders = targets.filter(
    (target) =>
      !isFileTarget(target) && kept.some(({ history }) => isInside(history.path, target.history.path)),
  );
  return [...kept, ...folders];
}

/**
 * Where no file is left to be taken back: whether a folder is, that an earlier rewind could not remove. Folders that somebody
 * has put something in stay.
 */
export async function leavesEmptyFolder(targets: readonly Target[], files: FileSystem): Promise<boolean> {
  const empty = new Set<string>();
  const fromInside = targets.toSorted(
    (left, right) => depthOf(right.history.path) - depthOf(left.history.path),
  );
  for (const { history, to } of fromInside) {
    if (to.state.kind !== 'absent') continue;
    const entries = await files.readDirectory(history.path).catch(() => undefined);
    if (entries?.every(({ name }) => empty.has(joinPath(history.path, name)))) empty.add(history.path);
  }
  return empty.size > 0;
}

function toTarget(history: PathHistory, to: Position): Target {
  return { history, to, undone: lookBack(history.current, to) };
}

function lookBack(current: Position, to: Position): Undone {
  const shared = new Set(lineageOf(to));
  let undone: Undone = { byAgent: false, bySomebody: false, modeBySomebody: false, unknown: false };
  for (const position of lineageOf(current)) {
    if (shared.has(position)) break;
    undone = {
      byAgent: undone.byAgent || isByAgent(position),
      bySomebody: undone.bySomebody || isWorkOfSomebody(position),
      modeBySomebody: undone.modeBySomebody || isModeOfSomebody(position),
      unknown: undone.unknown || position.madeBy === 'unknown',
    };
  }
  return undone;
}

function* lineageOf(position: Position): Generator<Position> {
  for (let next: Position | undefined = position; next !== undefined; next = next.parent) yield next;
}

function isByAgent({ madeBy }: Position): boolean {
  return madeBy === 'agent' || madeBy === 'unknown';
}

/** Deleting a file is no work that could be lost. */
function isWorkOfSomebody({ madeBy, state, parent }: Position): boolean {
  if (madeBy !== 'somebody' || state.kind === 'absent') return false;
  return parent === undefined || !isSameContent(state, parent.state);
}

function isModeOfSomebody({ madeBy, state, parent }: Position): boolean {
  if (madeBy !== 'somebody' || parent === undefined) return false;
  return isSameContent(state, parent.state) && modeOf(state) !== modeOf(parent.state);
}
