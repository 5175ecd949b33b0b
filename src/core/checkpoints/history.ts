/**
 * What the journal says, replayed. Each path has a tree of positions: a change by the agent grows a new one on the current
 * position, a rewind only moves back to an older one, a redo moves forth again. What lies between the current position and
 * an older one on the way back is what a rewind takes back; a state in between that the agent didn't make is somebody
 * else's work.
 */
import type { ChangeOrigin, Checkpoint, FileChange, RewindPoint } from './checkpoints.ts';
import { type FileState, isFile, isSameState } from './fileState.ts';
import {
  isChanging,
  type JournalRecord,
  type RecordOf,
  type RewindStep,
  type StepOutcome,
} from './journalRecords.ts';
import { isInside, joinPath, nameOf, type PathKey, parentOf } from './paths.ts';
import type { StateChange } from './summarize.ts';

export interface Position {
  readonly ref: string;
  readonly state: FileState;
  /** Where it was grown from; undefined: what was there before the agent came. */
  readonly parent: Position | undefined;
  /** Who made this state out of the parent's. `unknown`: the agent, somebody else or both. `rewind`: a folder on the way. */
  readonly madeBy: 'agent' | 'somebody' | 'unknown' | 'rewind';
  /** When, as a count of records. */
  readonly order: number;
  /** What somebody else had made, and a rewind kept parts of when it went to the parent. */
  readonly mergedFrom?: Position;
  /** The name that stood there was spelled `from` and is `to` since, where case doesn't count. */
  readonly respelled?: { readonly from: string; readonly to: string };
}

interface Move {
  readonly order: number;
  readonly from: Position;
}

/** The history of one path. */
export interface PathHistory {
  /** As it is spelled on the disk. */
  path: string;
  /** Where Belay last left it. */
  current: Position;
  /** Every time the current position changed, oldest first. */
  readonly moves: Move[];
}

/** A rewind that can be taken back: the files go where they were at `order`. */
export interface Redoable {
  readonly id: string;
  readonly userMessageId: string;
  readonly order: number;
}

interface OpenRewind {
  readonly begin: RecordOf<'rewind-begin'>;
  readonly order: number;
}

interface RecordedCheckpoint {
  readonly id: string;
  readonly order: number;
  readonly userMessageId: string;
  readonly toolUseId: string | null;
  readonly createdAt: number;
  readonly origin: ChangeOrigin;
  /** undefined: not ended. */
  files: readonly FileChange[] | undefined;
  readonly isRedo?: boolean;
}

export class History {
  readonly toKey: PathKey;
  readonly paths = new Map<string, PathHistory>();
  /** Writes announced and not settled, oldest first. */
  readonly pending = new Set<RecordOf<'before'>>();
  /** Checkpoints during which anything may change, not ended. */
  readonly watched = new Set<string>();
  readonly deltas: RecordOf<'delta'>[] = [];
  /** The last thing that was begun, and is not done. */
  openRewind: OpenRewind | undefined;
  readonly #checkpoints = new Map<string, RecordedCheckpoint>();
  readonly #positions = new Map<string, Position>();
  readonly #messages = new Map<string, number>();
  /** The steps that were taken. */
  readonly #rewinds = new Map<string, readonly RewindStep[]>();
  /** Last one first to be redone. */
  readonly #redoable: Redoable[] = [];
  #order = 0;

  constructor(toKey: PathKey) {
    this.toKey = toKey;
  }

