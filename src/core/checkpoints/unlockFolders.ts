/** Folders in which nothing may be changed, and a rewind has to: open while it runs, and as they are to be at the end. */
import type { FileSystem } from '../ports.ts';
import { reasons } from './decideStep.ts';
import type { RewindStep, StepOutcome, UnlockedFolder } from './journalRecords.ts';
import { fromInside } from './orderSteps.ts';
import { parentOf } from './paths.ts';

const OWNER_MAY_ALL = 0o700;
const OWNER_MAY_WRITE = 0o200;

/** The folders of these steps that have to be opened. */
export async function findLocked(
  steps: readonly RewindStep[],
  files: FileSystem,
): Promise<readonly UnlockedFolder[]> {
  const locked: UnlockedFolder[] = [];
  for (const path of new Set(steps.map((step) => parentOf(step.path)))) {
    // One that can't be looked at (a link that leads in a circle stands in its place) is none to open.
    const stat = await files.lstat(path).catch(() => undefined);
    if (stat?.kind === 'directory' && (stat.mode & OWNER_MAY_WRITE) === 0)
      locked.push({ path, mode: stat.mode });
  }
  return locked;
}

/** One that can't be opened shows in the steps that fail. */
export async function unlockFolders(folders: readonly UnlockedFolder[], files: FileSystem): Promise<void> {
  for (const { path, mode } of folders.toReversed()) {
    if (await isFolder(path, files)) await files.setMode(path, mode | OWNER_MAY_ALL).catch(() => undefined);
  }
}

/** At the end, innermost first, since a folder may become one that can't be written to. Those that failed, by their path. */
export async function setFolderModes(
  {
    steps,
    unlocked,
  }: { readonly steps: readonly RewindStep[]; readonly unlocked: readonly UnlockedFolder[] },
  files: FileSystem,
): Promise<ReadonlyMap<string, StepOutcome>> {
  const failed = new Map<string, StepOutcome>();
  const wanted = new Map(unlocked.map((folder) => [folder.path, folder.mode]));
  for (const { path, to, target } of steps) {
    if (to.kind === 'directory' && target !== null) wanted.set(path, to.mode);
  }
  const before = new Map(steps.map((step) => [step.path, step.from]));
  for (const { path, mode } of fromInside([...wanted].map(([path, mode]) => ({ path, mode })))) {
    const stat = await files.lstat(path).catch(() => undefined);
    if (stat?.kind !== 'directory' || stat.mode === mode) continue;
    const from = before.get(path);
    const isOurs =
      from?.kind !== 'directory' || stat.mode === from.mode || stat.mode === (from.mode | OWNER_MAY_ALL);
    const problem = isOurs ? await toProblem(files.setMode(path, mode)) : reasons.changedMeanwhile;
    // That a folder comes back without its mode is no failure.
    if (problem !== undefined && from?.kind === 'directory')
      failed.set(path, { path, outcome: isOurs ? 'skipped' : 'conflicted', reason: problem });
  }
  return failed;
}

async function isFolder(path: string, files: FileSystem): Promise<boolean> {
  const stat = await files.lstat(path).catch(() => undefined);
  return stat?.kind === 'directory';
}

function toProblem(task: Promise<void>): Promise<string | undefined> {
  return task.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
