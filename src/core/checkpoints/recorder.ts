/**
 * Records one tool call: the before-image of each file ahead of its change, the after-image behind it. A file that the call
 * leaves as it was makes no delta.
 */
import { type Clock, FileError, type FileStat, type FileSystem, type Log } from '../ports.ts';
import { type Capture, captureFile, findMissingParents, saveContent, toFileState } from './captureFile.ts';
import type { ChangeOrigin, ChangeRecorder, Checkpoint } from './checkpoints.ts';
import { absent, isSameState } from './fileState.ts';
import type { JournalRecord, RecordOf } from './journalRecords.ts';
import type { PathKey } from './paths.ts';
import type { SessionStore } from './sessionStore.ts';
import { type StateChange, summarizeChanges } from './summarize.ts';
import type { FoundChange, TreeWatch, Window } from './tree/treeWatch.ts';
import type { WriteGate } from './writeGate.ts';

export interface RecordedCall {
  readonly id: string;
  readonly userMessageId: string;
  readonly toolUseId: string;
  readonly origin: ChangeOrigin;
}

export interface RecorderDeps {
  readonly files: FileSystem;
  readonly store: SessionStore;
  readonly gate: WriteGate;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: only what is announced is recorded. */
  readonly watch?: TreeWatch | undefined;
}

export function createRecorder(call: RecordedCall, deps: RecorderDeps): ChangeRecorder {
  return new CallRecorder(call, deps);
}

/** Somebody may save the file while its before-image is on its way to the disk: then that is the before-image. */
const MOST_LOOKS = 3;

class CallRecorder implements ChangeRecorder, Window {
  #call: RecordedCall;
  readonly #deps: RecorderDeps;
  readonly #toKey: PathKey;
  readonly #pending = new Map<string, RecordOf<'before'>>();
  readonly #changes: StateChange[] = [];
  /** Deltas so far. */
  #changed = 0;
  #opened: Promise<number> | undefined;
  isExpecting = false;
  isBackground = false;

  constructor(call: RecordedCall, deps: RecorderDeps) {
    this.#call = call;
    this.#deps = deps;
    this.#toKey = deps.store.ledger.history.toKey;
  }

  exclusive<T>(path: string, task: () => Promise<T>): Promise<T> {
    return this.#deps.gate.write(this.#toKey(path), task);
  }

  async beforeWrite(path: string, intended?: Uint8Array): Promise<void> {
    const { store } = this.#deps;
    if (this.#pending.has(this.#toKey(path))) return;
    if (!store.writable) throw openElsewhere(path);
    await this.#open();
    // What a command before this one, or beside it, has made of the file is where this change begins.
    await this.#deps.watch?.catchUp();
    this.#deps.watch?.beginWrite(path);
    try {
      await this.#recordStill(path, intended);
    } catch (error) {
      if (!this.#pending.has(this.#toKey(path))) this.#deps.watch?.endWrite(path);
      throw error;
    }
  }

  async #recordStill(path: string, intended: Uint8Array | undefined): Promise<void> {
    const { files } = this.#deps;
    const intendedSha256 = intended === undefined ? null : await this.#deps.store.blobs.nameOf(intended);
    for (let attempt = 1; attempt <= MOST_LOOKS; attempt += 1) {
      const seen = await files.lstat(path);
      await this.#recordBefore(path, intendedSha256);
      if (isSameStat(seen, await files.lstat(path))) return;
    }
  }

  async #recordBefore(path: string, intended: string | null): Promise<void> {
    const { files, store, watch } = this.#deps;
    const capture = await captureFile(files, path, { nameOf: (bytes) => store.blobs.nameOf(bytes) });
    await saveContent(capture, store.blobs);
    const before: RecordOf<'before'> = {
      kind: 'before',
      checkpoint: this.#call.id,
      path,
      state: capture.state,
      missing: await findMissingParents(files, path),
      intended,
    };
    await store.ledger.append([before]);
    this.#pending.set(this.#toKey(path), before);
    for (const folder of before.missing) watch?.beginWrite(folder);
    await Promise.all([store.flush(), watch?.tellOthers([...before.missing, path])]);
  }

