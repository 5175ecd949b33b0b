/**
 * What Belay has changed and waits for an answer, in all sessions of this window. The checkpoints tell what the agent has done; what
 * the user does is seen in the files themselves.
 */
import { type Disposable, EventEmitter, Uri } from 'vscode';
import { RequestError } from '../../channel/peer.ts';
import { toNotebookLines } from '../../core/review/notebookText.ts';
import {
  type Hunk,
  isHunk,
  isSameLines,
  keepHunks,
  type Lines,
  type Segment,
  toBaseline,
  undoHunks,
} from '../../core/review/reviewText.ts';
import { toSegments } from '../../core/review/segments.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type { EditorLog } from '../log.ts';
import type { SessionHost } from '../sessionHost.ts';
import type { CurrentTexts } from './currentTexts.ts';
import {
  type FileVersions,
  noteChange,
  type PartedFile,
  type ReviewFile,
  settle,
  turnsOf,
} from './reviewFiles.ts';
import { joinRenames, partRenames } from './reviewRenames.ts';
import type { ReviewStorage } from './reviewStorage.ts';
import { createTeller } from './tellTogether.ts';

type Listed = ResponseOf<'belay/checkpoint_list'>['checkpoints'][number];

export type ReviewedSession = Pick<SessionHost, 'sessionId' | 'request' | 'ready' | 'hasAgreed'>;

/** What an agent, or a person by a rewind, has made of a text. */
export interface TakenChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly isRewind: boolean;
}

/** What is to be done with a file once hunks of it are undone. */
export interface Undoing {
  readonly before: Lines;
  readonly after: Lines;
  /** To be called when `after` stands there. */
  done(): void;
}

/** Hunks, or files with all that has become of them. */
export type Meant = 'hunks' | 'files';

/** What was kept of a file; to be taken back and done again as long as nothing else has become of it. false: it could not be. */
export interface KeptFile {
  readonly isKept: boolean;
  back(): boolean;
  again(): boolean;
}

export interface ReviewDeps {
  readonly storage: ReviewStorage;
  readonly currentTexts: (isWatched: (path: string) => boolean) => CurrentTexts;
  readonly log: Pick<EditorLog, 'warn' | 'debug'>;
}

export class Review implements Disposable {
  readonly #deps: ReviewDeps;
  #files = new Map<string, ReviewFile>();
  readonly #known = new Map<string, KnownFile>();
  /** Files of which somebody wants to know what stands there, also when nothing of them waits. */
  readonly #followed = new Set<string>();
  /** By the lines of their texts. */
  readonly #notebooks = new WeakMap<Lines, Lines>();
  readonly #cursors = new Map<string, string>();
  readonly #changed = new EventEmitter<readonly string[]>();
  readonly #takenIn = new EventEmitter<readonly string[]>();
  readonly #tookChange = new EventEmitter<TakenChange>();
  readonly #current: CurrentTexts;
  /** By session: what is being taken in. */
  readonly #syncing = new Map<string, Promise<void>>();
  readonly #teller = createTeller((paths) => this.#changed.fire(paths));
  readonly #open: Promise<void>;

  /** Paths of which something is different now. */
  readonly onDidChange = this.#changed.event;
  /** Paths of what an agent has just changed. */
  readonly onDidTakeIn = this.#takenIn.event;
  /** Before that: each change of a text, whether it waits for an answer or not. */
  readonly onDidTakeChange = this.#tookChange.event;

