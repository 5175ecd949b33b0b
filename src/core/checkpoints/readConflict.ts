/** Both sides of a file that somebody else has changed too, for choosing. */
import type { FileSystem } from '../ports.ts';
import { captureFile, hasRealParents } from './captureFile.ts';
import type { ConflictVersions, RewindPoint } from './checkpoints.ts';
import type { Merge } from './mergeTexts.ts';
import { mergeWork } from './mergeWork.ts';
import { type Records, readState } from './readVersions.ts';
import { selectTargets, withTheirs } from './targets.ts';

/** undefined: a rewind to this point would not move the file. Throws BlobError and FileError. */
export async function readConflict(
  query: RewindPoint & { readonly path: string },
  { history, blobs, files }: Records & { readonly files: FileSystem },
): Promise<ConflictVersions | undefined> {
  const key = history.toKey(query.path);
  const found = selectTargets(history, query)?.targets.find((one) => history.toKey(one.history.path) === key);
  if (found === undefined) return undefined;
  const target = withTheirs(found);
  const { path, current } = target.history;
  const disk = (await hasRealParents(path, { files, toKey: history.toKey }))
    ? await captureFile(files, path)
    : undefined;
  const theirs = await readState(target.to.state, blobs);
  const whole = {
    base: await readState(current.state, blobs).catch(() => null),
    mine: disk?.bytes ?? null,
    theirs,
  };
  if (disk === undefined || theirs === null) return { ...whole, merged: null };
  const { work } = target.undone;
  const merged = await mergeWork({ current: current.state, disk, target: theirs, work }, blobs);
  if (merged === undefined) return { ...whole, merged: null };
  return { ...merged.versions, merged: toText(merged.merge) };
}

function toText(merge: Merge): Uint8Array | null {
  if (merge.kind === 'impossible') return null;
  return merge.kind === 'clean' ? merge.bytes : merge.marked;
}
