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
  | 'setMode';

interface Change<T> {
  readonly path: string;
  readonly run: () => Promise<T>;
  /** What a failure in the middle leaves. */
  readonly tear?: () => Promise<unknown>;
}

export class Faults {
  /** Operations so far. */
  readonly trace: Operation[] = [];
  readonly #open = new Set<AppendFile>();
  readonly #locks = new Set<{ release(): Promise<void> }>();
  #armed: (ArmOptions & { readonly at: number; readonly fault: Fault }) | undefined;
  #counted = 0;
  #isDead = false;

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
      setMode: (path, mode) => this.#change('setMode', { path, run: () => files.setMode(path, mode) }),
      flush: (paths) => this.#change('flush', { path: paths[0] ?? '', run: () => files.flush(paths) }),
    };
  }

  wrapStorage(storage: Storage): Storage {
    return {
      openAppend: async (path) =>
        this.#wrapAppend(await this.#look(() => storage.openAppend(path)), path.join('/')),
      list: (path) => this.#look(() => storage.list(path)),
      readFile: (path) => this.#look(() => storage.readFile(path)),
      writeFile: (path, bytes) =>
        this.#change('store', { path: path.join('/'), run: () => storage.writeFile(path, bytes) }),
      remove: (path) => this.#change('unstore', { path: path.join('/'), run: () => storage.remove(path) }),
      removeFolder: (path) =>
        this.#change('unstore', { path: path.join('/'), run: () => storage.removeFolder(path) }),
      locate: (path) => storage.locate(path),
      lock: async (path) => this.#wrapLock(await this.#look(() => storage.lock(path))),
    };
  }

  #wrapAppend(file: AppendFile, path: string): AppendFile {
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
        }),
      flush: () => this.#change('flush', { path, run: () => file.flush() }),
      read: (offset, length) => this.#look(() => file.read(offset, length)),
      truncate: (size) => this.#change('truncate', { path, run: () => file.truncate(size) }),
      close: async () => {
        if (this.#open.delete(file)) await file.close();
      },
    };
  }

  #wrapLock(lock: { release(): Promise<void> } | undefined): { release(): Promise<void> } | undefined {
    if (lock === undefined) return undefined;
    this.#locks.add(lock);
    return {
      release: () =>
        this.#look(async () => {
          this.#locks.delete(lock);
          await lock.release();
        }),
    };
  }

  async #change<T>(operation: Operation, { path, run, tear }: Change<T>): Promise<T> {
    if (this.#isDead) throw new ProcessDied();
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

  async #look<T>(run: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new ProcessDied();
    return run();
  }
}