  constructor(deps: ReviewDeps) {
    this.#deps = deps;
    this.#current = deps.currentTexts((path) => this.#files.has(path) || this.#followed.has(path));
    this.#current.onDidChange((paths) => {
      const reviewed = paths.filter((path) => this.#files.has(path));
      if (reviewed.length > 0) this.#teller.tell(reviewed);
    });
    this.#open = this.#readStored();
  }

  /** Resolves when what was kept of an earlier window has been read. */
  get ready(): Promise<void> {
    return this.#open;
  }

  /** Files with something that waits, in the order of their paths. */
  waiting(): readonly ReviewFile[] {
    return [...this.#files.values()]
      .filter((file) => file.kind === 'whole' || this.#isWaiting(file))
      .sort((left, right) => (left.path < right.path ? -1 : 1));
  }

  file(path: string): ReviewFile | undefined {
    return this.#files.get(path);
  }

  /** What waits in this file, in the order of the text. */
  hunks(path: string): readonly Hunk[] {
    return this.#files.get(path)?.kind === 'text' ? this.parts(path) : [];
  }

  /** What waits in this notebook: by its cells, of which the first stands at 1; at 0 stands all else of it. */
  cells(path: string): readonly Hunk[] {
    return this.#files.get(path)?.kind === 'notebook' ? this.parts(path) : [];
  }

  /** What waits in this file, hunks or cells. */
  parts(path: string): readonly Hunk[] {
    return this.#current.get(path) === undefined ? [] : (this.#read(path)?.hunks ?? []);
  }

  /** The turns that have changed this file since it was agreed to. */
  turns(path: string): readonly string[] {
    const file = this.#files.get(path);
    return file === undefined ? [] : turnsOf(file);
  }

  /** The text that the file is compared with; undefined: there is nothing to compare it with. */
  baseline(path: string): string | undefined {
    const known = this.#read(path);
    if (known === undefined || known.file.kind !== 'text') return undefined;
    known.baseline ??= toBaseline(known.segments).join('');
    return known.baseline;
  }

  /** The same of a notebook, by cell (notebookText.ts); empty: it was made. */
  baselineCells(path: string): Lines | undefined {
    const known = this.#read(path);
    return known?.file.kind === 'notebook' ? toBaseline(known.segments) : undefined;
  }

  current(path: string): Lines | undefined {
    return this.#current.get(path);
  }

  /** The same, of a notebook by cell (notebookText.ts). */
  currentParts(path: string): Lines | undefined {
    return this.#currentOf(path, this.#files.get(path)?.kind);
  }

  /** Looks at what stands there, also where no document holds the file. */
  look(path: string): Promise<void> {
    return this.#current.look(path);
  }

  /** `current` tells what stands there from now on, whoever changes it; resolves when it does. */
  follow(path: string): Promise<void> {
    this.#followed.add(path);
    return this.#current.look(path);
  }

  unfollow(path: string): void {
    this.#followed.delete(path);
  }

  /** Takes in what the session has changed since it was last asked. Never rejects. */
  async sync(host: ReviewedSession): Promise<void> {
    const running = this.#syncing.get(host.sessionId) ?? Promise.resolve();
    const next = running.then(() =>
      this.#sync(host).catch((error: unknown) => {
        this.#deps.log.debug('the changes of a session could not be taken in', { error });
      }),
    );
    this.#syncing.set(host.sessionId, next);
    await next;
  }

  /** `what`: whether that a file was moved is answered with its last hunks. undefined: nothing is known of this file. */
  keep(path: string, isKept: (hunk: Hunk) => boolean, what: Meant): KeptFile | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    const current = this.currentParts(path);
    const isAll = this.parts(path).every(isKept) && (file.change !== 'renamed' || what === 'files');
    const after = toKept(file, current, { isKept, isAll });
    this.#put(path, after);
    return this.#toKeptFile(path, { before: file, after, current });
  }

  /** undefined: nothing of it is to be undone in the text. */
  undoing(path: string, isUndone: (hunk: Hunk) => boolean): Undoing | undefined {
    const file = this.#files.get(path);
    const before = this.currentParts(path);
    if (file === undefined || file.kind === 'whole' || before === undefined) return undefined;
    if (!this.parts(path).some(isUndone)) return undefined;
    const { current: after, text } = undoHunks(file.text, before, isUndone);
    return {
      before,
      after,
      done: () => {
        if (text !== file.text && this.#files.get(path) === file) this.#put(path, settle({ ...file, text }));
      },
    };
  }

  /** Nothing of the file waits any more. */
  forget(path: string): void {
    this.#put(path, undefined);
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    await this.#deps.storage.flush();
  }

  dispose(): void {
    this.#current.dispose();
    this.#teller.dispose();
    this.#changed.dispose();
    this.#takenIn.dispose();
    this.#tookChange.dispose();
  }

  #toKeptFile(path: string, { before, after, current }: Keep): KeptFile {
    let isDone = true;
    const change = (from: ReviewFile | undefined, to: ReviewFile | undefined): boolean => {
      if (this.#files.get(path) !== from || !isSameText(this.#currentOf(path, before.kind), current))
        return false;
      this.#put(path, to);
      isDone = !isDone;
      return true;
    };
    return {
      get isKept() {
        return isDone;
      },
      back: () => isDone && change(after, before),
      again: () => !isDone && change(before, after),
    };
  }

  /** undefined: it is not answered hunk by hunk. */
  #read(path: string): KnownFile | undefined {
    const file = this.#files.get(path);
    if (file === undefined || file.kind === 'whole') return undefined;
    const current = this.currentParts(path) ?? NO_LINES;
    const known = this.#known.get(path);
    if (known?.file === file && known.current === current) return known;
    const segments = toSegments(file.text, current);
    const read = { file, current, segments, hunks: segments.filter(isHunk), baseline: undefined };
    this.#known.set(path, read);
    return read;
  }

  async #readStored(): Promise<void> {
    const { files, cursors } = await this.#deps.storage.read();
    for (const [session, cursor] of cursors) this.#cursors.set(session, cursor);
    for (const file of files) this.#files.set(file.path, file);
    await Promise.all(files.map(({ path }) => this.#current.look(path)));
    if (files.length > 0) this.#teller.tell(files.map(({ path }) => path));
  }

  async #sync(host: ReviewedSession): Promise<void> {
    const { sessionId } = host;
    await Promise.all([this.#open, host.ready]);
    const { checkpoints } = await host.request('belay/checkpoint_list', {});
    const cursor = this.#cursors.get(sessionId);
    const from = checkpoints.findIndex(({ id }) => id === cursor) + 1;
    const touched = new Set<string>();
    try {
      for (const checkpoint of checkpoints.slice(from)) {
        for (const path of await this.#take(checkpoint, host)) touched.add(path);
        this.#cursors.set(sessionId, checkpoint.id);
      }
    } finally {
      await Promise.all([...touched].map((path) => this.#current.look(path)));
      this.#files = joinRenames(this.#files, (path) => this.#current.get(path) !== undefined);
      if (from < checkpoints.length) this.#save();
      this.#takenIn.fire([...touched]);
      this.#teller.tell([...touched]);
    }
  }

  /** All of the checkpoint or, where the agent goes away meanwhile, nothing: then it is taken in with the next one. */
  async #take(checkpoint: Listed, host: ReviewedSession): Promise<readonly string[]> {
    const { id, origin, is_redo, changes, user_message_id, tool_use_id } = checkpoint;
    // What was seen and allowed before it was written is agreed to, as what the person has taken back.
    const isAgreed = tool_use_id !== null && host.hasAgreed(tool_use_id);
    const isRewind = origin === 'rewind' && !is_redo;
    const what = isRewind || isAgreed ? ('agreed' as const) : ('write' as const);
    // As the editor spells it. A name that is no text can't be shown.
    const reviewed = changes
      .filter(({ path }) => !/\p{Surrogate}/u.test(path))
      .map(({ path, change }) => ({ path, change, key: Uri.file(path).fsPath }));
    const told = { id, sessionId: host.sessionId, turn: user_message_id, what };
    const versions = await Promise.all(
      reviewed.map(async ({ path, key, change }) => ({
        ...(await readVersions({ checkpoint_id: id, path }, host)),
        ...{ path: key, change },
      })),
    );
    const before = this.#files;
    this.#files = partRenames(before, versions);
    const parted = [...this.#files.keys()].filter((path) => before.get(path) !== this.#files.get(path));
    for (const each of versions) {
      const next = noteChange(this.#files.get(each.path), each, told);
      if (next === undefined) this.#files.delete(each.path);
      else this.#files.set(each.path, next);
      const { path, before, after, binary } = each;
      if (!binary) this.#tookChange.fire({ path, before: before ?? '', after: after ?? '', isRewind });
    }
    return [...parted, ...reviewed.map(({ key }) => key)];
  }

  #currentOf(path: string, kind: ReviewFile['kind'] | undefined): Lines | undefined {
    const lines = this.#current.get(path);
    if (lines === undefined || kind !== 'notebook') return lines;
    const known = this.#notebooks.get(lines) ?? toNotebookLines(lines.join(''));
    // A notebook that can't be read at this moment has nothing to be looked at.
    if (known !== undefined) this.#notebooks.set(lines, known);
    return known;
  }

  #isWaiting(file: PartedFile): boolean {
    const { path, change } = file;
    if (change === 'deleted') return this.#current.get(path) === undefined;
    const current = this.currentParts(path);
    // A file that somebody has taken away has nothing to be looked at.
    if (current === undefined) return false;
    if (change === 'renamed') return true;
    return this.parts(path).length > 0 || (change === 'created' && current.length === 0);
  }

  #put(path: string, file: ReviewFile | undefined): void {
    if (file === undefined) {
      this.#files.delete(path);
      this.#known.delete(path);
    } else this.#files.set(path, file);
    this.#save();
    this.#teller.tell([path]);
  }

  #save(): void {
    this.#deps.storage.save({ files: [...this.#files.values()], cursors: new Map(this.#cursors) });
  }
}

/** What the agent can't tell any more (its copy is damaged, or was never made) is answered as a whole. */
async function readVersions(
  change: { readonly checkpoint_id: string; readonly path: string },
  host: Pick<SessionHost, 'request'>,
): Promise<Pick<FileVersions, 'before' | 'after' | 'binary' | 'ids'>> {
  try {
    const { before, after, binary, before_id, after_id } = await host.request('belay/checkpoint_diff', {
      ...change,
      scope: 'alone',
    });
    return { before, after, binary, ids: { before: before_id ?? null, after: after_id ?? null } };
  } catch (error) {
    if (error instanceof RequestError)
      return { before: null, after: null, binary: true, ids: { before: null, after: null } };
    throw error;
  }
}

function toKept(
  file: ReviewFile,
  current: Lines | undefined,
  { isKept, isAll }: { readonly isKept: (hunk: Hunk) => boolean; readonly isAll: boolean },
): ReviewFile | undefined {
  if (file.kind === 'whole' || current === undefined || (isAll && file.change === 'deleted'))
    return undefined;
  const text = keepHunks(file.text, current, isKept);
  if (!isAll) return settle({ ...file, text });
  const { path, sessionId, checkpointId } = file;
  return settle({ path, sessionId, checkpointId, kind: file.kind, change: 'modified', text });
}

/** What was remembered of a file before and after a keep, and what stood there. */
interface Keep {
  readonly before: ReviewFile;
  readonly after: ReviewFile | undefined;
  readonly current: Lines | undefined;
}

function isSameText(left: Lines | undefined, right: Lines | undefined): boolean {
  return left === undefined || right === undefined ? left === right : isSameLines(left, right);
}

/** What has been found out of a file, as long as it is the same. */
interface KnownFile {
  readonly file: PartedFile;
  readonly current: Lines;
  readonly segments: readonly Segment[];
  readonly hunks: readonly Hunk[];
  baseline: string | undefined;
}

const NO_LINES: Lines = [];
