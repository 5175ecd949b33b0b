/** What a checkpoint tells of its files: first state before, last state after, and the lines between them. */
import type { BlobStore } from './blobStore.ts';
import type { FileChange } from './checkpoints.ts';
import { type FileState, isFile, isSameState } from './fileState.ts';
import type { RewindFile, RewindStep, StepOutcome } from './journalRecords.ts';
import { countLines } from './lineCounts.ts';

export interface StateChange {
  readonly path: string;
  readonly before: FileState;
  readonly after: FileState;
}

export async function summarizeChanges(
  changes: readonly StateChange[],
  blobs: BlobStore,
): Promise<readonly FileChange[]> {
  const byPath = new Map<string, StateChange>();
  for (const change of changes) {
    const before = byPath.get(change.path)?.before ?? change.before;
    byPath.set(change.path, { ...change, before });
  }
  const summaries: FileChange[] = [];
  for (const { path, before, after } of byPath.values()) {
    if (!isFileChange(before, after)) continue;
    const counts = countLines(await readText(before, blobs), await readText(after, blobs));
    summaries.push({ path, change: toChange(before, after), ...counts });
  }
  return summaries;
}

/** The files a rewind changed, with the lines its plan counted. */
export function summarizeRewind(
  steps: readonly RewindStep[],
  outcomes: readonly StepOutcome[],
  files: readonly RewindFile[],
): readonly FileChange[] {
  const restored = new Set(outcomes.filter(({ outcome }) => outcome === 'restored').map(({ path }) => path));
  const counts = new Map(files.map((file) => [file.path, file]));
  return steps.flatMap(({ path, from, to }) => {
    if (!restored.has(path) || !isFileChange(from, to)) return [];
    const { insertions = 0, deletions = 0 } = counts.get(path) ?? {};
    return [{ path, change: toChange(from, to), insertions, deletions }];
  });
}

function isFileChange(before: FileState, after: FileState): boolean {
  return (isFile(before) || isFile(after)) && !isSameState(before, after);
}

function toChange(before: FileState, after: FileState): FileChange['change'] {
  if (!isFile(before)) return 'created';
  return isFile(after) ? 'modified' : 'deleted';
}

/** A content that can't be had counts no lines; it is reported where it is needed. */
async function readText(state: FileState, blobs: BlobStore): Promise<Uint8Array | undefined> {
  if (state.kind !== 'file') return undefined;
  return blobs.get(state.sha256).catch(() => undefined);
}
