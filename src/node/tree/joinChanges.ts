/** Several findings about one path, of one scan, as the one change they come to. */
import { isSameSeen, type SeenChange, type SeenState } from '../../core/checkpoints/tree/treeScanner.ts';

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
