/**
 * Messages as the bytes of JSON lines, gathered until somebody writes them. They become bytes every few dozen kilobytes: as text,
 * a long reply of many messages keeps the garbage collector busier than all else that is done for it.
 */

/** Characters that may be joined into one piece. */
const PIECE_LENGTH = 1 << 16;

export class LineBytes {
  readonly #encoder = new TextEncoder();
  #pieces: Uint8Array[] = [];
  #lines: string[] = [];
  /** Characters of these lines. */
  #length = 0;
  #waiting = 0;

  /** Takes a JSON value in; it is not kept. */
  push(message: unknown): void {
    const line = escapeLineEnds(JSON.stringify(message));
    this.#lines.push(line);
    this.#length += line.length;
    this.#waiting += line.length;
    if (this.#length >= PIECE_LENGTH) this.#encode();
  }

  /** Characters that have gathered. */
  get waiting(): number {
    return this.#waiting;
  }

  /** All that has gathered, in pieces. */
  take(): readonly Uint8Array[] {
    this.#encode();
    this.#waiting = 0;
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #encode(): void {
    if (this.#lines.length === 0) return;
    this.#pieces.push(this.#encoder.encode(`${this.#lines.join('\n')}\n`));
    this.#lines = [];
    this.#length = 0;
  }
}

/** Lines of JSON: some readers also end a line at U+2028 and U+2029, which JSON leaves as they are. */
export function escapeLineEnds(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
