/** One folder of the workspace that is looked at: its scanner, and the bytes of what was found in it. */
import { type ByteWork, FileError, type Log, type Storage } from '../../ports.ts';
import type { BlobStore } from '../blobStore.ts';
import type { PathKey } from '../paths.ts';
import type { StateChange } from '../summarize.ts';
import { toStateChanges } from './foundChanges.ts';
import { ToldChanges } from './toldChanges.ts';
import {
  ScanError,
  type ScanOptions,
  type ScanResult,
  type SeenChange,
  type TreeScanner,
  type TreeScanners,
} from './treeScanner.ts';
import { openTreeStore, type TreeStore } from './treeStore.ts';

/** How far it is known what lies in the folder. */
export type TreeState =
  | { readonly kind: 'unread' }
  | { readonly kind: 'reading'; readonly files: number; readonly bytes: number }
  /** `unkept`: files too large to be kept, or not to be read. */
  | { readonly kind: 'ready'; readonly files: number; readonly unkept: readonly string[] }
  /** Nothing is captured here: why, for a person. */
  | { readonly kind: 'off'; readonly reason: string };

export interface TreeDeps {
  readonly root: string;
  /** Roots below it. */
  readonly except: readonly string[];
  readonly trusted: boolean;
  readonly toKey: PathKey;
  readonly scanners: TreeScanners;
  readonly storage: Storage;
  readonly log: Log;
  /** Of the root, in the storage. */
  readonly folder: readonly string[];
  readonly onState: (state: TreeState) => void;
  readonly byteWork?: Partial<ByteWork> | undefined;
  /** Of the store that is wanted (treeStore.ts). */
  readonly wanted?: number | undefined;
}

/** What was found, still to be turned into what the journal says. */
export interface Look {
  readonly size: number;
  /** Throws FileError, of the store. */
  toChanges(session: Pick<BlobStore, 'get' | 'putAll' | 'has' | 'nameOf'>): Promise<readonly StateChange[]>;
}

interface Opened {
  readonly scanner: TreeScanner;
  readonly store: TreeStore;
}

/** So often in a session whoever looks is started anew. */
const MOST_RESTARTS = 3;

const nothing: Look = { size: 0, toChanges: async () => [] };

