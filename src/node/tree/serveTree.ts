/** What a thread does that looks at a part of a tree: carries out what treeScanner.ts asks for, one task after the other. */
import type { EncodedContent, SeenChange } from '../../core/checkpoints/tree/treeScanner.ts';
import type { FolderPlace } from './folder.ts';
import { SavedTreeFile } from './savedTree.ts';
import {
  type FromTreeWorker,
  packContents,
  type TaskDone,
  type ToTreeWorker,
  type TreeTask,
  type TreeWorkerData,
} from './treeMessages.ts';
import { type FolderNews, TreePart } from './treePart.ts';

/** The way to whoever asks. */
export interface ServedPort {
  on(event: 'message', listener: (message: ToTreeWorker) => void): unknown;
  /** What is in `transfer` is not copied, and can't be used here any more. */
  postMessage(message: FromTreeWorker, transfer?: readonly ArrayBuffer[]): void;
}

/** Bytes that are handed on at once. */
const BATCH = 4 * 1024 * 1024;
/** Batches that may be under way. */
const MOST_UNTAKEN = 4;
const EMPTY = { changes: [], found: [], forgotten: [], repositories: [], folders: [], unkept: [] };

export function serveTree(port: ServedPort, data: TreeWorkerData): void {
  const server = new TreeServer(port, data);
  port.on('message', (message) => server.receive(message));
}

class TreeServer {
  readonly #port: ServedPort;
  readonly #kept = new Set<string>();
  #saved: SavedTreeFile | undefined;
  readonly #part: TreePart;
  #batch: EncodedContent[] = [];
  #batchBytes = 0;
  #bytes = 0;
  #untaken = 0;
  #onTaken: () => void = () => undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(port: ServedPort, { root, except }: TreeWorkerData) {
    this.#port = port;
    const keep = (content: EncodedContent): void => {
      this.#batch.push(content);
      this.#batchBytes += content.stored.length;
      this.#bytes += content.length;
    };
    this.#part = new TreePart({ root, except: new Set(except), kept: this.#kept, keep });
  }

  receive(message: ToTreeWorker): void {
    if (message.kind === 'taken') {
      this.#untaken -= 1;
      this.#onTaken();
      return;
    }
    this.#queue = this.#queue.then(() => this.#carryOut(message));
  }

  async #carryOut({ id, ...task }: { readonly id: number } & TreeTask): Promise<void> {
    try {
      const done = await this.#run(task);
      await this.#handOn(0);
      this.#port.postMessage({ ...EMPTY, ...done, kind: 'done', id, files: this.#part.files });
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#port.postMessage({ kind: 'failed', id, message });
    }
  }

  async #run(task: TreeTask): Promise<Partial<TaskDone>> {
    const part = this.#part;
    switch (task.kind) {
      case 'repository':
        part.addRepository(task.repository);
        return {};
      case 'restore': {
        this.#saved = new SavedTreeFile(task.saved);
        for (const sha256 of task.kept) this.#kept.add(sha256);
        const { moment, folders } = this.#saved.read();
        part.restore(folders);
        return { moment, folders: part.folders.map(({ path, repository }) => ({ path, repository })) };
      }
      case 'clear':
        part.clear();
        this.#saved?.startAnew();
        return {};
      case 'adopt':
        return this.#adopt(task.places, task.isBaseline);
      case 'check':
        return this.#check();
      case 'forget':
        return { changes: task.paths.flatMap((path) => part.forget(path)) };
      case 'settle':
        await part.settleCovered();
        return { unkept: part.unkept() };
      case 'save': {
        part.save((tree) => this.#saved?.write({ moment: task.moment, ...tree }));
        return {};
      }
    }
  }

  async #adopt(places: readonly FolderPlace[], isBaseline: boolean): Promise<Partial<TaskDone>> {
    const news: FolderNews[] = [];
    const repositories: string[] = [];
    const forgotten: string[] = [];
    for (const place of places) {
      const one = this.#part.adopt(place, { isBaseline });
      if (one === 'repository') repositories.push(place.path);
      else if (one === 'gone') forgotten.push(place.path);
      else news.push(one);
      if (this.#batchBytes >= BATCH) await this.#handOn(BATCH);
    }
    return { ...join(news), repositories, forgotten };
  }

  async #check(): Promise<Partial<TaskDone>> {
    this.#part.refreshRules();
    const before = this.#part.folders;
    const news: FolderNews[] = [];
    for (const folder of before) {
      const one = this.#part.check(folder);
      if (one.changes.length > 0 || one.found.length > 0) news.push(one);
      if (this.#batchBytes >= BATCH) await this.#handOn(BATCH);
    }
    const forgotten = before.filter((folder) => !this.#part.has(folder)).map(({ path }) => path);
    return { ...join(news), forgotten };
  }

  /** What has gathered, if it is at least so many bytes; waits while too much is under way. */
  async #handOn(least: number): Promise<void> {
    if (this.#batch.length === 0 || this.#batchBytes < least) return;
    const contents = packContents(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    this.#untaken += 1;
    this.#port.postMessage({ kind: 'contents', contents }, [contents.stored.buffer]);
    this.#port.postMessage({ kind: 'progress', files: this.#part.files, bytes: this.#bytes });
    while (this.#untaken >= MOST_UNTAKEN) {
      await new Promise<void>((resolve) => {
        this.#onTaken = resolve;
      });
    }
  }
}

function join(news: readonly FolderNews[]): {
  readonly changes: readonly SeenChange[];
  readonly found: readonly FolderPlace[];
} {
  return { changes: news.flatMap(({ changes }) => changes), found: news.flatMap(({ found }) => found) };
}
