/**
 * The folders of a tree that one thread looks at. It knows how every file in them looked the last time, and says what is
 * different now. Folders that turn up are told of, so that they can be shared out between threads.
 */

import type { Stats } from 'node:fs';
import { sep } from 'node:path';
import {
  type EncodedContent,
  isSameSeen,
  type SeenChange,
  type SeenState,
} from '../../core/checkpoints/tree/treeScanner.ts';
import { Coverage } from './coverage.ts';
import { Folder, type FolderPlace, type SavedFolder } from './folder.ts';
import { IgnoreRules } from './ignoreRules.ts';
import { isYoung, type Listed, list, lookAt, readLink } from './lookAt.ts';
import { encodeContent, readContent, toGitOid, toSha256 } from './readContent.ts';
import type { Repository } from './repository.ts';
import type { TreeToSave } from './savedTree.ts';
import { toSlashes } from './slashes.ts';

export interface TreePartOptions {
  /** The top of the tree, absolute. */
  readonly root: string;
  /** Folders that somebody else looks at. */
  readonly except: ReadonlySet<string>;
  /** Contents that needn't be handed out (again). Is added to. */
  readonly kept: Set<string>;
  readonly keep: (content: EncodedContent) => void;
}

/** What came of looking at one folder. */
export interface FolderNews {
  readonly changes: readonly SeenChange[];
  /** Folders in it that are to be looked at; only when it was listed. Those that are known already are among them. */
  readonly found: readonly FolderPlace[];
}

/** A file that nothing but its bytes would bring back is kept up to this size. Bytes. */
const LARGEST_KEPT = 50 * 1024 * 1024;
/** An ignored file. */
const LARGEST_IGNORED = 1024 * 1024;
const absent: SeenState = { kind: 'absent' };
const NONE = '-';

export class TreePart {
  readonly #options: TreePartOptions;
  readonly #folders = new Map<string, Folder>();
  /** Folders that are no longer looked at since it was saved. */
  #gone: string[] = [];
  readonly #coverages = new Map<
    string,
    { readonly coverage: Coverage; readonly rules: IgnoreRules; readonly repository: Repository }
  >();
  readonly #plainRules: IgnoreRules;
  /** Files whose bytes git is taken to have, since they were looked at first: whether it does is seen to at the end. */
  #covered: { readonly folder: Folder; readonly name: string; readonly oid: string }[] = [];

  constructor(options: TreePartOptions) {
    this.#options = options;
    this.#plainRules = new IgnoreRules({ top: toSlashes(options.root), shared: [] });
  }

  addRepository(repository: Repository): void {
    const rules = new IgnoreRules({ top: toSlashes(repository.top), shared: repository.ignoreRules });
    this.#coverages.set(repository.id, { coverage: new Coverage(repository), rules, repository });
  }

