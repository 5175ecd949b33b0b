/**
 * Finds out what calls have changed without saying so: commands, servers, whatever they start. Before such a call it is made
 * sure that everything is known; behind it everything is looked at, and what is different is the call's. What is different
 * when no such call was running is somebody else's.
 */
import type { Clock, Log } from '../../ports.ts';
import type { BlobStore } from '../blobStore.ts';
import { type FileState, isSameState } from '../fileState.ts';
import type { History } from '../history.ts';
import { isInside } from '../paths.ts';
import type { StateChange } from '../summarize.ts';
import { joinSpellings } from './joinSpellings.ts';
import type { OpenCall, OpenCalls, Whose } from './openCalls.ts';
import type { Look, Tree } from './tree.ts';

/** So long, from its end, what was looked at for a call is taken for what stands there. Milliseconds. */
const FRESH = 250;

/** A call while which files may change. */
export interface Window {
  /** True: the call was answered, and what it has started goes on. */
  readonly isBackground: boolean;
  /** Takes what it changed; on the disk with the next flush. */
  take(changes: readonly FoundChange[]): Promise<void>;
}

export interface FoundChange extends StateChange {
  /** `somebody`: the user saved it meanwhile. `unknown`: nobody can say. */
  readonly by: 'call' | 'somebody' | 'unknown';
}

export interface TreeWatchDeps {
  /** None lies in another. */
  readonly trees: readonly Tree[];
  readonly history: () => History;
  readonly blobs: () => BlobStore;
  /** Of each tree, in their order. */
  readonly calls: readonly OpenCalls[];
  readonly clock: Clock;
  readonly log: Log;
  /** What stands there, its bytes kept; undefined: it can't be looked at. */
  readonly stateOf: (path: string) => Promise<FileState | undefined>;
  /** The user has saved this file in an editor since the last time this was asked. */
  readonly takeSaves: () => Promise<readonly SavedFile[]>;
  /** A turn runs: what changes meanwhile can be taken for the work of what goes on in the background. */
  readonly isTurnRunning: () => boolean;
}

export interface SavedFile {
  /** Absolute and real. */
  readonly path: string;
}

