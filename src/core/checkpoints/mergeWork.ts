/**
 * What somebody else changed, put into what a rewind brings: each of their changes that the target hasn't got is merged
 * into it, oldest first, and at last what they made of the file since the agent left it.
 */
import { BlobError, type BlobStore } from './blobStore.ts';
import type { Capture } from './captureFile.ts';
import { type FileState, isSameContent } from './fileState.ts';
import type { Position } from './history.ts';
import { type Merge, mergeTexts, type Versions } from './mergeTexts.ts';

export interface MergeRequest {
  /** Where Belay left the file. */
  readonly current: FileState;
  readonly disk: Capture;
  readonly target: Uint8Array;
  readonly work: readonly Position[];
}

/** Of the first merge that isn't clean, or of the last one. */
export interface MergedWork {
  readonly merge: Merge;
  readonly versions: Versions;
}

/** undefined: not all that this needs are files of which the content is kept. */
export async function mergeWork(
  { current, disk, target, work }: MergeRequest,
  blobs: BlobStore,
): Promise<MergedWork | undefined> {
  const mine = disk.bytes;
  if (mine === undefined) return undefined;
  let done: MergedWork | undefined;
  let theirs = target;
  for (const { parent, state } of work) {
    const [base, made] = [await readFile(parent?.state, blobs), await readFile(state, blobs)];
    if (base === undefined || made === undefined) return undefined;
    done = mergeOnto({ base, mine: made, theirs });
    // Shown against what stands there: the state between is gone.
    if (done.merge.kind !== 'clean') return { ...done, versions: { base, mine, theirs } };
    theirs = done.merge.bytes;
  }
  if (isSameContent(disk.state, current)) return done;
  const base = await readFile(current, blobs);
  return base === undefined ? undefined : mergeOnto({ base, mine, theirs });
}

function mergeOnto(versions: Versions): MergedWork {
  return { merge: mergeTexts(versions), versions };
}

async function readFile(state: FileState | undefined, blobs: BlobStore): Promise<Uint8Array | undefined> {
  if (state?.kind !== 'file') return undefined;
  try {
    return await blobs.get(state.sha256);
  } catch (error) {
    if (error instanceof BlobError) return undefined;
    throw error;
  }
}
