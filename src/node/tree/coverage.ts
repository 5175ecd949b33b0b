/**
 * Which files git holds byte for byte: those that are as they were checked out. Their bytes need not be copied. What git
 * can't vouch for (changed since, too young to tell, filtered) is copied.
 */
import { readFileSync, statSync } from 'node:fs';
import { type AttributeFile, type ContentAttributes, readAttributes } from './attributes.ts';
import { runGit } from './gitCommand.ts';
import { emptyIndex, type GitIndex, type GitIndexEntry, parseGitIndex } from './gitIndex.ts';
import { readText } from './ignoreRules.ts';
import type { Repository } from './repository.ts';
import { toSlashes } from './slashes.ts';

export interface FileTimes {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

export class Coverage {
  readonly #repository: Repository;
  readonly #top: string;
  readonly #index: GitIndex;
  /** Folders with tracked files in or below them: paths below the top. */
  readonly #folders: ReadonlySet<string>;
  readonly #indexMtimeMs: number;
  readonly #attributes: ContentAttributes;

  constructor(repository: Repository) {
    this.#repository = repository;
    this.#top = toSlashes(repository.top);
    const { index, mtimeMs } = readIndex(repository);
    this.#index = index;
    this.#indexMtimeMs = mtimeMs;
    this.#folders = foldersOf(index);
    this.#attributes = readAttributes(this.#attributeFiles());
  }

  /** Git has a file of its own in or below this folder: it is never ignored. With "/". */
  tracksFolder(path: string): boolean {
    return this.#folders.has(this.#below(path));
  }

  tracksFile(path: string): boolean {
    return this.#index.has(this.#below(path));
  }

  /** The object that has the bytes of this file, as long as their lengths agree (`disagreeing`). */
  objectOf(path: string, times: FileTimes): string | undefined {
    const entry = this.#index.get(this.#below(path));
    if (entry === undefined || !isUntouched(entry, times)) return undefined;
    // Git itself does not trust what was written when the index was, and marks it by the length 0.
    if (entry.size === 0 || entry.mtimeMs >= this.#indexMtimeMs) return undefined;
    return this.#attributes.isFiltered(path) ? undefined : entry.oid;
  }

  oidOf(path: string): string | undefined {
    return this.#index.get(this.#below(path))?.oid;
  }

  /** Where line ends may have been converted: the objects of these whose length isn't that of the file, or that git can't find. */
  async disagreeing(
    objects: readonly { readonly oid: string; readonly size: number }[],
  ): Promise<ReadonlySet<string>> {
    const { convertsLineEnds, bare } = this.#repository;
    if (objects.length === 0 || !(convertsLineEnds || this.#attributes.changesLengths)) return new Set();
    const input = objects.map(({ oid }) => `${oid}\n`).join('');
    const told = await runGit(['cat-file', '--batch-check=%(objectsize)', '--buffer'], {
      cwd: bare,
      gitDir: bare,
      input,
    });
    const sizes = told?.toString('latin1').split('\n') ?? [];
    return new Set(objects.flatMap(({ oid, size }, at) => (sizes[at] === String(size) ? [] : [oid])));
  }

  #below(path: string): string {
    return this.#top === '/' ? path.slice(1) : path.slice(this.#top.length + 1);
  }

  #attributeFiles(): readonly AttributeFile[] {
    const tracked = [...this.#index.paths()].filter((path) => path.endsWith('.gitattributes'));
    const paths = new Set(['.gitattributes', ...tracked]);
    const inTree = [...paths].flatMap((path) => {
      const text = readText(`${this.#top}/${path}`);
      const folder = `${this.#top}/${path}`.slice(0, -'/.gitattributes'.length);
      return text === undefined ? [] : [{ folder, text }];
    });
    return [...this.#repository.attributes.map((text) => ({ folder: this.#top, text })), ...inTree];
  }
}

function readIndex({ index, oidSize }: Repository): { readonly index: GitIndex; readonly mtimeMs: number } {
  try {
    const { mtimeMs } = statSync(index);
    return { index: parseGitIndex(readFileSync(index), oidSize) ?? emptyIndex, mtimeMs };
  } catch {
    return { index: emptyIndex, mtimeMs: 0 };
  }
}

function foldersOf(index: GitIndex): ReadonlySet<string> {
  const folders = new Set(['']);
  let last = '';
  for (const path of index.paths()) {
    let folder = parentOf(path);
    if (folder === last) continue;
    last = folder;
    for (; folder !== '' && !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
  }
  return folders;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Closer than a double can tell apart. Milliseconds. */
const SAME_TIME = 0.001;
const WORD = 2 ** 32;

function isUntouched(entry: GitIndexEntry, { size, mtimeMs, ctimeMs, ino }: FileTimes): boolean {
  return (
    entry.size === size % WORD &&
    Math.abs(entry.mtimeMs - mtimeMs) < SAME_TIME &&
    // On Windows git notes there when the file was made.
    (process.platform === 'win32' || Math.abs(entry.ctimeMs - ctimeMs) < SAME_TIME) &&
    (entry.ino === ino % WORD || entry.ino === 0)
  );
}