export class TreeWatch {
  readonly #deps: TreeWatchDeps;
  readonly #windows = new Map<Window, readonly OpenCall[]>();
  /** What was written in a way that is recorded, since it was looked at. */
  readonly #written = new Map<string, Written>();
  #writes = 0;
  #queue: Promise<unknown> = Promise.resolve();
  /** The last call that has ended and whose changes are looked for. */
  #closing: Promise<unknown> = Promise.resolve();
  /** `Clock.monotonic`. */
  #preparedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: TreeWatchDeps) {
    this.#deps = deps;
  }

  get isWatching(): boolean {
    return this.#windows.size > 0;
  }

  /** Begins to get to know the folders. */
  warmUp(): void {
    void this.#inTurn(async () => {
      if (this.#deps.trees.some(({ state }) => state.kind === 'unread')) await this.#look(undefined);
    });
  }

  /** A call is coming: looks at everything meanwhile, so that it has less to wait for. */
  prepare(): void {
    void this.#inTurn(async () => {
      // What is saved from now on may come behind the look at it.
      if (this.#windows.size === 0) await this.#deps.takeSaves();
      await this.#look(undefined);
      this.#preparedAt = this.#deps.clock.monotonic();
    });
  }

  /** From when this resolves what changes is the call's. */
  open(window: Window): Promise<void> {
    return this.#inTurn(async () => {
      const { calls, trees } = this.#deps;
      const announced = await Promise.all(calls.map((one, index) => one.open(trees[index]?.number ?? 0)));
      const isFresh = this.#deps.clock.monotonic() - this.#preparedAt <= FRESH;
      this.#preparedAt = Number.NEGATIVE_INFINITY;
      // What others have changed since then, in calls that have ended by now, is not this call's.
      const isKnown = isFresh && (await this.#isAlone());
      if (!isKnown) await this.#look(undefined);
      await Promise.all(trees.map((tree) => tree.secure()));
      // What was saved before is no matter of this call.
      if (!isKnown && this.#windows.size === 0) await this.#deps.takeSaves();
      this.#windows.set(window, announced);
      // What is known now is what is written, however soon the call begins.
      for (const tree of trees) void tree.save();
    });
  }

  async #isAlone(): Promise<boolean> {
    return (await Promise.all(this.#deps.calls.map((one) => one.isAlone()))).every(Boolean);
  }

  /** The call was answered, and what it has started goes on. */
  async goOn(window: Window): Promise<void> {
    await this.catchUp();
    await Promise.all((this.#windows.get(window) ?? []).map((call) => call.goOn()));
  }

  /** What has changed is given to the call, and the call ends. */
  close(window: Window): Promise<void> {
    const closed = this.#inTurn(async () => {
      if (!this.#windows.has(window)) return;
      try {
        await this.#look(window);
      } finally {
        const announced = this.#windows.get(window) ?? [];
        this.#windows.delete(window);
        await Promise.all(announced.map((call) => call.close()));
      }
    });
    this.#closing = closed.catch(() => undefined);
    return closed;
  }

  /** When it is known what the calls that have ended have changed. */
  async closed(): Promise<void> {
    await this.#closing;
  }

  /** What has changed so far is given to the calls that are open. When there is none, nothing is looked at. */
  async catchUp(): Promise<void> {
    if (this.#windows.size === 0) return this.closed();
    await this.#inTurn(async () => {
      if (this.#windows.size > 0) await this.#look(undefined);
    });
  }

  /**
   * After a crash in the middle of a call: what differs from how everything looked before it. Whose that is nobody can say.
   */
  recover(window: Window): Promise<void> {
    return this.#inTurn(async () => {
      const { trees, blobs } = this.#deps;
      const looks = await Promise.all(trees.map((tree) => tree.look({ keep: blobs(), sinceSaved: true })));
      await this.#give(window, { looks, seenWrites: 0, whose: 'unknown' });
    });
  }

  /** When nothing is looked at any more. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  /** A file is about to be written by somebody who records it. */
  beginWrite(path: string): void {
    this.#written.set(this.#toKey(path), { path, number: Number.POSITIVE_INFINITY, left: undefined });
  }

  /** `left`: what stands there now, where that is known. */
  endWrite(path: string, left?: FileState): void {
    this.#writes += 1;
    this.#written.set(this.#toKey(path), { path, number: this.#writes, left });
  }

  /** Others that look at the folders are told that these are about to be written by somebody who records it. */
  async tellOthers(paths: readonly string[]): Promise<void> {
    const { trees, calls } = this.#deps;
    await Promise.all(calls.map((one, index) => one.tell(paths.filter((path) => isOf(path, trees[index])))));
  }

  async shut(): Promise<void> {
    await this.idle();
    const { trees, calls } = this.#deps;
    await Promise.all(trees.map((tree) => tree.close()));
    await Promise.all([...[...this.#windows.values()].flat(), ...calls].map((one) => one.close()));
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = this.#queue.then(task);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #look(closing: Window | undefined): Promise<void> {
    const { trees, blobs } = this.#deps;
    const window = closing ?? this.#findWindow();
    const seenWrites = this.#writes;
    const keep = window === undefined ? {} : { keep: blobs() };
    const looks = await Promise.all(trees.map((tree) => tree.look(keep)));
    if (window !== undefined) await this.#give(window, { looks, seenWrites });
    for (const [key, { number }] of this.#written) if (number <= seenWrites) this.#written.delete(key);
  }

  /** A call that is still waited for, rather than one that goes on beside. */
  #findWindow(): Window | undefined {
    const windows = [...this.#windows.keys()];
    return windows.find(({ isBackground }) => !isBackground) ?? windows[0];
  }

  async #give(window: Window, { looks, seenWrites, whose }: Given): Promise<void> {
    const changes: StateChange[] = [];
    for (const look of looks) changes.push(...(await look.toChanges(this.#deps.blobs())));
    const seen = new Set(changes.map(({ path }) => this.#toKey(path)));
    const joined = joinSpellings(changes, (path) => this.#toKey(path));
    const known = joined.flatMap((change) => this.#adjust(change) ?? []);
    const all = [...known, ...(await this.#findUndone(seenWrites, seen))];
    if (all.length === 0) return;
    const { takeSaves, isTurnRunning } = this.#deps;
    const saved = new Set((await takeSaves()).map(({ path }) => this.#toKey(path)));
    const others = await this.#judge(window, all);
    const ours = whose ?? (!window.isBackground || isTurnRunning() ? 'call' : 'unknown');
    const found = all.map((change): FoundChange => {
      const by = saved.has(this.#toKey(change.path)) ? 'somebody' : (others.get(change.path) ?? ours);
      return { ...change, by };
    });
    await window.take(found.sort(byPath));
  }

  /** Those in which another session has had a part. */
  async #judge(window: Window, changes: readonly StateChange[]): Promise<ReadonlyMap<string, Whose>> {
    const { trees } = this.#deps;
    const announced = this.#windows.get(window) ?? [];
    const judged = await Promise.all(
      announced.map((call, index) =>
        call.judge(changes.map(({ path }) => path).filter((path) => isOf(path, trees[index]))),
      ),
    );
    return new Map(judged.flatMap((one) => [...one]));
  }

  /** What was written since the last look and is again as it was then: the looks don't tell of it. */
  async #findUndone(seenWrites: number, seen: ReadonlySet<string>): Promise<readonly StateChange[]> {
    const undone: StateChange[] = [];
    for (const [key, { path, number, left }] of this.#written) {
      if (number > seenWrites || seen.has(key) || left === undefined) continue;
      if (!this.#deps.trees.some((tree) => isOf(path, tree))) continue;
      const after = await this.#deps.stateOf(path);
      if (after !== undefined && !isSameState(left, after)) undone.push({ path, before: left, after });
    }
    return undone;
  }

  /**
   * undefined: it is recorded by whoever writes it. What was recorded since the last look is where the change begins.
   */
  #adjust(change: StateChange): StateChange | undefined {
    const { path, before, after, was } = change;
    const key = this.#toKey(path);
    const written = this.#written.get(key);
    if (written === undefined) return was === undefined && isSameState(before, after) ? undefined : change;
    if (written.number === Number.POSITIVE_INFINITY) return undefined;
    const left = written.left ?? this.#deps.history().paths.get(key)?.current.state;
    if (left !== undefined && isSameState(left, after)) return undefined;
    const from = written.left ?? before;
    return isSameState(from, after) ? undefined : { path, before: from, after };
  }

  #toKey(path: string): string {
    return this.#deps.history().toKey(path);
  }
}

interface Written {
  readonly path: string;
  /** Counted over all; Infinity: it is being written. */
  readonly number: number;
  readonly left: FileState | undefined;
}

interface Given {
  readonly looks: readonly Look[];
  /** Writes before the looks began. */
  readonly seenWrites: number;
  /** Whatever the call is. */
  readonly whose?: 'unknown';
}

function isOf(path: string, tree: Pick<Tree, 'root'> | undefined): boolean {
  return tree !== undefined && (path === tree.root || isInside(path, tree.root));
}

/** Folders before what is in them. */
function byPath(left: StateChange, right: StateChange): number {
  return left.path < right.path ? -1 : 1;
}
