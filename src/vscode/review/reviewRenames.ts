/** A file that a session has moved is one file to look at: what went and what came are joined, and parted when either changes. No editor in here. */
import { matchRenames } from '../../core/review/renames.ts';
import { type Lines, noteWrite, type ReviewText, toAgentText } from '../../core/review/reviewText.ts';
import { type FileVersions, isWhole, type RenamedFile, type ReviewFile } from './reviewFiles.ts';

type Reviewed = ReadonlyMap<string, ReviewFile>;
type PlainFile = Exclude<ReviewFile, RenamedFile | { readonly kind: 'whole' }>;

/** `isThere`: whether there is a file of that path now. The files, with each that was moved in the place of two. */
export function joinRenames(files: Reviewed, isThere: (path: string) => boolean): Map<string, ReviewFile> {
  const joined = new Map(files);
  const plain = [...files.values()].filter((file) => file.kind === 'text' && file.change !== 'renamed');
  for (const session of new Set(plain.map(({ sessionId }) => sessionId))) {
    const ofSession = plain.filter(({ sessionId }) => sessionId === session);
    const gone = ofSession.filter(({ path, change }) => change === 'deleted' && !isThere(path));
    const come = ofSession.filter((file) => file.change === 'created' && isThere(file.path) && isNew(file));
    const renames = matchRenames(
      gone.map(({ path, text }) => ({ path, lines: toBase(text) })),
      come.map(({ path, text }) => ({ path, lines: toAgentText(text) })),
    );
    for (const { from, to } of renames) {
      const [left, right] = [gone.find(({ path }) => path === from), come.find(({ path }) => path === to)];
      if (left === undefined || right === undefined) continue;
      joined.delete(from);
      joined.set(to, join(left, right));
    }
  }
  return joined;
}

/** The files, as they are to be told of these changes: a moved one only as long as its text is all that changes. */
export function partRenames(files: Reviewed, changes: readonly FileVersions[]): Map<string, ReviewFile> {
  const parted = new Map(files);
  for (const file of files.values()) {
    if (file.kind !== 'text' || file.change !== 'renamed') continue;
    const isParted = changes.some(
      (each) =>
        each.path === file.from.path ||
        (each.path === file.path && (each.change !== 'modified' || isWhole(each))),
    );
    if (isParted) for (const each of part(file)) parted.set(each.path, each);
  }
  return parted;
}

/** Nothing of it has been answered yet. */
function isNew({ text }: PlainFile): boolean {
  return text.every(({ turns }) => turns.length > 0);
}

function join(gone: PlainFile, come: PlainFile): RenamedFile {
  const { path, sessionId, checkpointId } = come;
  const turns = [...new Set([...turnsIn(gone.text), ...turnsIn(come.text)])];
  const lines = { before: toBase(gone.text), after: toAgentText(come.text) };
  const text = noteWrite(undefined, lines, turnsIn(come.text).at(-1) ?? '');
  const from = { path: gone.path, checkpointId: gone.checkpointId, turns };
  return { path, sessionId, checkpointId, kind: 'text', change: 'renamed', from, text };
}

function part({ path, sessionId, checkpointId, from, text }: RenamedFile): readonly PlainFile[] {
  const { turns } = from;
  return [
    {
      ...{ path: from.path, sessionId, checkpointId: from.checkpointId, kind: 'text', change: 'deleted' },
      text: [{ base: toBase(text), agent: [], turns }],
    },
    {
      ...{ path, sessionId, checkpointId, kind: 'text', change: 'created' },
      text: [{ base: [], agent: toAgentText(text), turns }],
    },
  ];
}

function toBase(text: ReviewText): Lines {
  return text.flatMap(({ base }) => base);
}

function turnsIn(text: ReviewText): readonly string[] {
  return text.flatMap(({ turns }) => turns);
}
