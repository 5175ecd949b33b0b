/** What the person has undone or changed of the agent's work, told to the agent before their next message. No editor in here. */
import type { Disposable } from 'vscode';
import { toOutline } from '../../core/review/notebookCells.ts';
import { toNotebookLines } from '../../core/review/notebookText.ts';
import { type Lines, toAgentText } from '../../core/review/reviewText.ts';
import { buildPatch, formatPatch } from '../../core/tools/structuredPatch.ts';
import type { LeftText, NewsStorage } from './newsStorage.ts';
import type { Review } from './review.ts';
import { isNotebook, type ReviewFile } from './reviewFiles.ts';

/** Characters of a patch, and of all of them, that the model is told. */
const MOST_OF_FILE = 4_000;
const MOST_OF_ALL = 12_000;

/** Files that are followed: those that agents have changed last. */
const MOST_FILES = 200;

export interface ReviewNews extends Disposable {
  /** undefined: there is nothing that this session has not been told. */
  take(sessionId: string): string | undefined;
  /** Resolves when what was left in an earlier window is followed. */
  readonly ready: Promise<void>;
  /** Resolves when all is written. */
  flush(): Promise<void>;
}

type ReviewOfFiles = Pick<Review, 'file' | 'current' | 'follow' | 'unfollow' | 'onDidTakeIn'>;

/** Follows what the agents have left, to see what has become of it, also in the next window. */
export function createReviewNews(review: ReviewOfFiles, storage: NewsStorage): ReviewNews {
  /** By path: whose file it is, and the text its agent knows. What was left last comes last. */
  const known = new Map<string, LeftText>();
  const bound = (): void => {
    for (const path of known.keys()) {
      if (known.size <= MOST_FILES) return;
      known.delete(path);
      review.unfollow(path);
    }
  };
  const listening = review.onDidTakeIn((paths) => {
    for (const path of paths) {
      const file = review.file(path);
      // What the person has agreed to beforehand, or has taken back as a whole, its agent knows of.
      if (known.delete(path)) review.unfollow(path);
      const left = file === undefined ? undefined : toLeft(file);
      if (left !== undefined) known.set(path, left);
    }
    for (const path of paths) void follow(known.get(path), review);
    bound();
    storage.save([...known.values()]);
  });
  const restore = async (): Promise<void> => {
    const earlier = await storage.read();
    await Promise.all(earlier.map((left) => follow(left, review)));
    const later = [...known.values()];
    known.clear();
    for (const left of [...earlier, ...later]) {
      known.delete(left.path);
      known.set(left.path, left);
    }
    bound();
  };
  return {
    ready: restore(),
    take(sessionId) {
      const told: string[] = [];
      for (const left of known.values()) {
        if (left.sessionId !== sessionId) continue;
        const now = textOf(left, review.current(left.path));
        if ((now ?? '') === left.text) continue;
        known.set(left.path, { ...left, text: now ?? '' });
        const { path, text, movedFrom } = left;
        if (now === undefined && movedFrom !== undefined && review.current(movedFrom) !== undefined)
          told.push(`${path} was moved back to ${movedFrom}.`);
        else told.push(describe(path, text, now));
      }
      if (told.length === 0) return undefined;
      storage.save([...known.values()]);
      const all = told.join('\n\n');
      return `The user has undone or changed parts of your work. Read these files again before you edit them, and do not do again what was undone unless you are asked to.\n\n${all.length <= MOST_OF_ALL ? all : `${all.slice(0, MOST_OF_ALL)}\n… (cut)`}`;
    },
    flush: () => storage.flush(),
    dispose: () => listening.dispose(),
  };
}

async function follow(left: LeftText | undefined, review: Pick<Review, 'follow'>): Promise<void> {
  if (left === undefined) return;
  const { path, movedFrom } = left;
  await Promise.all(
    [path, ...(movedFrom === undefined ? [] : [movedFrom])].map((each) => review.follow(each)),
  );
}

/** In the place of what is no text. */
const NO_TEXT = '(no text)';

/** undefined: it is not followed. What is no text is undone by a rewind, which its agent knows of, or moved back. */
function toLeft(file: ReviewFile): LeftText | undefined {
  const { path, sessionId } = file;
  const movedFrom = file.change === 'renamed' ? { movedFrom: file.from.path } : {};
  if (file.kind === 'whole')
    return file.change === 'renamed'
      ? { path, sessionId, text: NO_TEXT, isWhole: true, ...movedFrom }
      : undefined;
  const lines = toAgentText(file.text);
  const text = file.kind === 'notebook' ? toOutline(lines) : lines.join('');
  return { path, sessionId, text, ...movedFrom };
}

/** Of a notebook its cells. */
function textOf({ path, isWhole }: LeftText, lines: Lines | undefined): string | undefined {
  if (isWhole === true) return lines === undefined ? undefined : NO_TEXT;
  const text = lines?.join('');
  const cells = text !== undefined && isNotebook(path) ? toNotebookLines(text) : undefined;
  return cells === undefined ? text : toOutline(cells);
}

function describe(path: string, before: string, after: string | undefined): string {
  if (after === undefined) return `${path} was deleted.`;
  const patch = formatPatch(buildPatch(before, after), MOST_OF_FILE);
  return `${path}:\n${patch === '' ? '(it differs in too many lines)' : patch}`;
}
