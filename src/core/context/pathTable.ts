/**
 * The paths of a workspace, to be searched at each key somebody types. They lie in one piece of bytes (UTF-8), without an object for
 * each: 100,000 of 60 characters take 7 MB, and a search looks at them one after the other.
 */
import { type ByteText, OTHER_LETTERS, scorePath, toLetters } from './scorePath.ts';

export interface FoundPath {
  /** As it was added. */
  readonly path: string;
  readonly isFolder: boolean;
}

export interface PathSearch {
  /** What is typed of a path, with slashes; its case doesn't count. */
  readonly wanted: string;
  /** At most so many. */
  readonly most: number;
  /** Whether it may be shown; asked only of what would be. */
  readonly accept: (path: string) => boolean;
}

interface Ranked extends FoundPath {
  readonly score: number;
}

/** Beside the letters of a path. */
const FOLDER = 1 << 30;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class PathTable {
  #bytes = new Uint8Array(1 << 14);
  /** Where each path ends in the bytes. */
  #ends = new Uint32Array(1 << 8);
  /** Which letters each has (`toLetters`); the highest bit says that it is a folder. */
  #letters = new Int32Array(1 << 8);
  #count = 0;
  readonly #folders = new Set<string>();

  /** Files and folders. */
  get size(): number {
    return this.#count;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#bytes.byteLength + this.#ends.byteLength + this.#letters.byteLength;
  }

  /** A file, relative and with slashes. The folders on its way come with it, each once. */
  add(path: string): void {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      // Those above it are known with it.
      if (this.#folders.has(folder)) break;
      this.#folders.add(folder);
      this.#push(folder, FOLDER);
    }
    this.#push(path, 0);
  }

  /** No more is added: lets go of what that needed. */
  close(): void {
    this.#folders.clear();
    const end = this.#end(this.#count - 1);
    this.#bytes = this.#bytes.slice(0, end);
    this.#ends = this.#ends.slice(0, this.#count);
    this.#letters = this.#letters.slice(0, this.#count);
  }

  /** The best first. */
  search({ wanted, most, accept }: PathSearch): readonly FoundPath[] {
    const asked = encoder.encode(wanted.toLowerCase());
    const needed = toLetters({ bytes: asked, start: 0, end: asked.length });
    const best: Ranked[] = [];
    for (let index = 0; index < this.#count; index += 1) {
      const letters = this.#letters[index] ?? 0;
      if ((letters & needed) !== needed) continue;
      const last = best.length < most ? undefined : best[most - 1];
      const atLeast = last?.score ?? Number.NEGATIVE_INFINITY;
      const score = scorePath(this.#text(index, letters), { wanted: asked, atLeast });
      if (score === undefined || score < atLeast) continue;
      const ranked = { path: this.#path(index), isFolder: (letters & FOLDER) !== 0, score };
      if (last !== undefined && compare(last, ranked) <= 0) continue;
      if (accept(ranked.path)) insert(best, ranked, most);
    }
    return best.map(({ path, isFolder }) => ({ path, isFolder }));
  }

  #push(path: string, kind: number): void {
    const start = this.#end(this.#count - 1);
    // A UTF-16 unit takes at most three bytes.
    if (start + path.length * 3 > this.#bytes.length)
      this.#bytes = grow(this.#bytes, new Uint8Array(this.#bytes.length * 2 + path.length * 3));
    if (this.#count === this.#ends.length) {
      this.#ends = grow(this.#ends, new Uint32Array(this.#count * 2));
      this.#letters = grow(this.#letters, new Int32Array(this.#count * 2));
    }
    const { written } = encoder.encodeInto(path, this.#bytes.subarray(start));
    this.#ends[this.#count] = start + written;
    this.#letters[this.#count] = toLetters({ bytes: this.#bytes, start, end: start + written }) | kind;
    this.#count += 1;
  }

  /** Of a path with other letters than English ones the case is folded here, of the others as they are read. */
  #text(index: number, letters: number): ByteText {
    if ((letters & OTHER_LETTERS) !== 0) {
      const bytes = encoder.encode(this.#path(index).toLowerCase());
      return { bytes, start: 0, end: bytes.length };
    }
    return { bytes: this.#bytes, start: this.#end(index - 1), end: this.#end(index) };
  }

  #path(index: number): string {
    return decoder.decode(this.#bytes.subarray(this.#end(index - 1), this.#end(index)));
  }

  #end(index: number): number {
    return index < 0 ? 0 : (this.#ends[index] ?? 0);
  }
}

function grow<Numbers extends Uint8Array | Uint32Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

/** Negative: the first goes before. */
function compare(left: Ranked, right: Ranked): number {
  return right.score - left.score || (left.path < right.path ? -1 : 1);
}

function insert(best: Ranked[], ranked: Ranked, most: number): void {
  const place = best.findIndex((each) => compare(each, ranked) > 0);
  best.splice(place === -1 ? best.length : place, 0, ranked);
  if (best.length > most) best.pop();
}
