/** Removing, moving or handing over these would be beyond any repair: always asked, whatever rules allow. */
import { listStarts } from './programs.ts';
import { certainStart, certainValue, programName, type ShellWord } from './shellWord.ts';

const DESTRUCTIVE = new Set(['rm', 'rmdir', 'shred', 'unlink', 'mv', 'chmod', 'chown', 'chgrp']);

export interface CriticalPlace {
  /** Absolute, without `.` and `..`, of a path as the command sees it. */
  readonly resolve: (path: string) => string;
  /** Home and the folders of the workspace: they and all above them. */
  readonly precious: readonly string[];
}

/** For a person; undefined: nothing of the kind. */
export function findCriticalPath(words: readonly ShellWord[], place: CriticalPlace): string | undefined {
  for (const start of listStarts(words)) {
    const name = programName(words[start]) ?? '';
    if (!DESTRUCTIVE.has(name)) continue;
    // What is moved, not where to.
    const targets = words.slice(start + 1, name === 'mv' ? -1 : undefined);
    const found = targets.find((word) => isCritical(word, place));
    if (found !== undefined) return `${name} ${found.text} can not be taken back.`;
  }
  return undefined;
}

function isCritical(word: ShellWord, place: CriticalPlace): boolean {
  if (certainStart(word).startsWith('-')) return false;
  // A variable that is empty leaves the root.
  if (word.kind === 'unknown') return word.splits || word.value === '' || isPrecious(word.value, place);
  const value = certainValue(word) ?? toFolderOfGlob(word);
  return value !== undefined && isPrecious(value, place);
}

/** `*` and `folder/*` are all that is in the folder. */
function toFolderOfGlob({ value }: ShellWord): string | undefined {
  const found = /^(.*?)(?:^|\/)[*?.[\]!]+\/?$/s.exec(value);
  return found === null ? undefined : found[1] || (value.startsWith('/') ? '/' : '.');
}

function isPrecious(path: string, { resolve, precious }: CriticalPlace): boolean {
  const full = resolve(path);
  if (/^\/[^/]*$/.test(full)) return true;
  return precious.some((folder) => folder === full || folder.startsWith(`${full}/`));
}