  get folders(): readonly Folder[] {
    return [...this.#folders.values()];
  }

  has({ path }: Folder): boolean {
    return this.#folders.has(path);
  }

  get files(): number {
    let files = 0;
    for (const { size } of this.#folders.values()) files += size;
    return files;
  }

  /** What was known when it was saved. What git has no longer by its index, and what is not kept, is read anew. */
  restore(saved: readonly SavedFolder[]): void {
    for (const one of saved) {
      const folder = Folder.restore(one);
      this.#folders.set(folder.path, folder);
      const coverage =
        folder.repository === null ? undefined : this.#coverages.get(folder.repository)?.coverage;
      folder.names.forEach((name, index) => {
        const content = folder.contents[index] ?? '';
        if (content.startsWith('s') && !this.#options.kept.has(content.slice(1))) folder.doubt(index);
        if (!content.startsWith('g')) return;
        const path = toSlashes(folder.path + sep + name);
        if (coverage?.oidOf(path) !== content.slice(1)) folder.distrust(index);
      });
    }
  }

  clear(): void {
    this.#folders.clear();
    this.#gone = [];
  }

  /** What `write` throws is thrown on; what it was to save is then still to be saved. */
  save(write: (tree: Omit<TreeToSave, 'moment'>) => void): void {
    const unsaved = this.folders.filter(({ isUnsaved }) => isUnsaved);
    write({
      all: () => this.folders.map((folder) => folder.toSaved()),
      changed: unsaved.map((folder) => folder.toSaved()),
      gone: this.#gone,
    });
    for (const folder of unsaved) folder.isUnsaved = false;
    this.#gone = [];
  }

  refreshRules(): void {
    this.#plainRules.refresh();
    for (const { rules } of this.#coverages.values()) rules.refresh();
  }

  /**
   * A folder that was found is looked at from now on. `isBaseline`: what is in it is no change. 'repository': it is not, since
   * a repository begins there, and `place` doesn't say which. 'gone': it is not, since there is none any more.
   */
  adopt(
    place: FolderPlace,
    { isBaseline }: { readonly isBaseline: boolean },
  ): FolderNews | 'repository' | 'gone' {
    const started = Date.now();
    const stats = lookAt(place.path);
    if (typeof stats === 'string' || !stats.isDirectory()) return 'gone';
    const listed = list(place.path) ?? { files: [], folders: [], startsRepository: false };
    if (listed.startsRepository && place.isOwn !== true) return 'repository';
    const folder = new Folder(place, stats.mode & 0o7777);
    this.#folders.set(place.path, folder);
    const news = this.#takeListing(folder, { listed, stats, started, isBaseline });
    if (isBaseline) return { ...news, changes: [] };
    const after: SeenState = { kind: 'directory', mode: folder.mode };
    return { ...news, changes: [{ path: place.path, before: absent, after }, ...news.changes] };
  }

  check(folder: Folder): FolderNews {
    const started = Date.now();
    const stats = lookAt(folder.path);
    if (stats === 'hidden') return nothing;
    if (stats === 'absent' || !stats.isDirectory()) return { changes: this.#forget(folder), found: [] };
    const changes = this.#checkMode(folder, stats);
    if (stats.mtimeMs !== folder.mtimeMs || stats.ctimeMs !== folder.ctimeMs) {
      const listed = list(folder.path);
      if (listed === undefined) return { changes, found: [] };
      const news = this.#takeListing(folder, { listed, stats, started, isBaseline: false });
      return { ...news, changes: [...changes, ...news.changes] };
    }
    for (let index = 0; index < folder.size; index += 1) {
      const change = this.#checkEntry(folder, index, started);
      if (change !== undefined) changes.push(change);
    }
    return { changes, found: [] };
  }

  #checkMode(folder: Folder, stats: Stats): SeenChange[] {
    const mode = stats.mode & 0o7777;
    if (mode === folder.mode) return [];
    const before: SeenState = { kind: 'directory', mode: folder.mode };
    folder.mode = mode;
    return [{ path: folder.path, before, after: { kind: 'directory', mode } }];
  }

  /** Is looked at no longer: nobody can get there any more. */
  forget(path: string): readonly SeenChange[] {
    const folder = this.#folders.get(path);
    return folder === undefined ? [] : this.#forget(folder);
  }

  #forget(folder: Folder): SeenChange[] {
    this.#folders.delete(folder.path);
    this.#gone.push(folder.path);
    const gone = folder.names.map((name, index) => ({
      path: folder.path + sep + name,
      before: folder.stateOf(index),
      after: absent,
    }));
    const itself = {
      path: folder.path,
      before: { kind: 'directory', mode: folder.mode },
      after: absent,
    } as const;
    return [...gone.filter(({ before }) => before.kind !== 'absent'), itself];
  }

  #takeListing(folder: Folder, { listed, stats, started, isBaseline }: Listing): FolderNews {
    const gone = this.#dropMissing(folder, listed);
    folder.relist(listed.files);
    folder.mtimeMs = isYoung(stats, started) ? Number.NaN : stats.mtimeMs;
    folder.ctimeMs = stats.ctimeMs;
    const found = this.#findFolders(folder, listed.folders);
    const changes = [...gone];
    for (let index = 0; index < folder.size; index += 1) {
      const change = this.#checkEntry(folder, index, started, isBaseline);
      if (change !== undefined) changes.push(change);
    }
    return { changes, found };
  }

  #dropMissing(folder: Folder, { files, folders }: Listed): SeenChange[] {
    if (folder.size + folder.left.size === 0) return [];
    const there = new Set(files);
    const dropped = folder.names.flatMap((name, index) => {
      const before = folder.stateOf(index);
      if (there.has(name) || before.kind === 'absent') return [];
      return [{ path: folder.path + sep + name, before, after: absent }];
    });
    const present = new Set(folders);
    for (const name of folder.left) if (!present.has(name)) folder.left.delete(name);
    return dropped;
  }

  /** A folder that was left out once stays so while it is there: rules that change later uncover nothing that was there before. */
  #findFolders(folder: Folder, names: readonly string[]): readonly FolderPlace[] {
    return names.flatMap((name) => {
      if (folder.left.has(name)) return [];
      const path = folder.path + sep + name;
      if (!this.#options.except.has(path) && !this.#isIgnoredFolder(path, folder.repository))
        return [{ path, repository: folder.repository }];
      folder.left.add(name);
      return [];
    });
  }

  #isIgnoredFolder(path: string, repository: string | null): boolean {
    const slashed = toSlashes(path);
    const known = repository === null ? undefined : this.#coverages.get(repository);
    if (known === undefined) return this.#plainRules.ignoresFolder(slashed);
    return !known.coverage.tracksFolder(slashed) && known.rules.ignoresFolder(slashed);
  }

