/** What a checkpoint tells of its files: first state before, last state after, and the lines between them. */
import type { BlobStore } from './blobStore.ts';
import type { FileChange } from './checkpoints.ts';
import { type FileState, isFile, isSameState } from './fileState.ts';
import { isChanging, type RewindFile, type RewindStep, type StepOutcome } from './journalRecords.ts';
import { countLines } from './lineCounts.ts';

export interface StateChange {
  readonly path: string;
  readonly before: FileState;
  readonly after: FileState;
  /** How `path` was spelled before, where case doesn't count and this has changed. */
  readonly was?: string | undefined;
}

export async function summarizeChanges(
  changes: readonly StateChange[],
  blobs: BlobStore,
): Promise<readonly FileChange[]> {
  const byPath = new Map<string, StateChange>();
  for (const change of changes) {
    const first = byPath.get(change.path) ?? change;
    byPath.set(change.path, { ...change, before: first.before, was: first.was ?? change.was });
  }
  const summaries: FileChange[] = [];
  for (const { path, before, after, was } of byPath.values()) {
    const isChange = was !== undefined || !isSameState(before, after);
    if (!isChange || !isOfFile(before, after)) continue;
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
  return steps.flatMap((step) => {
    const { path, from, to } = step;
    if (!restored.has(path) || !isChanging(step) || !isOfFile(from, to)) return [];
    const { insertions = 0, deletions = 0 } = counts.get(path) ?? {};
    return [{ path, change: toChange(from, to), insertions, deletions }];
  });
}

function isOfFile(before: FileState, after: FileState): boolean {
  return isFile(before) || isFile(after);
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
