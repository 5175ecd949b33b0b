/** Which paths a rewind or a redo would move, and where to. */
import { isFile, isSameContent, modeOf } from './fileState.ts';
import type { History, PathHistory, Position } from './history.ts';
import { isInside, parentOf } from './paths.ts';

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
