/**
 * Gives files and folders back the spelling of their names, where case doesn't count. By way of a name of its own, since to a
 * volume the two spellings may be one name, that it has already; after a crash between the two, `finishRespelling` goes on.
 */
import type { FileSystem } from '../ports.ts';
import { reasons } from './decideStep.ts';
import type { RewindStep, StepOutcome } from './journalRecords.ts';
import { fromInside } from './orderSteps.ts';
import { joinPath, nameOf, type PathKey, parentOf } from './paths.ts';
import { toSha256 } from './sha256.ts';

interface RespellDeps {
  readonly files: FileSystem;
  readonly toKey: PathKey;
}

type Respelled = RewindStep & { readonly spelling: string };

/** From the inside out: a path is spelled as the step has it until all that is in it is done. Those that failed, by their path. */
export async function respell(
  steps: readonly RewindStep[],
  deps: RespellDeps,
): Promise<ReadonlyMap<string, StepOutcome>> {
  const failed = new Map<string, StepOutcome>();
  for (const step of fromInside(steps.filter(isRespelled))) {
    const { path } = step;
    try {
      if (!(await giveName(step, deps)))
        failed.set(path, { path, outcome: 'conflicted', reason: reasons.changedMeanwhile });
    } catch (error) {
      failed.set(path, { path, outcome: 'skipped', reason: toReason(error) });
    }
  }
  return failed;
}

/** False: nothing with this name is there. */
async function giveName(step: Respelled, { files, toKey }: RespellDeps): Promise<boolean> {
  const { path, spelling } = step;
  const name = await findName(path, { files, toKey });
  if (name === undefined || name === spelling) return name !== undefined;
  const folder = parentOf(path);
  const between = await nameBetween(step);
  await files.rename(joinPath(folder, name), between);
  try {
    await files.rename(joinPath(folder, between), spelling);
  } catch (error) {
    await files.rename(joinPath(folder, between), name);
    throw error;
  }
  return true;
}

/** How the name is spelled on the disk; undefined: there is none. */
export async function findName(path: string, { files, toKey }: RespellDeps): Promise<string | undefined> {
  const key = toKey(nameOf(path));
  const entries = await files.readDirectory(parentOf(path));
  return entries.find(({ name }) => toKey(name) === key)?.name;
}

/** What a process that died has left under the name in between gets the one it was to have. */
export async function finishRespelling(
  steps: readonly RewindStep[],
  { files }: Pick<RespellDeps, 'files'>,
): Promise<void> {
  for (const step of steps.filter(isRespelled)) {
    const left = joinPath(parentOf(step.path), await nameBetween(step));
    // What can't be looked at shows in the steps that fail.
    const stat = await files.lstat(left).catch(() => undefined);
    if (stat !== undefined) await files.rename(left, step.spelling).catch(() => undefined);
  }
}

/** The same each time. It looks like the other names that only a moment sees, so that nobody takes it for a file. */
async function nameBetween({ delta }: RewindStep): Promise<string> {
  const digits = await toSha256(new TextEncoder().encode(delta));
  return `.belay-${digits.slice(0, 8)}-${digits.slice(8, 12)}.tmp`;
}

function isRespelled(step: RewindStep): step is Respelled {
  return step.spelling !== undefined;
}

function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
