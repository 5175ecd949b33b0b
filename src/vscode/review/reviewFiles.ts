/** The files that Belay has changed and nobody has looked at yet, put together from what the checkpoints tell. No editor in here. */
import { splitCells } from '../../core/review/notebookCells.ts';
import { toNotebookLines } from '../../core/review/notebookText.ts';
import {
  type Lines,
  noteRewind,
  noteWrite,
  type ReviewText,
  toReviewLines,
} from '../../core/review/reviewText.ts';

interface FileOfSession {
  readonly path: string;
  /** Whose change it was last, and which checkpoint of that session was the first since the file was agreed to. */
  readonly sessionId: string;
  readonly checkpointId: string;
}

/** What has become of the file as a whole, against what the user has agreed to. */
export type FileChangeKind = 'created' | 'modified' | 'deleted';

/** Where a moved file was before, which checkpoint took it away there, and the turns that have moved it. */
interface Origin {
  readonly path: string;
  readonly checkpointId: string;
  readonly turns: readonly string[];
}

/** What tells one content from another. null: there is none, or it is unknown. */
export interface ContentIds {
  readonly before: string | null;
  readonly after: string | null;
}

/** `text`: it is answered hunk by hunk. `notebook`: cell by cell. `whole`: binary, or large; kept or undone as a whole. */
type Content =
  | { readonly kind: 'text' | 'notebook'; readonly text: ReviewText }
  | { readonly kind: 'whole'; readonly turns: readonly string[]; readonly ids: ContentIds };

export type PlainFile = FileOfSession & { readonly change: FileChangeKind } & Content;

/** It stood elsewhere (reviewRenames.ts); its text is compared with what stood there. */
export type RenamedFile = FileOfSession & { readonly change: 'renamed'; readonly from: Origin } & Content;

export type ReviewFile = PlainFile | RenamedFile;

/** One that is answered in parts. */
export type PartedFile = Exclude<ReviewFile, { readonly kind: 'whole' }>;

/** One file before and after a change. null: not there, or no text. */
export interface FileVersions {
  readonly path: string;
  readonly change: FileChangeKind;
  readonly before: string | null;
  readonly after: string | null;
  readonly binary: boolean;
  readonly ids: ContentIds;
}

/** A checkpoint as far as it matters here. */
export interface ReviewedCheckpoint {
  readonly id: string;
  readonly sessionId: string;
  readonly turn: string;
  /** `agreed`: the person has seen it beforehand, or has done it: a rewind. */
  readonly what: 'write' | 'agreed';
}

/** Beyond so many characters a file is answered as a whole. */
const MOST_CHARS = 2_000_000;

/** undefined: nothing of the file waits any more. `known`: of a moved file only its text may have changed. */
export function noteChange(
  known: ReviewFile | undefined,
  versions: FileVersions,
  checkpoint: ReviewedCheckpoint,
): ReviewFile | undefined {
  if (checkpoint.what === 'agreed' && known === undefined) return undefined;
  const { path } = versions;
  const place = {
    path,
    sessionId: checkpoint.sessionId,
    checkpointId: known?.checkpointId ?? checkpoint.id,
  };
  if (known?.change === 'renamed')
    return known.kind === 'whole' ? known : { ...known, text: toText(known, versions, checkpoint) };
  const change = joinChanges(known?.change, versions.change);
  if (change === undefined) return undefined;
  if (isWhole(versions) || known?.kind === 'whole') {
    // What of such a file is left can't be told.
    if (checkpoint.what === 'agreed') return undefined;
    const turns = known?.kind === 'whole' ? known.turns : [];
    return {
      ...{ ...place, kind: 'whole', change },
      turns: [...new Set([...turns, checkpoint.turn])],
      ids: { before: beforeOf(known, versions), after: versions.ids.after },
    };
  }
  const kind = isNotebook(path) ? 'notebook' : 'text';
  return settle({ ...place, kind, change, text: toText(known, versions, checkpoint) });
}

/** What stood there before the first change that waits. */
function beforeOf(known: ReviewFile | undefined, { ids }: FileVersions): string | null {
  if (known === undefined) return ids.before;
  return known.kind === 'whole' ? known.ids.before : null;
}

function toText(
  known: { readonly text: ReviewText } | undefined,
  versions: FileVersions,
  { what, turn }: ReviewedCheckpoint,
): ReviewText {
  const lines = { before: toLines(versions, 'before'), after: toLines(versions, 'after') };
  const text =
    what === 'agreed' && known !== undefined
      ? noteRewind(known.text, lines)
      : noteWrite(known?.text, lines, turn);
  return isNotebook(versions.path) ? splitCells(text) : text;
}

function toLines({ path, ...texts }: FileVersions, side: 'before' | 'after'): Lines {
  const text = texts[side];
  if (text === null) return [];
  const lines = toReviewLines(text);
  return isNotebook(path) ? (toNotebookLines(lines.join('')) ?? []) : lines;
}

/** By its name; its text may be no notebook. */
export function isNotebook(path: string): boolean {
  return path.toLowerCase().endsWith('.ipynb');
}

/** The turns that have changed it since it was agreed to, the first first. */
export function turnsOf(file: ReviewFile): readonly string[] {
  const turns = file.kind === 'whole' ? file.turns : file.text.flatMap((piece) => piece.turns);
  return file.change === 'renamed' ? [...file.from.turns, ...turns] : turns;
}

/** undefined where nothing waits. A new or deleted file waits even when it is empty. */
export function settle<File extends ReviewFile>(file: File): File | undefined {
  if (file.kind === 'whole' || file.change !== 'modified') return file;
  return file.text.some(({ turns }) => turns.length > 0) ? file : undefined;
}

/** undefined: a file that was made and taken away again. */
function joinChanges(known: FileChangeKind | undefined, next: FileChangeKind): FileChangeKind | undefined {
  switch (next) {
    case 'created':
      return known === 'deleted' ? 'modified' : (known ?? 'created');
    case 'deleted':
      return known === 'created' ? undefined : 'deleted';
    default:
      return known === 'created' ? 'created' : 'modified';
  }
}

/** Whether it is no text, or not one that is answered hunk by hunk. */
export function isWhole({ path, binary, before, after }: FileVersions): boolean {
  const texts = [before, after].filter((text) => text !== null);
  return (
    binary ||
    texts.reduce((sum, { length }) => sum + length, 0) > MOST_CHARS ||
    (isNotebook(path) && texts.some((text) => toNotebookLines(toReviewLines(text).join('')) === undefined))
  );
}
