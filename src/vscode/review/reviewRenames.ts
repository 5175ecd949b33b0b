/** A file that a session has moved is one file to look at: what went and what came are joined, and parted when either changes. No editor in here. */
import { splitCells } from '../../core/review/notebookCells.ts';
import { type MovedSide, matchRenames } from '../../core/review/renames.ts';
import { type Lines, noteWrite, type ReviewText, toAgentText } from '../../core/review/reviewText.ts';
import {
  type FileVersions,
  isWhole,
  type PlainFile,
  type RenamedFile,
  type ReviewFile,
  turnsOf,
} from './reviewFiles.ts';

type Reviewed = ReadonlyMap<string, ReviewFile>;
type WholeFile = PlainFile & { readonly kind: 'whole' };
type PlainText = Exclude<PlainFile, WholeFile>;

const KINDS = ['text', 'notebook', 'whole'] as const;

/** `isThere`: whether there is a file of that path now. The files, with each that was moved in the place of two. */
export function joinRenames(files: Reviewed, isThere: (path: string) => boolean): Map<string, ReviewFile> {
  const joined = new Map(files);
  const plain = [...files.values()].filter((file) => file.change !== 'renamed');
  for (const session of new Set(plain.map(({ sessionId }) => sessionId)))
    for (const kind of KINDS) {
      const alike = plain.filter((file) => file.sessionId === session && file.kind === kind);
      for (const file of findRenames(alike, isThere)) {
        joined.delete(file.from.path);
        joined.set(file.path, file);
      }
    }
  return joined;
}

/** The files, as they are to be told of these changes: a moved one only as long as its text is all that changes. */
export function partRenames(files: Reviewed, changes: readonly FileVersions[]): Map<string, ReviewFile> {
  const parted = new Map(files);
  for (const file of files.values()) {
    if (file.change !== 'renamed') continue;
    const isText = (each: FileVersions): boolean =>
      file.kind !== 'whole' && each.change === 'modified' && !isWhole(each);
    const isParted = changes.some(
      (each) => each.path === file.from.path || (each.path === file.path && !isText(each)),
    );
    if (isParted) for (const each of part(file)) parted.set(each.path, each);
  }
  return parted;
}

/** Of one session and of one kind. */
function findRenames(
  files: readonly PlainFile[],
  isThere: (path: string) => boolean,
): readonly RenamedFile[] {
  const gone = files.filter(({ path, change }) => change === 'deleted' && !isThere(path));
  const come = files.filter((file) => file.change === 'created' && isThere(file.path) && isNew(file));
  const renames = matchRenames(
    gone.map((file) => toSide(file, 'before')),
    come.map((file) => toSide(file, 'after')),
  );
  return renames.flatMap(({ from, to }) => {
    const [left, right] = [gone.find(({ path }) => path === from), come.find(({ path }) => path === to)];
    return left === undefined || right === undefined ? [] : join(left, right);
  });
}

/** What is no text is the same only as a whole. Of what nothing is known there is no other. */
function toSide(file: PlainFile, side: 'before' | 'after'): MovedSide {
  const { path } = file;
  if (file.kind === 'whole') return { path, lines: [file.ids[side] ?? ''] };
  return { path, lines: side === 'before' ? toBase(file.text) : toAgentText(file.text) };
}

/** Nothing of it has been answered yet. */
function isNew(file: PlainFile): boolean {
  return file.kind === 'whole' || file.text.every(({ turns }) => turns.length > 0);
}

function join(gone: PlainFile, come: PlainFile): readonly RenamedFile[] {
  const { path, sessionId, checkpointId } = come;
  const turns = [...new Set([...turnsOf(gone), ...turnsOf(come)])];
  const from = { path: gone.path, checkpointId: gone.checkpointId, turns };
  const moved = { path, sessionId, checkpointId, change: 'renamed', from } as const;
  if (come.kind !== 'whole')
    return gone.kind === 'whole' ? [] : [{ ...moved, kind: come.kind, text: joinTexts(gone, come) }];
  if (gone.kind !== 'whole') return [];
  const ids = { before: gone.ids.before, after: come.ids.after };
  return [{ ...moved, kind: 'whole', turns: come.turns, ids }];
}

function joinTexts(gone: PlainText, come: PlainText): ReviewText {
  const lines = { before: toBase(gone.text), after: toAgentText(come.text) };
  const text = noteWrite(undefined, lines, turnsOf(come).at(-1) ?? '');
  return come.kind === 'notebook' ? splitCells(text) : text;
}

function part(file: RenamedFile): readonly PlainFile[] {
  const { path, sessionId, checkpointId, from } = file;
  const { turns } = from;
  const gone = { path: from.path, sessionId, checkpointId: from.checkpointId, change: 'deleted' } as const;
  const come = { path, sessionId, checkpointId, change: 'created' } as const;
  if (file.kind === 'whole')
    return [
      { ...gone, kind: 'whole', turns, ids: { ...file.ids, after: null } },
      { ...come, kind: 'whole', turns, ids: { ...file.ids, before: null } },
    ];
  const { kind, text } = file;
  return [
    { ...gone, kind, text: [{ base: toBase(text), agent: [], turns }] },
    { ...come, kind, text: [{ base: [], agent: toAgentText(text), turns }] },
  ];
}

function toBase(text: ReviewText): Lines {
  return text.flatMap(({ base }) => base);
}
