/** Several findings about one path, of one scan, as the one change they come to. */
import type { SeenChange, SeenState } from '../../core/checkpoints/tree/treeScanner.ts';

/** What is told of files and links at a path, and of a folder there: each in the order it was found, but not both. */
interface Found {
  file?: Span;
  folder?: Span;
}

interface Span {
  readonly before: SeenState;
  after: SeenState;
}

/**
 * A path is looked at as a file by who lists the folder it is in, and as a folder by who looks at that: in whatever order the
 * two tell of it, what was there is what either has known, and what is there is what either has found.
 */
export function joinChanges(changes: readonly SeenChange[]): readonly SeenChange[] {
  const paths = new Map<string, Found>();
  for (const { path, before, after } of changes) {
    const found = paths.get(path) ?? {};
    paths.set(path, found);
    const layer = before.kind === 'directory' || after.kind === 'directory' ? 'folder' : 'file';
    const span = found[layer];
    if (span === undefined) found[layer] = { before, after };
    else span.after = after;
  }
  return [...paths].flatMap(([path, { file, folder }]) => {
    const before = presentOf(file?.before, folder?.before);
    const after = presentOf(file?.after, folder?.after);
    return isSameSeen(before, after) ? [] : [{ path, before, after }];
  });
}

const absent: SeenState = { kind: 'absent' };

function presentOf(file: SeenState = absent, folder: SeenState = absent): SeenState {
  return file.kind === 'absent' ? folder : file;
}

/** The same but for times and second names. */
export function isSameSeen(left: SeenState, right: SeenState): boolean {
  if (left.kind === 'file' && right.kind === 'file')
    return left.mode === right.mode && isSameContent(left, right);
  if (left.kind === 'symlink' && right.kind === 'symlink') return left.target === right.target;
  if (left.kind === 'directory' && right.kind === 'directory') return left.mode === right.mode;
  return left.kind === right.kind;
}

type SeenFile = Extract<SeenState, { kind: 'file' }>;

function isSameContent(left: SeenFile, right: SeenFile): boolean {
  if (left.content.kind === 'sha256')
    return right.content.kind === 'sha256' && left.content.sha256 === right.content.sha256;
  if (left.content.kind === 'git')
    return right.content.kind === 'git' && left.content.oid === right.content.oid;
  return right.content.kind === 'none' && left.size === right.size && left.mtimeMs === right.mtimeMs;
}