  apply(record: JournalRecord): void {
    this.#order += 1;
    switch (record.kind) {
      case 'session':
        return;
      case 'message':
        return this.#noteMessage(record.userMessageId);
      case 'checkpoint':
        return this.#openCheckpoint(record);
      case 'before':
        this.#settle(record);
        this.pending.add(record);
        return;
      case 'unchanged':
        return this.#settle(record);
      case 'delta':
        this.#settle(record);
        return this.#applyDelta(record);
      case 'watch':
        this.watched.add(record.checkpoint);
        return;
      case 'watch-end':
        this.watched.delete(record.checkpoint);
        return;
      case 'checkpoint-end':
        return this.#endCheckpoint(record);
      case 'rewind-begin':
        this.#closeOpenRewind();
        this.openRewind = { begin: record, order: this.#order };
        return;
      case 'rewind-done':
        return this.#finishRewind(record);
    }
  }

  checkpoints(): readonly Checkpoint[] {
    return [...this.#checkpoints.values()].flatMap(({ files, order, ...checkpoint }) =>
      files === undefined || files.length === 0 ? [] : [{ ...checkpoint, files }],
    );
  }

  checkpointOf(id: string): Readonly<RecordedCheckpoint> | undefined {
    return this.#checkpoints.get(id);
  }

  /** The first checkpoint of this tool call. */
  callOf(toolUseId: string): Readonly<RecordedCheckpoint> | undefined {
    return [...this.#checkpoints.values()].find((one) => one.toolUseId === toolUseId);
  }

  checkpointsAt(point: RewindPoint): readonly string[] {
    if ('checkpointId' in point) return [point.checkpointId];
    const isMeant = ({ userMessageId, toolUseId, origin }: RecordedCheckpoint): boolean =>
      'toolUseId' in point
        ? toolUseId === point.toolUseId
        : userMessageId === point.userMessageId && origin !== 'rewind';
    return [...this.#checkpoints.values()].filter(isMeant).map(({ id }) => id);
  }

  /** Paths whose change by a checkpoint is no part of what stands there (any more), by its id. */
  takenBack(): ReadonlyMap<string, readonly string[]> {
    const standing = new Set<Position>();
    for (const { current } of this.paths.values()) for (const one of lineageOf(current)) standing.add(one);
    const paths = new Map<string, Map<string, boolean>>();
    for (const { id, checkpoint, path } of this.deltas) {
      const position = this.#positions.get(`${id}+`);
      const own = paths.get(checkpoint) ?? new Map<string, boolean>();
      const stands = position !== undefined && standing.has(position);
      paths.set(checkpoint, own.set(path, stands || own.get(path) === true));
    }
    return new Map(
      [...paths].map(([id, own]) => [id, [...own].flatMap(([path, stands]) => (stands ? [] : [path]))]),
    );
  }

  /** What this checkpoint did: a call, or a rewind. */
  changesOf(id: string): readonly StateChange[] {
    const steps = this.#rewinds.get(id);
    if (steps === undefined) return this.deltas.filter(({ checkpoint }) => checkpoint === id);
    return steps.map(({ path, from, to }) => ({ path, before: from, after: to }));
  }

  unendedCheckpoints(): readonly string[] {
    return [...this.#checkpoints.values()].filter(({ files }) => files === undefined).map(({ id }) => id);
  }

  /** When the message's turn began; undefined: no such message. */
  orderOfMessage(userMessageId: string): number | undefined {
    return this.#messages.get(userMessageId);
  }

  /** Rewinds that can be taken back, the next one first. */
  redoable(): readonly Redoable[] {
    return this.#redoable.toReversed();
  }

  position(ref: string): Position | undefined {
    return this.#positions.get(ref);
  }

  #noteMessage(userMessageId: string): void {
    if (!this.#messages.has(userMessageId)) this.#messages.set(userMessageId, this.#order);
  }

  #openCheckpoint({ id, userMessageId, toolUseId, createdAt, origin }: RecordOf<'checkpoint'>): void {
    this.#noteMessage(userMessageId);
    const order = this.#order;
    this.#checkpoints.set(id, { id, order, userMessageId, toolUseId, createdAt, origin, files: undefined });
  }

  #settle(settled: { readonly checkpoint: string; readonly path: string }): void {
    for (const before of this.pending) {
      if (before.checkpoint === settled.checkpoint && before.path === settled.path)
        this.pending.delete(before);
    }
  }

  #endCheckpoint({ id, files }: RecordOf<'checkpoint-end'>): void {
    const checkpoint = this.#checkpoints.get(id);
    if (checkpoint !== undefined) checkpoint.files = files;
  }

  #applyDelta(delta: RecordOf<'delta'>): void {
    this.#closeOpenRewind();
    this.deltas.push(delta);
    const before = this.#stand(delta.path, `${delta.id}-`, delta.before);
    const { path, was } = delta;
    const respelled = was === undefined ? {} : { respelled: { from: nameOf(was), to: nameOf(path) } };
    const made = { state: delta.after, madeBy: toMaker(delta.origin), ...respelled };
    const after = this.#grow(`${delta.id}+`, before, made);
    this.#move(path, { from: before, to: after });
    if (was !== undefined) this.#respell(was, nameOf(path));
  }

