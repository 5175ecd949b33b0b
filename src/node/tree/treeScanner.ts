/**
 * Looks at trees in worker threads. The folders are shared out between the threads as they are found; each thread remembers
 * how its files looked and says what is different.
 */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  ScanError,
  type ScanOptions,
  type ScanResult,
  type TreeOptions,
  type TreePlace,
  type TreeScanner,
  type TreeScanners,
} from '../../core/checkpoints/tree/treeScanner.ts';
import type { FolderPlace } from './folder.ts';
import { pinObjects, readObjects } from './gitObjects.ts';
import { joinChanges } from './joinChanges.ts';
import { bareOf, type FoundRepository, findRepository, type Repository, toRepository } from './repository.ts';
import {
  type FromTreeWorker,
  type TaskDone,
  type ToTreeWorker,
  type TreeTask,
  type TreeWorkerData,
  unpackContents,
} from './treeMessages.ts';

/** What a scanner needs of a thread; a `Worker` is one. */
export interface TreeThread {
  postMessage(message: ToTreeWorker): void;
  on(event: 'message', listener: (message: FromTreeWorker) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  /** Whether it keeps the process from ending. */
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

export type StartThread = (data: TreeWorkerData) => TreeThread;

export interface TreeScannersOptions {
  /** The script of a thread, absolute. */
  readonly worker: string;
}

/** Threads for each tree: what takes the time is mostly the system, and more of them wait for each other. */
const THREADS = 2;
/** What git has said so long ago may be another answer now. */
const STALE_MS = 5_000;

export function createTreeScanners({ worker }: TreeScannersOptions): TreeScanners {
  return createScanners((workerData) => new Worker(worker, { workerData }));
}

export function createScanners(start: StartThread): TreeScanners {
  return { refuse, open: (options) => new ThreadedScanner(options, start) };
}

async function refuse(root: string): Promise<string | undefined> {
  const home = await realpath(homedir()).catch(() => homedir());
  if (root === parse(root).root) return 'It is a whole drive.';
  return root === home ? 'It is your home folder.' : undefined;
}

class ThreadedScanner implements TreeScanner {
  readonly #options: TreeOptions;
  readonly #threads: readonly Thread[];
  /** What git has said of the tree itself, and when. */
  readonly #asked: { readonly at: number; readonly found: Promise<FoundRepository | undefined> };
  #kept: TreePlace | undefined;
  /** Folders that some thread looks at, and which. */
  readonly #owners = new Map<string, Thread>();
  readonly #repositories = new Map<string, Repository>();
  /** Of the tree itself. */
  #place: FolderPlace;
  readonly #closing = new AbortController();
  #pinned: Promise<void> = Promise.resolve();
  #isFirst = true;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: TreeOptions, start: StartThread) {
    const { root, except, trusted } = options;
    this.#options = options;
    this.#place = { path: root, repository: null, isOwn: true };
    this.#threads = Array.from({ length: THREADS }, () => new Thread(start({ root, except })));
    this.#asked = { at: Date.now(), found: trusted ? findRepository(root) : Promise.resolve(undefined) };
  }

  keepIn(place: TreePlace): void {
    this.#kept = place;
  }

  get #storage(): string {
    if (this.#kept === undefined) throw new Error('It is not known where this scanner keeps things.');
    return this.#kept.storage;
  }

  scan(options: ScanOptions): Promise<ScanResult> {
    return this.#inTurn(async () => {
      for (const thread of this.#threads) thread.listen(options);
      if (!this.#isFirst) return this.#check();
      const result = await this.#scanFirst();
      this.#isFirst = false;
      return result;
    });
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = this.#queue.then(() => {
      if (this.#closing.signal.aborted) throw new ScanError('The tree is closed.');
      return task();
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #scanFirst(): Promise<ScanResult> {
    const { root } = this.#options;
    this.#place = { path: root, repository: await this.#findRepository(root), isOwn: true };
    const isFromSaved = await this.#restore();
    const result = isFromSaved ? await this.#check() : await this.#adopt([this.#place], { isBaseline: true });
    const settled = await this.#askAll({ kind: 'settle' });
    for (const thread of this.#threads) await thread.taken();
    this.#pin();
    return { ...result, isFromSaved, unkept: settled.flatMap(({ unkept }) => unkept) };
  }

  /** Its id, once every thread knows of it. */
  async #findRepository(folder: string): Promise<string | null> {
    const found = await this.#askGit(folder);
    if (found === undefined) return null;
    const repository = toRepository(found, this.#storage);
    if (!this.#repositories.has(repository.id)) {
      this.#repositories.set(repository.id, repository);
      await this.#askAll({ kind: 'repository', repository });
    }
    return repository.id;
  }

  async #askGit(folder: string): Promise<FoundRepository | undefined> {
    const { root, trusted } = this.#options;
    const { at, found } = this.#asked;
    if (folder === root && Date.now() - at < STALE_MS) return found;
    return trusted ? findRepository(folder) : undefined;
  }

  /** False: nothing was saved, or not all of one moment. */
  async #restore(): Promise<boolean> {
    const kept = [...(this.#kept?.kept ?? [])];
    const restored = await Promise.all(
      this.#threads.map((thread, index) =>
        thread.ask({ kind: 'restore', saved: join(this.#storage, `index-${index}.bin`), kept }),
      ),
    );
    const [moment, ...others] = new Set(restored.map((done) => done.moment));
    if (moment === undefined || others.length > 0) {
      await this.#askAll({ kind: 'clear' });
      return false;
    }
    restored.forEach(({ folders }, index) => {
      const thread = this.#threads[index];
      if (thread !== undefined) for (const { path } of folders) this.#owners.set(path, thread);
    });
    return true;
  }

  #askAll(task: TreeTask): Promise<readonly TaskDone[]> {
    return Promise.all(this.#threads.map((thread) => thread.ask(task)));
  }

  async #check(): Promise<ScanResult> {
    const done = await this.#askAll({ kind: 'check' });
    const gone = new Set(done.flatMap(({ forgotten }) => forgotten));
    for (const path of gone) this.#owners.delete(path);
    for (const path of this.#findRespelled(done.flatMap((one) => one.found))) gone.add(path);
    const cutOff = gone.size === 0 ? [] : await this.#forgetBelow(gone);
    const found = done.flatMap((one) => one.found).filter(({ path }) => !isBelow(path, gone));
    // The tree itself is in no folder that would tell when it is there again.
    if (!this.#owners.has(this.#place.path)) found.push(this.#place);
    const adopted = await this.#adopt(found, { isBaseline: false });
    for (const thread of this.#threads) await thread.taken();
    const changes = joinChanges([...done.flatMap((one) => one.changes), ...cutOff, ...adopted.changes]);
    return { ...adopted, changes };
  }

  /**
   * Folders that are found under another spelling now: where case doesn't count the old one still leads there, but what lies
   * in them has another path. `found`: of each folder that was listed, all that are in it.
   */
  #findRespelled(found: readonly FolderPlace[]): readonly string[] {
    const { toKey } = this.#options;
    const paths = new Set(found.map(({ path }) => path));
    const added = found.filter(({ path }) => !this.#owners.has(path));
    if (toKey === undefined || added.length === 0) return [];
    const keys = new Set(added.map(({ path }) => toKey(path)));
    return [...this.#owners.keys()].filter((path) => !paths.has(path) && keys.has(toKey(path)));
  }

  /** What stood in or below a folder that is none any more: by its path something else is reached, where a link stands there now. */
  async #forgetBelow(gone: ReadonlySet<string>): Promise<ScanResult['changes']> {
    const shares = new Map<Thread, string[]>();
    for (const [path, thread] of this.#owners) {
      if (!gone.has(path) && !isBelow(path, gone)) continue;
      shares.set(thread, [...(shares.get(thread) ?? []), path]);
      this.#owners.delete(path);
    }
    const done = await Promise.all(
      [...shares].map(([thread, paths]) => thread.ask({ kind: 'forget', paths })),
    );
    return done.flatMap(({ changes }) => changes);
  }

  /** Shares folders out, and those that are found in them, until no more are found. */
  async #adopt(
    first: readonly FolderPlace[],
    { isBaseline }: { readonly isBaseline: boolean },
  ): Promise<ScanResult> {
    const changes: ScanResult['changes'][number][] = [];
    let places = first.filter(({ path }) => !this.#owners.has(path));
    while (places.length > 0) {
      const done = await Promise.all(
        this.#shareOut(places).map(([thread, own]) => thread.ask({ kind: 'adopt', places: own, isBaseline })),
      );
      const found = done.flatMap((one) => one.found).filter(({ path }) => !this.#owners.has(path));
      const repositories = done.flatMap((one) => one.repositories);
      for (const path of done.flatMap((one) => one.forgotten)) this.#owners.delete(path);
      for (const one of done) changes.push(...one.changes);
      places = [
        ...new Map(found.map((one) => [one.path, one])).values(),
        ...(await this.#identify(repositories)),
      ];
    }
    const files = this.#threads.reduce((sum, thread) => sum + thread.files, 0);
    return { changes, files, unkept: [] };
  }

  async #identify(folders: readonly string[]): Promise<readonly FolderPlace[]> {
    const places: FolderPlace[] = [];
    for (const path of folders) {
      this.#owners.delete(path);
      places.push({ path, repository: await this.#findRepository(path), isOwn: true });
    }
    return places;
  }

  #shareOut(places: readonly FolderPlace[]): readonly (readonly [Thread, readonly FolderPlace[]])[] {
    const shares = new Map<Thread, FolderPlace[]>();
    places.forEach((place, index) => {
      const thread = this.#threads[index % this.#threads.length];
      if (thread === undefined) return;
      this.#owners.set(place.path, thread);
      shares.set(thread, [...(shares.get(thread) ?? []), place]);
    });
    return [...shares];
  }

  #pin(): void {
    const pinned = [...this.#repositories.values()].map((one) => pinObjects(one, this.#closing.signal));
    this.#pinned = Promise.all(pinned).then(() => undefined);
  }

  async readGit(repository: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    // Also of a repository that was known an earlier time and is gone.
    const bare = this.#repositories.get(repository)?.bare ?? bareOf(repository, this.#storage);
    return oids.length === 0 ? new Map() : readObjects(bare, oids);
  }

  async pinned(): Promise<void> {
    await this.#pinned;
  }

  async save(): Promise<void> {
    if (this.#isFirst) return;
    await this.#inTurn(() => this.#askAll({ kind: 'save', moment: randomUUID() }));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#threads.map((thread) => thread.close()));
    await this.#queue;
    await this.#pinned;
  }
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let [at, parent] = [path, dirname(path)]; parent !== at; [at, parent] = [parent, dirname(parent)])
    if (folders.has(parent)) return true;
  return false;
}

/** One thread, asked one thing at a time or several. */
class Thread {
  readonly #worker: TreeThread;
  readonly #waiting = new Map<number, { resolve(done: TaskDone): void; reject(error: Error): void }>();
  #lastId = 0;
  #options: ScanOptions | undefined;
  #taking: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  files = 0;

  constructor(worker: TreeThread) {
    this.#worker = worker;
    // A thread that is asked nothing must not keep the process from ending.
    this.#worker.unref();
    this.#worker.on('message', (message: FromTreeWorker) => this.#receive(message));
    this.#worker.on('error', (cause) => this.#end(new ScanError('A thread has failed.', { cause })));
    this.#worker.on('exit', () => this.#end(new ScanError('A thread has ended.')));
  }

  /** Who is told of contents and progress from now on. */
  listen(options: ScanOptions): void {
    this.#options = options;
  }

  ask(task: TreeTask): Promise<TaskDone> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, ...task });
    });
  }

  /** When all contents that came so far are kept. Rejects when one could not be. */
  async taken(): Promise<void> {
    const taking = this.#taking;
    this.#taking = Promise.resolve();
    await taking;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromTreeWorker): void {
    switch (message.kind) {
      case 'contents': {
        const kept = (this.#options?.keep(unpackContents(message.contents)) ?? Promise.resolve()).finally(
          () => this.#worker.postMessage({ kind: 'taken' }),
        );
        this.#taking = Promise.all([this.#taking, kept]).then(() => undefined);
        this.#taking.catch(() => undefined);
        return;
      }
      case 'progress':
        this.#options?.onProgress?.(message);
        return;
      case 'done':
        this.files = message.files;
        this.#waiting.get(message.id)?.resolve(message);
        return this.#settle(message.id);
      case 'failed':
        this.#waiting.get(message.id)?.reject(new ScanError(message.message));
        return this.#settle(message.id);
    }
  }

  #settle(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #end(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
