/** Where the review is kept, so that it outlives the window: one file in the storage of the workspace. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { ReviewText } from '../../core/review/reviewText.ts';
import { isMissing } from '../../node/fileOperations.ts';
import type { EditorLog } from '../log.ts';
import type { ReviewFile } from './reviewFiles.ts';

/** What is kept of it. */
export interface StoredReview {
  readonly files: readonly ReviewFile[];
  /** By session: the last checkpoint that was taken in. */
  readonly cursors: ReadonlyMap<string, string>;
}

export interface ReviewStorage {
  /**
   * Nothing where there is nothing. What is not understood is put aside under another name; where it can't be read or put aside, it is
   * left as it is, and nothing of this window is kept.
   */
  read(): Promise<StoredReview>;
  /** Soon; what comes meanwhile is written with it. */
  save(review: StoredReview): void;
  /** Resolves when all is written. */
  flush(): Promise<void>;
}

/** Milliseconds. */
const REST_MS = 300;
/** Sessions whose place is remembered. */
const MOST_SESSIONS = 200;
const EMPTY: StoredReview = { files: [], cursors: new Map() };

const lines = z.array(z.string());
const piece = z.union([z.object({ same: lines }), z.object({ base: lines, agent: lines, turns: lines })]);
const place = {
  path: z.string(),
  sessionId: z.string(),
  checkpointId: z.string(),
};
const change = z.enum(['created', 'modified', 'deleted']);
const origin = z.object({ path: z.string(), checkpointId: z.string(), turns: lines });
const contentId = z.string().nullable();
const ids = z.object({ before: contentId, after: contentId });
const stored = z.object({
  version: z.literal(1),
  cursors: z.array(z.tuple([z.string(), z.string()])),
  files: z.array(
    z.discriminatedUnion('kind', [
      z.object({ ...place, kind: z.enum(['text', 'notebook']), change, pieces: z.array(piece) }),
      z.object({
        ...{ ...place, kind: z.literal('renamed'), from: origin, pieces: z.array(piece) },
        isNotebook: z.boolean().optional(),
      }),
      z.object({ ...place, kind: z.literal('whole'), change, turns: lines, ids: ids.optional() }),
      z.object({ ...place, kind: z.literal('renamedWhole'), from: origin, turns: lines, ids }),
    ]),
  ),
});
type Stored = z.infer<typeof stored>;
type StoredFile = Stored['files'][number];

/** `file`: undefined where the window has no workspace; nothing is kept then. */
export function createReviewStorage(file: string | undefined, log: Pick<EditorLog, 'warn'>): ReviewStorage {
  let waiting: StoredReview | undefined;
  let isKept = file !== undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const review = waiting;
    waiting = undefined;
    if (review !== undefined && file !== undefined && isKept)
      writing = writing
        .then(() => writeWhole(file, JSON.stringify(toStored(review))))
        .catch((error: unknown) => log.warn('the review could not be kept', { error }));
    return writing;
  };
  return {
    async read() {
      if (file === undefined) return EMPTY;
      try {
        return await readStored(file, log);
      } catch (error) {
        isKept = false;
        log.warn('the review of before can not be read, so that of this window is not kept', { error, file });
        return EMPTY;
      }
    },
    save(review) {
      waiting = review;
      timer ??= setTimeout(() => void write(), REST_MS);
    },
    flush: write,
  };
}

/** Throws what the system says where the file can't be read, or not be put aside. */
async function readStored(file: string, log: Pick<EditorLog, 'warn'>): Promise<StoredReview> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return EMPTY;
  try {
    return fromStored(stored.parse(JSON.parse(text)));
  } catch (error) {
    const aside = `${file}.corrupt`;
    await rename(file, aside);
    log.warn('the review that was kept can not be read; what Belay changes from now on is reviewed', {
      error,
      aside,
    });
    return EMPTY;
  }
}

/** The file is there whole, as it was or as it is to be. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}

function toStored({ files, cursors }: StoredReview): Stored {
  return {
    version: 1,
    cursors: [...cursors].slice(-MOST_SESSIONS),
    files: files.map(toStoredFile),
  };
}

function toStoredFile(file: ReviewFile): StoredFile {
  const { path, sessionId, checkpointId } = file;
  const known = { path, sessionId, checkpointId };
  if (file.change !== 'renamed') {
    const { change } = file;
    if (file.kind === 'whole')
      return { ...known, kind: 'whole', change, turns: [...file.turns], ids: file.ids };
    return { ...known, kind: file.kind, change, pieces: toStoredPieces(file.text) };
  }
  const from = { ...file.from, turns: [...file.from.turns] };
  if (file.kind === 'whole')
    return { ...known, kind: 'renamedWhole', from, turns: [...file.turns], ids: file.ids };
  const isNotebook = file.kind === 'notebook';
  return { ...known, kind: 'renamed', from, pieces: toStoredPieces(file.text), isNotebook };
}

function toStoredPieces(text: ReviewText): z.infer<typeof piece>[] {
  return text.map(({ base, agent, turns }) =>
    turns.length === 0 ? { same: [...agent] } : { base: [...base], agent: [...agent], turns: [...turns] },
  );
}

function fromStored({ files, cursors }: Stored): StoredReview {
  return { cursors: new Map(cursors), files: files.map(fromStoredFile) };
}

function fromStoredFile(file: StoredFile): ReviewFile {
  switch (file.kind) {
    case 'whole':
      return { ...file, ids: file.ids ?? { before: null, after: null } };
    case 'renamedWhole':
      return { ...file, kind: 'whole', change: 'renamed' };
    case 'renamed': {
      const { pieces, isNotebook, ...known } = file;
      const kind = isNotebook === true ? 'notebook' : 'text';
      return { ...known, kind, change: 'renamed', text: fromStoredPieces(pieces) };
    }
    default: {
      const { pieces, ...known } = file;
      return { ...known, text: fromStoredPieces(pieces) };
    }
  }
}

function fromStoredPieces(pieces: readonly z.infer<typeof piece>[]): ReviewText {
  return pieces.map((each) => ('same' in each ? { base: each.same, agent: each.same, turns: [] } : each));
}
