/** The lines of a transcript, from the first to the last, read in pieces: a file of any length takes the same memory. */
import type { ByteRange, TranscriptReader } from './transcriptStore.ts';

export interface RawLine {
  /** Without its newline. undefined: longer than MAX_LINE_BYTES. Good until the next line is asked for. */
  readonly bytes: Uint8Array | undefined;
  /** Where it stands in the file, without its newline. */
  readonly place: ByteRange;
}

const NEWLINE = 10;
const PIECE_BYTES = 1024 * 1024;
/** A longer line is none that Belay wrote, and is not looked into. */
export const MAX_LINE_BYTES = 50 * 1024 * 1024;

/** Lines with nothing but space are left out. The last one may lack its newline. Each piece is to be walked to its end. */
export async function* readLines(
  file: Pick<TranscriptReader, 'read'>,
): AsyncGenerator<Iterable<RawLine>, void> {
  const window = new Window();
  for (;;) {
    const count = await file.read(window.room(), window.end);
    window.take(count);
    yield window.lines(count === 0);
    if (count === 0) return;
  }
}

/** The part of the file that is in memory: from the beginning of a line that has not ended yet. */
class Window {
  #buffer: Uint8Array = new Uint8Array(PIECE_BYTES);
  #filled = 0;
  /** Offset in the file of the first byte of the buffer. */
  #start = 0;
  /** Offset in the file where a line begins that is too long to be held. */
  #tooLongFrom: number | undefined;

  /** Offset in the file of what is to be read next. */
  get end(): number {
    return this.#start + this.#filled;
  }

  /** Where to read it to; never empty. */
  room(): Uint8Array {
    if (this.#filled === this.#buffer.length) this.#grow();
    return this.#buffer.subarray(this.#filled);
  }

  take(count: number): void {
    this.#filled += count;
  }

  /** The lines that have ended; with the end of the file, also what stands behind the last newline. */
  *lines(isEnd: boolean): Generator<RawLine, void> {
    const held = this.#buffer.subarray(0, this.#filled);
    let start = 0;
    for (let found = held.indexOf(NEWLINE); found !== -1; found = held.indexOf(NEWLINE, start)) {
      const line = this.#toLine(held.subarray(start, found), start);
      if (line !== undefined) yield line;
      start = found + 1;
    }
    if (isEnd) {
      const line = this.#toLine(held.subarray(start), start);
      if (line !== undefined) yield line;
      start = held.length;
    }
    this.#keepFrom(start);
  }

  /** undefined: there is nothing in it. */
  #toLine(bytes: Uint8Array, at: number): RawLine | undefined {
    const end = this.#start + at + bytes.length;
    const start = this.#tooLongFrom ?? this.#start + at;
    const isTooLong = end - start > MAX_LINE_BYTES;
    this.#tooLongFrom = undefined;
    if (isTooLong) return { bytes: undefined, place: { start, end } };
    return isBlank(bytes) ? undefined : { bytes, place: { start, end } };
  }

  #keepFrom(start: number): void {
    const rest = this.#buffer.subarray(start, this.#filled);
    // After a long line the room it took is given back.
    if (this.#buffer.length > PIECE_BYTES && rest.length <= PIECE_BYTES / 2) {
      this.#buffer = new Uint8Array(PIECE_BYTES);
      this.#buffer.set(rest);
    } else if (start > 0) this.#buffer.copyWithin(0, start, this.#filled);
    this.#filled = rest.length;
    this.#start += start;
  }

  /** Of a line that is too long nothing is held but where it began. */
  #grow(): void {
    if (this.#tooLongFrom !== undefined || this.#filled > MAX_LINE_BYTES) {
      this.#tooLongFrom ??= this.#start;
      this.#start += this.#filled;
      this.#filled = 0;
      return;
    }
    const larger = new Uint8Array(this.#buffer.length * 2);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  return true;
}
