/**
 * Carries out the steps of a rewind, one file at a time, and says what became of each. The same code goes on after a crash:
 * a step that is already taken is seen to be, and what is neither before nor after its step is left alone.
 */
import type { FileSystem } from '../ports.ts';
import { BlobError, type BlobStore } from './blobStore.ts';
import { captureFile, hasRealParents, toFileState } from './captureFile.ts';
import { reasons } from './decideStep.ts';
import { type FileState, isSameContent, isSameState } from './fileState.ts';
import type { RewindStep, StepOutcome } from './journalRecords.ts';
import { orderSteps } from './orderSteps.ts';

export interface ApplyDeps {
  readonly files: FileSystem;
  readonly blobs: BlobStore;
}

/** Never throws: a step that fails is an outcome, and the others are taken all the same. */
export async function applySteps(
  steps: readonly RewindStep[],
  deps: ApplyDeps,
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const step of orderSteps(steps)) outcomes.push(await takeStep(step, deps));
  await setModesOfFolders(steps, deps.files);
  return outcomes;
}

async function takeStep(step: RewindStep, deps: ApplyDeps): Promise<StepOutcome> {
  const { path, from, to } = step;
  if (isSameState(from, to)) return { path, outcome: 'unchanged' };
  try {
    if (!(await hasRealParents(deps.files, path))) {
      return { path, outcome: 'conflicted', reason: reasons.linkedParent };
    }
    const { state } = await captureFile(deps.files, path);
    if (isDone(state, to)) return { path, outcome: 'restored' };
    if (isSameState(state, from) || isHalfway(state, step))
      return await replace({ ...step, from: state }, deps);
    return { path, outcome: 'conflicted', reason: reasons.changedMeanwhile };
  } catch (error) {
    if (error instanceof BlobError) return { path, outcome: 'skipped', reason: reasons.damaged };
    return { path, outcome: 'skipped', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Of a folder only that it is there: its mode is set when everything in it is in place. */
function isDone(state: FileState, to: FileState): boolean {
  return to.kind === 'directory' ? state.kind === 'directory' : isSameState(state, to);
}

/** Between the two operations that a step may need: the old one removed, or the content there without its mode. */
function isHalfway(state: FileState, { from, to }: RewindStep): boolean {
  if (to.kind === 'file' && isSameContent(state, to)) return true;
  return state.kind === 'absent' && to.kind !== 'absent' && !(from.kind === 'file' && to.kind === 'file');
}

async function replace({ path, from, to }: RewindStep, { files, blobs }: ApplyDeps): Promise<StepOutcome> {
  const restored: StepOutcome = { path, outcome: 'restored' };
  switch (to.kind) {
    case 'absent':
      return (await remove(path, from, files))
        ? restored
        : { path, outcome: 'skipped', reason: reasons.notEmpty };
    case 'directory':
      await remove(path, from, files);
      await files.makeDirectory(path);
      return restored;
    case 'symlink':
      await remove(path, from, files);
      await files.makeLink(path, to.target);
      return restored;
    case 'file': {
      if (isSameContent(from, to)) {
        await files.setMode(path, to.mode);
        return restored;
      }
      const bytes = await blobs.get(to.sha256);
      if (from.kind !== 'file') await remove(path, from, files);
      const outcome = await files.writeFile(path, bytes, { mode: to.mode, expectedRealPath: path });
      if ((await files.lstat(path))?.mode !== to.mode) await files.setMode(path, to.mode);
      if (!outcome.changedOnSave) return restored;
      // For looking at; a rewind from here saves what stands there anyway.
      await blobs.put(outcome.bytes).catch(() => undefined);
      return { ...restored, reason: reasons.formatted, after: await toFileState(outcome.bytes, to) };
    }
  }
}

/** False: a folder that isn't empty. */
async function remove(path: string, state: FileState, files: FileSystem): Promise<boolean> {
  if (state.kind === 'directory') return files.removeEmptyDirectory(path);
  await files.removeFile(path);
  return true;
}

/** Innermost first, since a folder may become one that can't be written to. A folder without its mode is no failure. */
async function setModesOfFolders(steps: readonly RewindStep[], files: FileSystem): Promise<void> {
  for (const { path, from, to, target } of orderSteps(steps).toReversed()) {
    if (to.kind !== 'directory' || from.kind === 'directory' || target === null) continue;
    const isThere = await files.lstat(path).then(
      (stat) => stat?.kind === 'directory',
      () => false,
    );
    if (isThere) await files.setMode(path, to.mode).catch(() => undefined);
  }
}
