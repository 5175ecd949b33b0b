/**
 * How a part of a tree looked, on the disk: it spares reading everything again, no more. A file begins with all that is known, and
 * what has changed since is put behind it, until that is as much again.
 *
 *     frame = length u32 · zlib stream, which has a checksum (all of it, then changes)
 */
import { appendFileSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { deflateSync, inflateSync } from 'node:zlib';
import type { SavedFolder } from './folder.ts';
import { type PackedFolders, packFolders, unpackFolders } from './packFolders.ts';

export interface SavedTree {
  /** Names the moment; absent: nothing was saved. */
  readonly moment?: string | undefined;
  readonly folders: readonly SavedFolder[];
}

export interface TreeToSave {
  readonly moment: string;
  readonly all: () => readonly SavedFolder[];
  /** Those that look different from what was saved last, or are new. */
  readonly changed: readonly SavedFolder[];
  /** Folders that were saved and are none any more. They may be among the changed ones again. */
  readonly gone: readonly string[];
}

interface Frame {
  readonly version: number;
  readonly moment: string;
  /** It is all that is known, not what has changed since the frame before. */
  readonly isWhole: boolean;
  readonly gone: readonly string[];
  readonly packed: PackedFolders;
}

/** Of what lies in the file. */
const VERSION = 3;
const HEADER = 4;

export class SavedTreeFile {
  readonly #file: string;
  /** Bytes of what the file begins with; 0: it can't be put anything behind. */
  #base = 0;
  #size = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** What can't be read is as good as not there; of what was put behind, what comes before it counts. */
  read(): SavedTree {
    const folders = new Map<string, SavedFolder>();
    let moment: string | undefined;
    const bytes = this.#readFile();
    this.#size = 0;
    this.#base = 0;
    for (let end = 0; ; ) {
      const frame = readFrame(bytes, end);
      // Changes of something that somebody has taken away say nothing.
      if (frame === undefined || frame.isWhole !== (end === 0)) break;
      end = frame.end;
      for (const path of frame.gone) folders.delete(path);
      for (const folder of frame.folders) folders.set(folder.path, folder);
      moment = frame.moment;
      if (this.#base === 0) this.#base = end;
      this.#size = end;
    }
    // Nothing may come behind what can't be read.
    if (this.#size < bytes.length) this.#base = 0;
    return { moment, folders: [...folders.values()] };
  }

  #readFile(): Buffer {
    try {
      return readFileSync(this.#file);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Throws what the system says; what was saved before stays. */
  write({ moment, all, changed, gone }: TreeToSave): void {
    if (this.#base > 0) {
      const frame = toFrame({ moment, isWhole: false, gone, folders: changed });
      if (this.#size - this.#base + frame.length <= this.#base) return this.#append(frame);
    }
    this.#replace(toFrame({ moment, isWhole: true, gone: [], folders: all() }));
  }

  #append(frame: Uint8Array): void {
    const size = this.#size;
    try {
      appendFileSync(this.#file, frame);
      this.#size += frame.length;
    } catch (error) {
      // Half of it may be there: nothing is to come behind it.
      this.#base = 0;
      cutOff(this.#file, size);
      throw error;
    }
  }

  #replace(frame: Uint8Array): void {
    // Until it is done, what is there may not be gone on with: it would lack what is being saved.
    this.#base = 0;
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.tmp`;
    writeFileSync(temporary, frame, { mode: 0o600 });
    renameSync(temporary, this.#file);
    this.#base = frame.length;
    this.#size = frame.length;
  }

  /** The next that is saved is all there is. */
  startAnew(): void {
    this.#base = 0;
  }
}

function cutOff(file: string, size: number): void {
  try {
    truncateSync(file, size);
  } catch {
    // A frame that is not whole is not read.
  }
}

function toFrame({ moment, isWhole, gone, folders }: SavedPart): Uint8Array {
  const frame: Frame = { version: VERSION, moment, isWhole, gone, packed: packFolders(folders) };
  const stored = deflateSync(serialize(frame), { level: 1 });
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(stored.length);
  return Buffer.concat([header, stored]);
}

interface SavedPart {
  readonly moment: string;
  readonly isWhole: boolean;
  readonly gone: readonly string[];
  readonly folders: readonly SavedFolder[];
}

/** undefined: there is none, or it is not whole. */
function readFrame(bytes: Buffer, start: number): (SavedPart & { readonly end: number }) | undefined {
  if (start + HEADER > bytes.length) return undefined;
  const end = start + HEADER + bytes.readUInt32LE(start);
  if (end > bytes.length) return undefined;
  try {
    const stored = bytes.subarray(start + HEADER, end);
    const { version, moment, isWhole, gone, packed }: Frame = deserialize(inflateSync(stored));
    return version === VERSION ? { moment, isWhole, gone, folders: unpackFolders(packed), end } : undefined;
  } catch {
    return undefined;
  }
}
