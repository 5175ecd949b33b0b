/**
 * Carries out the steps of a rewind and says what became of each. The same code goes on after a crash: a step that is
 * already taken is seen to be, and what is neither before nor after its step is left alone.
 */
import type { Clock, FileStat, FileSystem, Log } from '../ports.ts';
import { BlobError, type BlobStore } from './blobStore.ts';
import { captureFile, hasRealParents, toFileState } from './captureFile.ts';
import { reasons } from './decideStep.ts';
import { type FileState, isSameContent, isSameState } from './fileState.ts';
import { inParallel } from './inParallel.ts';
import { isChanging, type RewindStep, type StepOutcome, type UnlockedFolder } from './journalRecords.ts';
import { groupSteps } from './orderSteps.ts';
import type { PathKey } from './paths.ts';
import { finishRespelling, respell } from './respell.ts';
import type { SeenFiles } from './seenFiles.ts';
import { setFolderModes, unlockFolders } from './unlockFolders.ts';

export interface ApplyDeps {
  readonly files: FileSystem;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly toKey: PathKey;
}

export interface Steps {
  readonly steps: readonly RewindStep[];
  readonly unlocked: readonly UnlockedFolder[];
  /** What the plan has looked at; undefined: this goes on with the plan of a process that died. */
  readonly seen: SeenFiles | undefined;
}

/** Never throws: a step that fails is an outcome, and the others are taken all the same. */
export async function applySteps(
  { steps, unlocked, seen }: Steps,
  deps: ApplyDeps,
): Promise<readonly StepOutcome[]> {
  await unlockFolders(unlocked, deps.files);
  await finishRespelling(steps, deps);
  const outcomes: StepOutcome[] = [];
  for (const group of groupSteps(steps)) {
    outcomes.push(...(await inParallel(group, (step) => takeStep(step, { ...deps, seen }))));
  }
  const restored = new Set(outcomes.filter(({ outcome }) => outcome === 'restored').map(({ path }) => path));
  const respelled = await respell(
    steps.filter(({ path }) => restored.has(path)),
    deps,
  );
  const failed = new Map([...(await setFolderModes({ steps, unlocked }, deps.files)), ...respelled]);
  return outcomes.map((outcome) => failed.get(outcome.path) ?? outcome);
}

/**
 * Puts what the steps have written on the disk. Never rejects: the contents are in the store, whatever becomes of the files, so that
 * it fails is no reason to say more.
 */
export async function flushSteps(
  steps: readonly RewindStep[],
  { files, log }: Pick<ApplyDeps, 'files' | 'log'>,
): Promise<void> {
  const changed = steps.filter(isChanging).map(({ path }) => path);
  if (changed.length === 0) return;
  try {
    await files.flush(changed);
  } catch (error) {
    log.warn('what a rewind wrote could not be flushed', { error: String(error) });
  }
}

interface StepDeps extends ApplyDeps {
  readonly seen: SeenFiles | undefined;
}

async function takeStep(step: RewindStep, deps: StepDeps): Promise<StepOutcome> {
  const { path, from, to } = step;
  if (!isChanging(step)) return { path, outcome: 'unchanged' };
  try {
    if (!(await hasRealParents(path, deps))) {
      return { path, outcome: 'conflicted', reason: reasons.linkedParent };
    }
    const state = await findState(step, deps);
    if (isDone(state, to)) return { path, outcome: 'restored' };
    if (isBefore(state, from) || isHalfway(state, step) || isTorn(state, step, deps))
      return await replace({ ...step, from: state }, deps);
    return { path, outcome: 'conflicted', reason: reasons.changedMeanwhile };
  } catch (error) {
    if (error instanceof BlobError) return { path, outcome: 'skipped', reason: reasons.damaged };
    return { path, outcome: 'skipped', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What stands there now. A file that is as it was when the plan read it is not read again. */
async function findState({ path, from }: RewindStep, { files, seen }: StepDeps): Promise<FileState> {
  if (from.kind === 'file' && seen !== undefined && (await isAsSeen(path, { files, seen }))) return from;
  return (await captureFile(files, path)).state;
}

async function isAsSeen(
  path: string,
  { files, seen }: { readonly files: FileSystem; readonly seen: SeenFiles },
): Promise<boolean> {
  const known = seen.find(path);
  if (known === undefined || (await files.hasUnsavedChanges(path))) return false;
  return isSameStat(known, await files.lstat(path));
}

function isSameStat(left: FileStat, right: FileStat | undefined): boolean {
  return (
    right?.kind === left.kind &&
    right.ino === left.ino &&
    right.size === left.size &&
    right.mode === left.mode &&
    right.nlink === left.nlink &&
    right.mtimeMs === left.mtimeMs &&
    right.ctimeMs === left.ctimeMs
  );
}

/** Of a folder only that it is there: its mode may be another while the rewind runs. */
function isBefore(state: FileState, from: FileState): boolean {
  return from.kind === 'directory' ? state.kind === 'directory' : isSameState(state, from);
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

/** What a power loss leaves of a file that was written and not flushed: its name, and nothing in it. */
function isTorn(state: FileState, { to }: RewindStep, { seen }: StepDeps): boolean {
  return seen === undefined && to.kind === 'file' && state.kind === 'file' && state.size === 0;
}

async function replace({ path, from, to }: RewindStep, deps: StepDeps): Promise<StepOutcome> {
  const { files } = deps;
  const restored: StepOutcome = { path, outcome: 'restored' };
  switch (to.kind) {
    case 'absent':
      return (await remove(path, from, files)) ? restored : notEmpty(path);
    case 'directory':
      await remove(path, from, files);
      await files.makeDirectory(path);
      return restored;
    case 'unkept':
      return { path, outcome: 'skipped', reason: reasons.unkept };
    case 'symlink':
      if (!(await remove(path, from, files))) return notEmpty(path);
      await files.makeLink(path, to.target);
      return restored;
    case 'file':
      if (isSameContent(from, to)) {
        await files.setMode(path, to.mode);
        return restored;
      }
      return writeFile({ path, from, to }, deps);
  }
}

async function writeFile(
  { path, from, to }: Pick<RewindStep, 'path' | 'from'> & { readonly to: FileState & { kind: 'file' } },
  { files, blobs, seen, toKey }: StepDeps,
): Promise<StepOutcome> {
  const bytes = seen?.content(to.sha256) ?? (await blobs.get(to.sha256));
  if (from.kind !== 'file' && !(await remove(path, from, files))) return notEmpty(path);
  const real = await files.realPath(path);
  const outcome = await files.writeFile(path, bytes, {
    mode: to.mode,
    // Where case doesn't count it may be spelled otherwise by now.
    expectedRealPath: toKey(real) === toKey(path) ? real : path,
    flush: 'later',
  });
  if (!outcome.changedOnSave) return { path, outcome: 'restored' };
  // For looking at; a rewind from here saves what stands there anyway.
  await blobs.put(outcome.bytes).catch(() => undefined);
  const after = await toFileState(outcome.bytes, to);
  return { path, outcome: 'restored', reason: reasons.formatted, after };
}

/** False: a folder that isn't empty. */
async function remove(path: string, state: FileState, files: FileSystem): Promise<boolean> {
  if (state.kind === 'absent') return true;
  if (state.kind === 'directory') return files.removeEmptyDirectory(path);
  await files.removeFile(path);
  return true;
}

function notEmpty(path: string): StepOutcome {
  return { path, outcome: 'skipped', reason: reasons.notEmpty };
}
