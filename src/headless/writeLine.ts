/** Standard output of one answer. */
import { escapeLineEnds } from '../channel/lineBytes.ts';

/** Resolves when it has been taken; what nobody reads any more is dropped. */
export function writeText(text: string): Promise<void> {
  return write(text);
}

/** As `writeText`, of what is bytes already. */
export function writeBytes(bytes: Uint8Array): Promise<void> {
  return write(bytes);
}

/** A JSON value as a line. */
export function writeLine(value: unknown): Promise<void> {
  return write(`${escapeLineEnds(JSON.stringify(value))}\n`);
}

function write(piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(piece, () => resolve());
  });
}