  /** When the call was opened; the first write does it. */
  #open(): Promise<number> {
    this.#opened ??= this.#appendCheckpoint().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #appendCheckpoint(): Promise<number> {
    const { store, clock } = this.#deps;
    await store.renewWhenGone();
    const createdAt = clock.now();
    await store.ledger.append([{ kind: 'checkpoint', ...this.#call, createdAt }]);
    return createdAt;
  }

  async afterWrite(path: string, directoriesMade: readonly string[], bytes?: Uint8Array): Promise<void> {
    const before = this.#pending.get(this.#toKey(path));
    if (before === undefined) throw new Error(`afterWrite without beforeWrite: ${path}`);
    const { state } = await this.#capture(path, bytes);
    const changes = await this.#findFoldersMade(before, directoriesMade);
    if (!isSameState(before.state, state)) changes.push({ path, before: before.state, after: state });
    this.#pending.delete(this.#toKey(path));
    await this.#deps.store.ledger.note(this.#toRecords(before, changes));
    this.#endWrites(before, [...changes, { path, after: state }]);
  }

  #endWrites(
    { path, missing }: RecordOf<'before'>,
    left: readonly Pick<StateChange, 'path' | 'after'>[],
  ): void {
    for (const written of [path, ...missing]) this.#deps.watch?.endWrite(written);
    for (const { path: written, after } of left) this.#deps.watch?.endWrite(written, after);
  }

  async expectChanges(origin: ChangeOrigin): Promise<void> {
    const { watch, store, log } = this.#deps;
    if (watch === undefined || !store.writable || this.isExpecting) return;
    this.#call = { ...this.#call, origin };
    try {
      await this.#open();
      await store.ledger.append([{ kind: 'watch', checkpoint: this.#call.id }]);
    } catch (error) {
      // The person has allowed it: that it can't be taken back is said, and is no reason not to run it.
      log.error('what a call changes can not be recorded', { error: String(error) });
      return;
    }
    this.isExpecting = true;
    await watch.open(this);
  }

  async take(changes: readonly FoundChange[]): Promise<void> {
    const { origin } = this.#call;
    const records = changes.map(({ by, ...change }): JournalRecord => {
      const ours = by === 'call' ? toDeltaOrigin(origin) : by === 'somebody' ? 'user' : 'unknown';
      return this.#toDelta(change, ours);
    });
    await this.#deps.store.ledger.note(records);
  }

  async goOn(): Promise<Checkpoint | undefined> {
    await this.#deps.watch?.goOn(this);
    this.isBackground = true;
    return this.#end();
  }

  #toRecords(before: RecordOf<'before'>, changes: readonly StateChange[]): JournalRecord[] {
    const { id, origin } = this.#call;
    const records = changes.map((change) => this.#toDelta(change, toDeltaOrigin(origin)));
    if (changes.at(-1)?.path === before.path) return records;
    return [...records, { kind: 'unchanged', checkpoint: id, path: before.path }];
  }

  #toDelta({ was, ...change }: StateChange, origin: RecordOf<'delta'>['origin']): JournalRecord {
    const { id } = this.#call;
    const delta = `${id}/${this.#changed}`;
    this.#changed += 1;
    const respelled = was === undefined ? {} : { was };
    if (origin !== 'user') this.#changes.push({ ...change, ...respelled });
    return { kind: 'delta', id: delta, checkpoint: id, ...change, origin, ...respelled };
  }

  /** The after-image is for looking at and for the next before-image: a store that has no room for it is no failure here. */
  async #capture(path: string, written: Uint8Array | undefined): Promise<Pick<Capture, 'state'>> {
    const { files, store } = this.#deps;
    const nameOf = (bytes: Uint8Array) => store.blobs.nameOf(bytes);
    const stat = written === undefined ? undefined : await files.lstat(path);
    const capture =
      written !== undefined && stat?.kind === 'file'
        ? { state: await toFileState(written, stat, nameOf), bytes: written }
        : await captureFile(files, path, { nameOf });
    await saveContent(capture, store.blobs).catch(() => undefined);
    return capture;
  }

  async #findFoldersMade(
    { missing }: RecordOf<'before'>,
    directoriesMade: readonly string[],
  ): Promise<StateChange[]> {
    const made: StateChange[] = [];
    for (const path of new Set([...missing, ...directoriesMade])) {
      const stat = await this.#deps.files.lstat(path);
      if (stat?.kind !== 'directory') continue;
      made.push({ path, before: absent, after: { kind: 'directory', mode: stat.mode } });
    }
    return made;
  }

  async finish(): Promise<Checkpoint | undefined> {
    if (this.#opened === undefined) return undefined;
    for (const before of [...this.#pending.values()]) {
      // What can't be looked at now is looked at when the store is opened the next time.
      await this.afterWrite(before.path, []).catch(() => this.#endWrites(before, []));
    }
    if (this.isExpecting) {
      await this.#deps.watch?.close(this);
      await this.#deps.store.ledger.note([{ kind: 'watch-end', checkpoint: this.#call.id }]);
    }
    return this.#end();
  }

  /** What has changed so far; it may be told again with more. */
  async #end(): Promise<Checkpoint | undefined> {
    const { store } = this.#deps;
    const createdAt = await this.#opened;
    if (createdAt === undefined) return undefined;
    const files = await summarizeChanges(this.#changes, store.blobs);
    const { id, userMessageId, toolUseId, origin } = this.#call;
    await store.ledger.note([{ kind: 'checkpoint-end', id, files }]);
    // Nobody waits for the disk: what a loss of power takes is found by the next look.
    if (this.#changes.length > 0 || this.#pending.size > 0) store.goOn(() => store.settle());
    return files.length === 0 ? undefined : { id, userMessageId, toolUseId, createdAt, origin, files };
  }
}

function isSameStat(left: FileStat | undefined, right: FileStat | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return (
    left.ino === right.ino &&
    left.size === right.size &&
    left.mtimeMs === right.mtimeMs &&
    left.ctimeMs === right.ctimeMs
  );
}

function toDeltaOrigin(origin: ChangeOrigin): RecordOf<'delta'>['origin'] {
  return origin === 'rewind' ? 'tool' : origin;
}

function openElsewhere(path: string): FileError {
  return new FileError(
    'EBUSY',
    path,
    'This session is open in another window, and only that one may change files. Nothing was written.',
  );
}
