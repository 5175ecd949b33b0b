/** Whether a file is still as the model saw it, and if not, where it differs. */
import { counted } from './counted.ts';
import { toModelText } from './lineEnds.ts';
import { cutLine, formatLines } from './numberedLines.ts';
import type { SeenFile } from './readState.ts';
import { decodeText } from './textEncoding.ts';

/** Longer texts get no line hashes: only that they have changed can be told, not where. Bytes. */
const maxHashedBytes = 2 * 1024 * 1024;
/** Changed lines shown. */
const maxShownLines = 30;

/** What to remember of a file that the model has seen in this state. */
export async function toSeenFile(
  bytes: Uint8Array,
  { partial }: { readonly partial: boolean },
): Promise<SeenFile> {
  const sha256 = await hashBytes(bytes);
  const text = bytes.length > maxHashedBytes ? undefined : decodeText(bytes)?.text;
  if (text === undefined) return { sha256, partial };
  return { sha256, partial, lineHashes: hashLines(toModelText(text).split('\n')) };
}

/** Whether these bytes are the ones that were seen. */
export async function isAsSeen(seen: SeenFile, bytes: Uint8Array): Promise<boolean> {
  return seen.sha256 === (await hashBytes(bytes));
}

/** For the model: which lines differ now from what it saw, with their text; empty when that can't be told. */
export function describeChange(seen: SeenFile, bytes: Uint8Array): string {
  const text = decodeText(bytes)?.text;
  if (text === undefined || seen.lineHashes === undefined || bytes.length > maxHashedBytes) return '';
  const lines = toModelText(text).split('\n');
  const now = hashLines(lines);
  const before = seen.lineHashes;
  const shorter = Math.min(now.length, before.length);
  let start = 0;
  while (start < shorter && now[start] === before[start]) start += 1;
  let end = 0;
  while (end < shorter - start && now[now.length - 1 - end] === before[before.length - 1 - end]) end += 1;
  const changed = lines.slice(start, lines.length - end);
  if (changed.length === 0) {
    const gone = before.length - now.length;
    return `${counted(gone, 'line')} before line ${start + 1} ${gone === 1 ? 'has' : 'have'} been removed.`;
  }
  const shown = formatLines(
    changed.slice(0, maxShownLines).map((line) => cutLine(line)),
    start + 1,
  );
  const more = changed.length > maxShownLines ? `\n… and ${changed.length - maxShownLines} more lines` : '';
  return `The lines that differ now read:\n${shown}${more}`;
}

async function hashBytes(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** FNV-1a over UTF-16 units: only for telling lines apart, not for trusting them. */
function hashLines(lines: readonly string[]): Uint32Array {
  return Uint32Array.from(lines, (line) => {
    let hash = 0x811c9dc5;
    for (let index = 0; index < line.length; index += 1) {
      hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
    }
    return hash >>> 0;
  });
}