  /** Of the path itself, and of all that lies in it. */
  #respell(from: string, name: string): void {
    const old = this.paths.get(this.toKey(from))?.path ?? from;
    const now = joinPath(parentOf(old), name);
    for (const history of this.paths.values())
      if (history.path === old || isInside(history.path, old))
        history.path = now + history.path.slice(old.length);
  }

  #finishRewind({ id, outcomes, files, complete }: RecordOf<'rewind-done'>): void {
    const open = this.openRewind;
    if (open?.begin.id !== id) return;
    this.openRewind = undefined;
    const byPath = new Map(outcomes.map((outcome) => [outcome.path, outcome]));
    for (const step of open.begin.steps) {
      const outcome = byPath.get(step.path);
      if (outcome?.outcome === 'restored' || outcome?.outcome === 'unchanged')
        this.#takeStep(step, outcome.after);
    }
    for (const { path, spelling } of open.begin.steps)
      if (spelling !== undefined && byPath.get(path)?.outcome === 'restored') this.#respell(path, spelling);
    this.#rewinds.set(
      id,
      open.begin.steps.filter(({ path }) => byPath.get(path)?.outcome === 'restored'),
    );
    this.#listRewind(open, files);
    const changed = open.begin.steps.some(
      (step) =>
        (step.target !== null || isFile(step.to)) &&
        isChanging(step) &&
        byPath.get(step.path)?.outcome === 'restored',
    );
    this.#noteRedoable(open, { changed, complete });
  }

  /**
   * Something follows that can only follow a rewind that is done, so that the record of its end was lost (a flipped bit):
   * every step counts as taken. What that gets wrong shows up as a conflict.
   */
  #closeOpenRewind(): void {
    const open = this.openRewind;
    if (open === undefined) return;
    const outcomes = open.begin.steps.map(({ path }): StepOutcome => ({ path, outcome: 'restored' }));
    this.#finishRewind({ kind: 'rewind-done', id: open.begin.id, outcomes, files: [], complete: true });
  }

  #takeStep(step: RewindStep, after: FileState | undefined): void {
    const { path, delta, from, to, target, isCurrent } = step;
    const left = this.#stand(path, `${delta}-`, from, isCurrent === true ? 'rewind' : 'somebody');
    const aimed = target === null ? left : this.#positions.get(target);
    const state = after ?? to;
    if (aimed !== undefined && isSameState(aimed.state, state))
      return this.#move(path, { from: left, to: aimed });
    // A folder on the way, a part of the agent's changes, what a formatter made of it on save; else the step kept a part that
    // is somebody else's.
    const made =
      target === null || after !== undefined
        ? { state, madeBy: 'rewind' as const }
        : { state, madeBy: 'somebody' as const, mergedFrom: left };
    this.#move(path, { from: left, to: this.#grow(`${delta}+`, aimed, made) });
  }

  #listRewind({ begin, order }: OpenRewind, files: readonly FileChange[]): void {
    const { id, userMessageId, createdAt } = begin;
    this.#checkpoints.set(id, {
      ...{ id, order, userMessageId, toolUseId: null, createdAt },
      origin: 'rewind',
      files,
      ...(begin.redoOf === null ? {} : { isRedo: true }),
    });
  }

  #noteRedoable(
    { begin, order }: OpenRewind,
    { changed, complete }: { readonly changed: boolean; readonly complete: boolean },
  ): void {
    const entry = { id: begin.id, userMessageId: begin.userMessageId, order };
    if (begin.redoOf === null) {
      if (changed) this.#redoable.push(entry);
      return;
    }
    const taken = this.#redoable.findIndex(({ id }) => id === begin.redoOf);
    if (complete && taken >= 0) this.#redoable.splice(taken, 1);
    // The branch that was left is the last to be offered, so that redo first walks forth to the end of this one.
    if (begin.leavesBranch && changed) this.#redoable.unshift(entry);
  }

  /** The position of what stands at the path: the current one, or a new one where somebody else changed it. */
  #stand(path: string, ref: string, state: FileState, madeBy: 'somebody' | 'rewind' = 'somebody'): Position {
    const current = this.paths.get(this.toKey(path))?.current;
    if (current === undefined || !isSameState(current.state, state)) {
      return this.#grow(ref, current, { state, madeBy });
    }
    this.#positions.set(ref, current);
    return current;
  }

  #grow(
    ref: string,
    parent: Position | undefined,
    made: Pick<Position, 'state' | 'madeBy' | 'mergedFrom' | 'respelled'>,
  ): Position {
    const position = { ref, parent, order: this.#order, ...made };
    this.#positions.set(ref, position);
    return position;
  }

  #move(path: string, { from, to }: { readonly from: Position; readonly to: Position }): void {
    const key = this.toKey(path);
    const history = this.paths.get(key) ?? { path, current: to, moves: [] };
    history.current = to;
    history.moves.push({ order: this.#order, from });
    this.paths.set(key, history);
  }
}

function toMaker(origin: RecordOf<'delta'>['origin']): Position['madeBy'] {
  if (origin === 'user') return 'somebody';
  return origin === 'unknown' ? 'unknown' : 'agent';
}

/** From the position back to what was there first. */
export function* lineageOf(position: Position): Generator<Position> {
  for (let next: Position | undefined = position; next !== undefined; next = next.parent) yield next;
}