  /** undefined: it is as it was. */
  #checkEntry(folder: Folder, index: number, started: number, isBaseline = false): SeenChange | undefined {
    const path = folder.path + sep + folder.names[index];
    const stats = lookAt(path);
    if (stats === 'hidden' || (stats !== 'absent' && folder.isSame(index, stats))) return undefined;
    const place = { folder, index, path, isBaseline };
    if (isBaseline) {
      this.#note(place, stats, started);
      return undefined;
    }
    const before = folder.stateOf(index);
    this.#note(place, stats, started);
    const after = folder.stateOf(index);
    return isSameSeen(before, after) ? undefined : { path, before, after };
  }

  #note({ folder, index, path, isBaseline }: Place, stats: Stats | 'absent', started: number): void {
    const known = folder.contents[index] ?? '';
    if (stats !== 'absent' && stats.isSymbolicLink()) {
      const target = readLink(path);
      const content = target === undefined ? '' : `l${target}`;
      return folder.note(index, stats, { content, isYoung: isYoung(stats, started) });
    }
    if (stats === 'absent' || !stats.isFile()) {
      // Gone, or nothing that could be kept: it is as good as not there, and looked for again.
      folder.contents[index] = '';
      return folder.doubt(index);
    }
    const oid = isBaseline ? this.#objectOf(folder, path, stats) : undefined;
    if (oid !== undefined) {
      this.#covered.push({ folder, name: folder.names[index] ?? '', oid });
      return folder.note(index, stats, { content: `g${oid}`, isYoung: isYoung(stats, started) });
    }
    const read =
      this.#read(path, { stats, known, repository: folder.repository }) ??
      // Its bytes can't have changed: only may it no longer be read.
      (folder.hasSameBytes(index, stats) ? { content: known, stats } : { content: NONE, stats });
    folder.note(index, read.stats, { content: read.content, isYoung: isYoung(read.stats, started) });
  }

  #objectOf(folder: Folder, path: string, stats: Stats): string | undefined {
    const { repository } = folder;
    const known = repository === null ? undefined : this.#coverages.get(repository);
    return known?.coverage.objectOf(toSlashes(path), stats);
  }

  #read(
    path: string,
    {
      stats,
      known,
      repository,
    }: { readonly stats: Stats; readonly known: string; readonly repository: string | null },
  ): { readonly content: string; readonly stats: Stats } | undefined {
    const read = readContent(path, this.#mostOf(path, stats, repository));
    if (read === undefined) return undefined;
    const git = repository === null ? undefined : this.#coverages.get(repository)?.repository;
    if (known.startsWith('g') && git !== undefined && toGitOid(read.bytes, git.oidSize) === known.slice(1))
      return { content: known, stats: read.stats };
    const sha256 = toSha256(read.bytes);
    const { kept, keep } = this.#options;
    if (!kept.has(sha256)) {
      kept.add(sha256);
      keep(encodeContent(read.bytes, sha256));
    }
    return { content: `s${sha256}`, stats: read.stats };
  }

  #mostOf(path: string, { size }: Stats, repository: string | null): number {
    if (size <= LARGEST_IGNORED) return LARGEST_IGNORED;
    const slashed = toSlashes(path);
    const known = repository === null ? undefined : this.#coverages.get(repository);
    const isTracked = known?.coverage.tracksFile(slashed) === true;
    const isIgnored = !isTracked && (known?.rules ?? this.#plainRules).ignoresFile(slashed);
    return isIgnored ? LARGEST_IGNORED : LARGEST_KEPT;
  }

  /** Reads what git was thought to have and has not. */
  async settleCovered(): Promise<void> {
    const covered = this.#covered;
    this.#covered = [];
    for (const [id, { coverage }] of this.#coverages) {
      const own = covered.filter(({ folder }) => folder.repository === id);
      const objects = own.map(({ folder, name, oid }) => ({
        oid,
        size: folder.sizeOf(folder.names.indexOf(name)),
      }));
      const disagreeing = await coverage.disagreeing(objects);
      for (const { folder, name, oid } of own) if (disagreeing.has(oid)) this.#readAnew(folder, name);
    }
  }

  #readAnew(folder: Folder, name: string): void {
    const index = folder.names.indexOf(name);
    const path = folder.path + sep + name;
    const started = Date.now();
    const stats = lookAt(path);
    folder.contents[index] = '';
    folder.doubt(index);
    if (stats !== 'hidden') this.#note({ folder, index, path, isBaseline: false }, stats, started);
  }

  /** Absolute paths of files whose bytes can't be had. */
  unkept(): readonly string[] {
    return this.folders.flatMap((folder) =>
      folder.names.flatMap((name, index) =>
        folder.contents[index] === NONE ? [folder.path + sep + name] : [],
      ),
    );
  }
}

interface Place {
  readonly folder: Folder;
  readonly index: number;
  readonly path: string;
  readonly isBaseline: boolean;
}

interface Listing {
  readonly listed: Listed;
  /** Of the folder, before it was listed. */
  readonly stats: Stats;
  /** Before anything of it was looked at. */
  readonly started: number;
  readonly isBaseline: boolean;
}

const nothing: FolderNews = { changes: [], found: [] };
