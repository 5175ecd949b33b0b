/** Looks at one name, or lists one folder, and says how far that can be relied on. Nothing is remembered here. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { errorCode, type FolderEntry, readLinkNow, withName } from '../fileOperations.ts';
import { isReplaced, toSystemPath } from '../systemPath.ts';

/** Names in a folder that are looked at. */
export interface Listed {
  readonly files: string[];
  readonly folders: readonly string[];
  readonly startsRepository: boolean;
}

/** Two changes within this time may leave the same times behind. Milliseconds. */
const YOUNG = 20;
/** The same where times are counted in seconds. */
const YOUNG_COARSE = 2100;
/** What Belay itself writes for a moment. */
const OURS = /^\.belay-[0-9a-f]{8}-[0-9a-f]{4}\.tmp$/;

/** `hidden`: something keeps us from looking. What was known of it stands. */
export function lookAt(path: string): Stats | 'absent' | 'hidden' {
  try {
    return lstatSync(toSystemPath(path), { throwIfNoEntry: false }) ?? 'absent';
  } catch (error) {
    return errorCode(error) === 'ENOTDIR' ? 'absent' : 'hidden';
  }
}

/** undefined: it can't be listed. */
export function list(path: string): Listed | undefined {
  const files: string[] = [];
  const folders: string[] = [];
  let startsRepository = false;
  try {
    for (const entry of readEntries(toSystemPath(path))) {
      const { name } = entry;
      if (name.toLowerCase() === '.git') startsRepository = true;
      else if (entry.isDirectory()) folders.push(name);
      else if ((entry.isFile() || entry.isSymbolicLink()) && !OURS.test(name)) files.push(name);
    }
  } catch {
    return undefined;
  }
  return { files, folders, startsRepository };
}

function readEntries(path: string | Buffer): readonly FolderEntry[] {
  const entries = readdirSync(path, { withFileTypes: true });
  if (!entries.some(({ name }) => isReplaced(name))) return entries;
  return readdirSync(path, { withFileTypes: true, encoding: 'buffer' }).map(withName);
}

/** undefined: it is no link any more. */
export function readLink(path: string): string | undefined {
  try {
    return readLinkNow(path);
  } catch {
    return undefined;
  }
}

/** So fresh, when it was looked at, that a change right after it could leave the same times behind. `started`: before the look. */
export function isYoung({ mtimeMs, ctimeMs }: Stats, started: number): boolean {
  const last = Math.max(mtimeMs, ctimeMs);
  const isCoarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0;
  return last > started - (isCoarse ? YOUNG_COARSE : YOUNG);
}
