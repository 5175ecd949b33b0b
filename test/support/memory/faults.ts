/**
 * Faults at the n-th operation that changes anything, on files and storage together: a failure with a code of the system, or
 * the death of the process, after which no operation does anything any more.
 */
import { type AppendFile, FileError, type FileSystem, type Storage } from '../../../src/core/ports.ts';

/** Before the operation; `torn`: an append leaves half of its bytes. */
export type Fault =
  | { readonly kind: 'fail'; readonly code: string; readonly torn?: boolean }
  | { readonly kind: 'crash'; readonly torn: boolean };

export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

export interface ArmOptions {
  /** Every operation after the n-th fails too. */
  readonly lasting?: boolean;
  /** Only operations of these names count. */
  readonly only?: readonly Operation[];
}

export type Operation =
  | 'append'
  | 'flush'
  | 'truncate'
  | 'store'
  | 'unstore'
  | 'writeFile'
  | 'makeDirectory'
  | 'removeFile'
  | 'removeEmptyDirectory'
  | 'makeLink'
  | 'rename'
  | 'setMode';

interface Change<T> {
  readonly path: string;
  readonly run: () => Promise<T>;
  /** What a failure in the middle leaves. */
  readonly tear?: () => Promise<unknown>;
  readonly process?: number;
}

export class Faults {
  /** Operations so far. */
  readonly trace: Operation[] = [];
  readonly #open = new Set<AppendFile>();
  readonly #locks = new Set<{ release(): Promise<void> }>();
  #armed: (ArmOptions & { readonly at: number; readonly fault: Fault }) | undefined;
  #counted = 0;
  #isDead = false;
  /** Counted: what an earlier one still has going on does nothing any more. */
  #process = 1;

  /** The n-th operation from now on (1 is the next one) meets the fault. */
  arm(at: number, fault: Fault, options: ArmOptions = {}): void {
    this.#armed = { at, fault, ...options };
    this.#counted = 0;
  }

  /** Everything works again. */
  disarm(): void {
    this.#armed = undefined;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Everything works again; files and locks that a process held which died are free. */
  async restart(): Promise<void> {
    this.disarm();
    this.#isDead = false;
    this.#process += 1;
    for (const file of this.#open) await file.close();
    this.#open.clear();
    for (const lock of this.#locks) await lock.release();
    this.#locks.clear();
  }

  wrapFiles(files: FileSystem): FileSystem {
    return {
      stat: (path) => this.#look(() => files.stat(path)),
      lstat: (path) => this.#look(() => files.lstat(path)),
      readFile: (path, options) => this.#look(() => files.readFile(path, options)),
      readRange: (path, offset, length) => this.#look(() => files.readRange(path, offset, length)),
      readDirectory: (path) => this.#look(() => files.readDirectory(path)),
      readLink: (path) => this.#look(() => files.readLink(path)),
      realPath: (path) => this.#look(() => files.realPath(path)),
      tracePath: (path) => this.#look(() => files.tracePath(path)),
      hasUnsavedChanges: (path) => files.hasUnsavedChanges(path),
      writeFile: (path, bytes, options) =>
        this.#change('writeFile', { path, run: () => files.writeFile(path, bytes, options) }),
      makeDirectory: (path) => this.#change('makeDirectory', { path, run: () => files.makeDirectory(path) }),
      removeFile: (path) => this.#change('removeFile', { path, run: () => files.removeFile(path) }),
      removeEmptyDirectory: (path) =>
        this.#change('removeEmptyDirectory', { path, run: () => files.removeEmptyDirectory(path) }),
      makeLink: (path, target) => this.#change('makeLink', { path, run: () => files.makeLink(path, target) }),
      rename: (path, name) => this.#change('rename', { path, run: () => files.rename(path, name) }),
      setMode: (path, mode) => this.#change('setMode', { path, run: () => files.setMode(path, mode) }),
      flush: (paths) => this.#change('flush', { path: paths[0] ?? '', run: () => files.flush(paths) }),
    };
  }

  /** For one process: when that has died, another one is to be given its own. */
  wrapStorage(storage: Storage): Storage {
    const process = this.#process;
    return {
      openAppend: async (path) => {
        const file = await this.#look(() => storage.openAppend(path), process);
        if (!this.#isAlive(process)) {
          await file.close();
          throw new ProcessDied();
        }
        return this.#wrapAppend(file, { path: path.join('/'), process });
      },
      list: (path) => this.#look(() => storage.list(path), process),
      readFile: (path) => this.#look(() => storage.readFile(path), process),
      writeFile: (path, bytes) =>
        this.#change('store', {
          path: path.join('/'),
          run: () => storage.writeFile(path, bytes),
          process,
        }),
      remove: (path) =>
        this.#change('unstore', { path: path.join('/'), run: () => storage.remove(path), process }),
      removeFolder: (path) =>
        this.#change('unstore', { path: path.join('/'), run: () => storage.removeFolder(path), process }),
      locate: (path) => storage.locate(path),
      lock: async (path) => this.#wrapLock(await this.#look(() => storage.lock(path), process), process),
    };
  }

  #wrapAppend(
    file: AppendFile,
    { path, process }: { readonly path: string; readonly process: number },
  ): AppendFile {
    this.#open.add(file);
    return {
      get size() {
        return file.size;
      },
      append: (bytes) =>
        this.#change('append', {
          path,
          run: () => file.append(bytes),
          tear: () => file.append(bytes.subarray(0, bytes.length >> 1)),
          process,
        }),
      flush: () => this.#change('flush', { path, run: () => file.flush(), process }),
      read: (offset, length) => this.#look(() => file.read(offset, length), process),
      truncate: (size) => this.#change('truncate', { path, run: () => file.truncate(size), process }),
      close: async () => {
        if (this.#open.delete(file)) await file.close();
      },
    };
  }

  #wrapLock(
    lock: { release(): Promise<void> } | undefined,
    process: number,
  ): { release(): Promise<void> } | undefined {
    if (lock === undefined) return undefined;
    this.#locks.add(lock);
    return {
      release: () =>
        this.#look(async () => {
          this.#locks.delete(lock);
          await lock.release();
        }, process),
    };
  }

  async #change<T>(operation: Operation, { path, run, tear, process }: Change<T>): Promise<T> {
    this.#checkAlive(process);
    this.trace.push(operation);
    const fault = this.#meet(operation);
    if (fault === undefined) return run();
    this.#isDead = fault.kind === 'crash';
    if (fault.torn === true) await tear?.();
    if (fault.kind === 'crash') throw new ProcessDied();
    throw new FileError(fault.code, path, `${fault.code}: ${operation} ${path}`);
  }

  #meet(operation: Operation): Fault | undefined {
    const armed = this.#armed;
    if (armed === undefined || armed.only?.includes(operation) === false) return undefined;
    this.#counted += 1;
    const isHit = armed.lasting === true ? this.#counted >= armed.at : this.#counted === armed.at;
    return isHit ? armed.fault : undefined;
  }

  async #look<T>(run: () => Promise<T>, process?: number): Promise<T> {
    this.#checkAlive(process);
    return run();
  }

  #checkAlive(process?: number): void {
    if (!this.#isAlive(process)) throw new ProcessDied();
  }

  #isAlive(process = this.#process): boolean {
    return !this.#isDead && process === this.#process;
  }
}