export class Tree {
  readonly #deps: TreeDeps;
  #state: TreeState = { kind: 'unread' };
  #opening: Promise<Opened | undefined> | undefined;
  /** It was looked at before; what is there now begins anew with what was saved. */
  #isAnew = false;
  #restarts = 0;
  #number: number | undefined;
  readonly #told = new ToldChanges();
  /** Something was found since it was saved. */
  #isUnsaved = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: TreeDeps) {
    this.#deps = deps;
    this.#number = deps.wanted;
  }

  /** Of the store that holds how everything looked; 0: there is none. */
  get number(): number {
    return this.isOff ? 0 : (this.#number ?? 0);
  }

  get root(): string {
    return this.#deps.root;
  }

  get state(): TreeState {
    return this.#state;
  }

  get folder(): readonly string[] {
    return this.#deps.folder;
  }

  get isOff(): boolean {
    return this.#state.kind === 'off';
  }

  /** What the first look needs is made ready, while others have something else to do. */
  start(): void {
    this.#opening ??= this.#open();
    // The first look says what is wrong.
    this.#opening.catch(() => undefined);
  }

  /**
   * What is different from the last time; of the first time nothing, or with `sinceSaved` what differs from what another
   * process has seen last. New contents go to `keep`, or where that is absent to the store of the tree. Never throws: whoever
   * looks is started anew when it fails, and what can't be looked at even so is off from then on, and says why.
   */
  async look(how: { readonly keep?: BlobStore; readonly sinceSaved?: boolean } = {}): Promise<Look> {
    if (this.isOff) return nothing;
    try {
      // What a call that is open has changed is seen beside what was known before it.
      if (how.keep === undefined) await this.#leaveDeleted();
      this.#opening ??= this.#open();
      const opened = await this.#opening;
      if (opened === undefined) return nothing;
      return await this.#inTurn(() => this.#scan(opened, how));
    } catch (error) {
      if (!(error instanceof ScanError || error instanceof FileError)) throw error;
      if (this.#restarts < MOST_RESTARTS) {
        await this.#startAnew(error);
        return this.look(how);
      }
      this.#deps.log.error('a folder can not be looked at', { root: this.#deps.root, error: String(error) });
      this.#enter({ kind: 'off', reason: `It could not be looked at: ${error.message}` });
      return nothing;
    }
  }

  /** What is told and what is saved must not overlap. */
  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = this.#queue.then(task);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #startAnew(error: Error): Promise<void> {
    const { log, root } = this.#deps;
    this.#restarts += 1;
    log.warn('a folder could not be looked at, and who looks is started anew', {
      root,
      error: String(error),
    });
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    this.#isAnew ||= this.#state.kind === 'ready';
    this.#enter({ kind: 'unread' });
    await (opened && closeOpened(opened))?.catch(() => undefined);
  }

  /** What was kept of the folder is gone: how it stands now is known next, and what was before is not. */
  async #leaveDeleted(): Promise<void> {
    const opened = await this.#opening;
    if (opened === undefined || !(await opened.store.isGone())) return;
    this.#deps.log.warn('what was kept of a folder was deleted; it is looked at anew', {
      root: this.#deps.root,
    });
    this.#isUnsaved = false;
    this.#told.clear();
    this.#opening = undefined;
    this.#enter({ kind: 'unread' });
    await closeOpened(opened);
  }

  async #open(): Promise<Opened | undefined> {
    const { root, except, trusted, toKey, scanners, storage, log, folder, byteWork } = this.#deps;
    const refusal = await scanners.refuse(root);
    if (refusal !== undefined) return this.#turnOff(refusal);
    const scanner = scanners.open({ root, except, trusted, toKey });
    const wanted = this.#number;
    const store = await openTreeStore({ storage, log, folder, byteWork, wanted }).catch(
      async (error: unknown) => {
        await scanner.close();
        throw error;
      },
    );
    if (store === undefined) {
      await scanner.close();
      return this.#turnOff('Too many sessions work in it at once.');
    }
    this.#number = store.number;
    scanner.keepIn({ storage: store.folder, kept: new Set(store.blobs.names()) });
    return { scanner, store };
  }

  #turnOff(reason: string): undefined {
    this.#enter({ kind: 'off', reason });
    return undefined;
  }

  async #scan(
    { scanner, store }: Opened,
    { keep = store.blobs, sinceSaved = false }: { readonly keep?: BlobStore; readonly sinceSaved?: boolean },
  ): Promise<Look> {
    const isFirst = this.#state.kind !== 'ready';
    const options: ScanOptions = {
      keep: (contents) => keep.putEncoded(contents),
      ...(isFirst && { onProgress: ({ files, bytes }) => this.#enter({ kind: 'reading', files, bytes }) }),
    };
    if (isFirst) this.#enter({ kind: 'reading', files: 0, bytes: 0 });
    const result = await scanner.scan(options);
    // What happens next may destroy the files themselves.
    await store.blobs.flush();
    const unkept = isFirst ? result.unkept : this.#unkept;
    this.#enter({ kind: 'ready', files: result.files, unkept });
    this.#isUnsaved ||= isFirst || result.changes.length > 0;
    const changes = isFirst ? this.#toFirst(result, sinceSaved) : result.changes;
    this.#told.add(changes);
    return {
      size: changes.length,
      toChanges: (session) => toStateChanges(changes, { scanner, tree: store.blobs, session }),
    };
  }

  #toFirst({ changes, isFromSaved = false }: ScanResult, sinceSaved: boolean): readonly SeenChange[] {
    if (!this.#isAnew) {
      // Before it was looked at nothing has been told.
      if (isFromSaved) this.#told.add(changes);
      return sinceSaved ? changes : [];
    }
    this.#isAnew = false;
    if (isFromSaved) return this.#told.untold(changes);
    this.#deps.log.warn('it is not known what has changed in a folder meanwhile', { root: this.#deps.root });
    this.#told.clear();
    return [];
  }

  get #unkept(): readonly string[] {
    return this.#state.kind === 'ready' ? this.#state.unkept : [];
  }

  /** Resolves when all that is known can be had whatever happens to the files, and to a repository. */
  async secure(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.scanner.pinned();
  }

  /** For the next time, and for after a crash. Never rejects: it only spares work. */
  save(): Promise<void> {
    return this.#inTurn(() => this.#save());
  }

  async #save(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    if (opened === undefined || !this.#isUnsaved || this.#state.kind !== 'ready') return;
    this.#isUnsaved = false;
    const takeBack = this.#told.clear();
    await opened.scanner.save().catch((error: unknown) => {
      takeBack();
      this.#isUnsaved = true;
      this.#deps.log.warn('what is known of a folder could not be saved', { error: String(error) });
    });
  }

  async close(): Promise<void> {
    await this.save();
    const opened = await this.#opening?.catch(() => undefined);
    if (opened !== undefined) await closeOpened(opened);
  }

  #enter(state: TreeState): void {
    this.#state = state;
    this.#deps.onState(state);
  }
}

async function closeOpened({ scanner, store }: Opened): Promise<void> {
  await scanner.close();
  await store.close();
}
