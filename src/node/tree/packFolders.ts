/**
 * What is known of many folders, in a form that compresses well: numbers column by column, each as it differs from the one before
 * it, and of all of them the first byte, then the second (most are alike); names of contents as bytes.
 */
import { FIELDS, type SavedFolder } from './folder.ts';

export interface PackedFolders {
  readonly folders: readonly PackedFolder[];
  readonly numbers: Uint8Array;
  /** The names of contents that are hex, one behind the other. */
  readonly hashes: Uint8Array;
}

interface PackedFolder extends Omit<SavedFolder, 'numbers' | 'contents'> {
  /** One letter for each content (`KINDS`); `-`: it is the next one of `others`. */
  readonly kinds: string;
  readonly others: readonly string[];
}

/** How a content begins and how many hex digits follow, by letter. */
const KINDS: Readonly<Record<string, { readonly start: string; readonly digits: number }>> = {
  s: { start: 's', digits: 64 },
  g: { start: 'g', digits: 40 },
  G: { start: 'G', digits: 40 },
  h: { start: 'g', digits: 64 },
  H: { start: 'G', digits: 64 },
};
const NAMED = /^[sgG][0-9a-f]+$/;
const OTHER = '-';
const BYTES = Float64Array.BYTES_PER_ELEMENT;

export function packFolders(folders: readonly SavedFolder[]): PackedFolders {
  const hashes: string[] = [];
  const packed = folders.map(({ numbers: _, contents, ...folder }): PackedFolder => {
    const others: string[] = [];
    const kinds = contents.map((content) => {
      const kind = kindOf(content);
      if (kind === OTHER) others.push(content);
      else hashes.push(content.slice(1));
      return kind;
    });
    return { ...folder, kinds: kinds.join(''), others };
  });
  const numbers = toPlanes(folders.map((folder) => folder.numbers));
  return { folders: packed, numbers, hashes: Buffer.from(hashes.join(''), 'hex') };
}

function kindOf(content: string): string {
  if (!NAMED.test(content)) return OTHER;
  const digits = content.length - 1;
  return (
    Object.keys(KINDS).find((kind) => KINDS[kind]?.start === content[0] && KINDS[kind]?.digits === digits) ??
    OTHER
  );
}

export function unpackFolders({ folders, numbers, hashes }: PackedFolders): readonly SavedFolder[] {
  const values = fromPlanes(numbers);
  const digits = Buffer.from(hashes).toString('hex');
  let [row, at] = [0, 0];
  return folders.map(({ kinds, others, ...folder }) => {
    let other = 0;
    const contents = [...kinds].map((letter) => {
      const kind = KINDS[letter];
      if (kind === undefined) {
        other += 1;
        return others[other - 1] ?? '';
      }
      at += kind.digits;
      return kind.start + digits.slice(at - kind.digits, at);
    });
    const start = row;
    row += folder.names.length * FIELDS;
    return { ...folder, numbers: values.slice(start, row), contents };
  });
}

/** Each number XOR the one of the same column before it, the second column (a change's time) first XOR the first one. */
function toPlanes(parts: readonly Float64Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const rows = length / FIELDS;
  const values = new Float64Array(length);
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  const bytes = new Uint8Array(values.buffer);
  const planes = new Uint8Array(bytes.length);
  for (let index = 0; index < length; index += 1) {
    const column = index % FIELDS;
    const row = (index - column) / FIELDS;
    for (let byte = 0; byte < BYTES; byte += 1) {
      const before = row === 0 ? 0 : seen(bytes, { row: row - 1, column, byte });
      planes[(byte * FIELDS + column) * rows + row] = seen(bytes, { row, column, byte }) ^ before;
    }
  }
  return planes;
}

interface Place {
  readonly row: number;
  readonly column: number;
  readonly byte: number;
}

function seen(bytes: Uint8Array, { row, column, byte }: Place): number {
  const at = (row * FIELDS + column) * BYTES + byte;
  const own = bytes[at] ?? 0;
  return column === 1 ? own ^ (bytes[at - BYTES] ?? 0) : own;
}

function fromPlanes(planes: Uint8Array): Float64Array {
  const values = new Float64Array(planes.length / BYTES);
  const bytes = new Uint8Array(values.buffer);
  const rows = values.length / FIELDS;
  for (let byte = 0; byte < BYTES; byte += 1) {
    for (let column = 0; column < FIELDS; column += 1) {
      let before = 0;
      for (let row = 0; row < rows; row += 1) {
        before ^= planes[(byte * FIELDS + column) * rows + row] ?? 0;
        const at = (row * FIELDS + column) * BYTES + byte;
        bytes[at] = column === 1 ? before ^ (bytes[at - BYTES] ?? 0) : before;
      }
    }
  }
  return values;
}
