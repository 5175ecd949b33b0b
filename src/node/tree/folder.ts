/** What is known of the files and links directly in one folder: times and sizes side by side, as many as there are names. */
import type { Stats } from 'node:fs';
import type { SeenContent, SeenState } from '../../core/checkpoints/tree/treeScanner.ts';

/** Numbers that are known of each name. */
export const FIELDS = 6;

export interface FolderPlace {
  /** Absolute. */
  readonly path: string;
  /** `Repository.id`; null: it is in none, or none may be asked. */
  readonly repository: string | null;
  /** What repository it starts is known already. */
  readonly isOwn?: boolean;
}

/** Goes to the disk as it is. */
export interface SavedFolder extends FolderPlace {
  readonly mode: number;
  readonly names: readonly string[];
  readonly numbers: Float64Array;
  readonly contents: readonly string[];
  readonly left: readonly string[];
}

/**
 * Where the bytes of an entry are: `s` and a SHA-256, `g` and the name of a git object (`G`: one that git may drop), `l` and
 * where a link leads; `-`: they can't be had; empty: there is nothing, or it was not looked at yet.
 */
type Content = string;

export class Folder {
  readonly path: string;
  readonly repository: string | null;
  #mode: number;
  /** When it was listed it looked like this; NaN: it has to be listed again. */
  mtimeMs = Number.NaN;
  ctimeMs = Number.NaN;
  names: string[] = [];
  #numbers: Float64Array = new Float64Array();
  contents: Content[] = [];
  /** Names of folders in it that are not looked at. Changes only with a listing. */
  left = new Set<string>();
  /** It looks different from what was saved last. */
  isUnsaved = true;

  constructor({ path, repository }: FolderPlace, mode: number) {
    this.path = path;
    this.repository = repository;
    this.#mode = mode;
  }

  static restore(saved: SavedFolder): Folder {
    const folder = new Folder(saved, saved.mode);
    folder.names = [...saved.names];
    folder.#numbers = saved.numbers;
    folder.contents = [...saved.contents];
    folder.left = new Set(saved.left);
    folder.isUnsaved = false;
    return folder;
  }

  toSaved(): SavedFolder {
    const { path, repository, mode, names, contents } = this;
    return { path, repository, mode, names, numbers: this.#numbers, contents, left: [...this.left] };
  }

  get size(): number {
    return this.names.length;
  }

  /** Of itself. */
  get mode(): number {
    return this.#mode;
  }

  set mode(mode: number) {
    this.#mode = mode;
    this.isUnsaved = true;
  }

  /** Takes over what is known of names that are still there. Their order is given by `names`. */
  relist(names: string[]): void {
    this.isUnsaved = true;
    if (this.names.length === 0) {
      this.names = names;
      this.#numbers = new Float64Array(names.length * FIELDS);
      this.contents = names.map(() => '');
      return;
    }
    const at = new Map(this.names.map((name, index) => [name, index]));
    const numbers = new Float64Array(names.length * FIELDS);
    const contents = names.map((name, index) => {
      const known = at.get(name);
      if (known === undefined) return '';
      numbers.set(this.#numbers.subarray(known * FIELDS, (known + 1) * FIELDS), index * FIELDS);
      return this.contents[known] ?? '';
    });
    this.names = names;
    this.#numbers = numbers;
    this.contents = contents;
  }

  /** It looks as it did when it was looked at last. */
  isSame(index: number, stats: Stats): boolean {
    const at = index * FIELDS;
    const numbers = this.#numbers;
    return (
      numbers[at] === stats.mtimeMs &&
      numbers[at + 1] === stats.ctimeMs &&
      numbers[at + 2] === stats.size &&
      numbers[at + 3] === stats.ino &&
      numbers[at + 4] === stats.mode
    );
  }

  hasSameBytes(index: number, { mtimeMs, size }: Stats): boolean {
    const at = index * FIELDS;
    const isKept = /^[sg]/i.test(this.contents[index] ?? '');
    return isKept && this.#numbers[at] === mtimeMs && this.#numbers[at + 2] === size;
  }

  /** `isYoung`: so fresh that a change right after it could look the same; it is looked at again the next time. */
  note(index: number, stats: Stats, { content, isYoung }: { content: Content; isYoung: boolean }): void {
    const { mtimeMs, ctimeMs, size, ino, mode, nlink } = stats;
    const at = index * FIELDS;
    const numbers = this.#numbers;
    numbers[at] = mtimeMs;
    numbers[at + 1] = isYoung ? Number.NaN : ctimeMs;
    numbers[at + 2] = size;
    numbers[at + 3] = ino;
    numbers[at + 4] = mode;
    numbers[at + 5] = nlink;
    this.contents[index] = content;
    this.isUnsaved = true;
  }

  /** It is read again the next time, however it looks. */
  doubt(index: number): void {
    this.#numbers[index * FIELDS + 1] = Number.NaN;
    this.isUnsaved = true;
  }

  /** What git has of it can't be relied on any more. */
  distrust(index: number): void {
    this.contents[index] = `G${this.contents[index]?.slice(1) ?? ''}`;
    this.doubt(index);
  }

  sizeOf(index: number): number {
    return this.#numbers[index * FIELDS + 2] ?? 0;
  }

  stateOf(index: number): SeenState {
    const content = this.contents[index] ?? '';
    if (content === '') return { kind: 'absent' };
    if (content.startsWith('l')) return { kind: 'symlink', target: content.slice(1) };
    const [mtimeMs = 0, , size = 0, , mode = 0, nlink = 1] = this.#numbers.subarray(index * FIELDS);
    return { kind: 'file', size, mode: mode & 0o7777, nlink, mtimeMs, content: this.#toContent(content) };
  }

  #toContent(content: Content): SeenContent {
    if (content.startsWith('s')) return { kind: 'sha256', sha256: content.slice(1) };
    if (/^g/i.test(content) && this.repository !== null)
      return { kind: 'git', repository: this.repository, oid: content.slice(1) };
    return { kind: 'none' };
  }
}
