/** Which files the model has seen, and in which state. Lives as long as the session. */
export interface SeenFile {
  /** SHA-256 (hex) of the bytes that were read or written. */
  readonly sha256: string;
  /** True when only a part of the file was shown. */
  readonly partial: boolean;
  /** A hash of each line, to tell which ones have changed since; absent for what isn't text, or is very long. */
  readonly lineHashes?: Uint32Array;
}

export class ReadState {
  readonly #seen = new Map<string, SeenFile>();
  readonly #onSeen: (path: string) => void;

  /** `onSeen` is called with the absolute path of each file that is read or written. */
  constructor(onSeen: (path: string) => void = () => undefined) {
    this.#onSeen = onSeen;
  }

  get(path: string): SeenFile | undefined {
    return this.#seen.get(path);
  }

  set(path: string, file: SeenFile): void {
    this.#seen.set(path, file);
    this.#onSeen(path);
  }

  /** After a rewind the model's picture of the file is out of date: it must read again. */
  forget(path: string): void {
    this.#seen.delete(path);
  }
}
