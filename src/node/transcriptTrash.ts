/**
 * Where sessions go that are deleted: a folder for each deletion, `trash/<project>/<milliseconds since 1970>-<session>/`, with
 * the transcript and all that lay beside it. After a while they are gone for good.
 */
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withFileErrors } from './fileErrors.ts';
import { isMissing } from './fileOperations.ts';
import { takeLock } from './processLock.ts';

/** In the configuration folder. */
export const TRASH = 'trash';
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const EXTENSION = '.jsonl';

/** `path`: of the transcript; `trash`: of the project. As TranscriptStore.remove. */
export async function moveToTrash(path: string, trash: string): Promise<boolean> {
  return withFileErrors(path, async () => {
    if (!(await isThere(path))) return false;
    const lock = await takeLock(`${path}.lock`);
    if (lock === undefined) return false;
    try {
      await emptyOld(trash);
      const target = join(trash, `${Date.now()}-${sessionOf(path)}`);
      await mkdir(target, { recursive: true, mode: 0o700 });
      // The transcript comes last: a deletion that was cut off leaves a session that is still listed.
      for (const from of besides(path)) await moveIfThere(from, join(target, basename(from)));
      await rename(path, join(target, basename(path)));
      return true;
    } finally {
      await lock.release();
    }
  });
}

/** As TranscriptStore.restore. Of several with one id the one that was deleted last. */
export async function bringBack(path: string, trash: string): Promise<boolean> {
  return withFileErrors(path, async () => {
    const deletions = (await namesIn(trash)).filter((name) => sessionIn(name) === sessionOf(path));
    const last = deletions.sort(byTime).at(-1);
    if (last === undefined || (await isThere(path))) return false;
    const source = join(trash, last);
    if (!(await isThere(join(source, basename(path))))) return false;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    for (const to of besides(path)) await moveIfThere(join(source, basename(to)), to);
    await rename(join(source, basename(path)), path);
    await rm(source, { recursive: true, force: true });
    return true;
  });
}

/** `folder`: with the trash of all projects. */
export async function listTrashedIds(folder: string): Promise<readonly string[]> {
  const projects = await namesIn(folder);
  const names = await Promise.all(projects.map((project) => namesIn(join(folder, project))));
  return names.flat().map(sessionIn);
}

/** What may lie beside a transcript: what could not be read of it, and what its subagents said. */
function besides(path: string): readonly string[] {
  return [`${path}.corrupt`, path.slice(0, -EXTENSION.length)];
}

async function emptyOld(trash: string): Promise<void> {
  for (const name of await namesIn(trash)) {
    if (Date.now() - toTime(name) > KEPT_MS) await rm(join(trash, name), { recursive: true, force: true });
  }
}

function sessionOf(path: string): string {
  return basename(path, EXTENSION);
}

function sessionIn(name: string): string {
  return name.replace(/^\d+-/, '');
}

function byTime(left: string, right: string): number {
  return toTime(left) - toTime(right);
}

/** NaN for what is none of ours. */
function toTime(name: string): number {
  return Number(/^(\d+)-/.exec(name)?.[1]);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
