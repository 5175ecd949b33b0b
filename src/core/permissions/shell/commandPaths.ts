/** The files that a command line touches, as absolute paths: what is to be looked up on the disk before it is judged. */
import { isAbsolutePath } from '../../paths.ts';
import type { Workspace } from '../../ports.ts';
import { type FileUse, listFileUses } from './fileUses.ts';
import { listLookedAt } from './readOnly.ts';
import { readForeignShell, readShell } from './readShell.ts';
import type { ShellPart, ShellScript } from './shellScript.ts';
import { certainValue, type ShellWord } from './shellWord.ts';

/** More files than this are not looked up, and then nothing is certain. */
export const MAX_PATHS = 256;

/** The folder it starts in, and the person's own. */
export type CommandPlace = Pick<Workspace, 'cwd' | 'home' | 'platform'>;

export function readCommand(command: string, place: CommandPlace): ShellScript {
  if (place.platform === 'win32') return readForeignShell(command);
  return readShell(command, { ...place, resolve: (folder) => toAbsolute(folder, place.cwd) });
}

/** Not normalized: behind a link, `..` is the parent of where that leads. */
export function listCommandPaths(command: string, place: CommandPlace): readonly string[] {
  const paths = new Set<string>();
  for (const part of readCommand(command, place).parts) {
    if (paths.size >= MAX_PATHS) break;
    const uses = listPartUses(part).map(({ word }) => word);
    for (const word of [...uses, ...(listLookedAt(part, { trusted: true }) ?? [])])
      for (const path of locate(word, part, place)) paths.add(path);
  }
  return [...paths].slice(0, MAX_PATHS);
}

/** Arguments and redirects. */
export function listPartUses(part: ShellPart): readonly FileUse[] {
  const redirects = part.redirects.flatMap(({ access, target }): FileUse[] =>
    target === undefined ? [] : [{ access, word: target, below: false }],
  );
  return redirects.length === 0 ? listFileUses(part.words) : [...listFileUses(part.words), ...redirects];
}

/** Where the word leads from each folder the command may run in. Of a pattern, that of its names. Empty: it can't be told. */
export function locate(
  word: ShellWord,
  { folders }: Pick<ShellPart, 'folders'>,
  { cwd }: CommandPlace,
): readonly string[] {
  const value = word.kind === 'glob' ? word.value : certainValue(word);
  if (value === undefined || value.includes('\0')) return [];
  if (folders.length === 0) return [toAbsolute(value, cwd)];
  const known = folders.filter((folder) => folder !== undefined);
  return [...new Set([cwd, ...known].map((folder) => toAbsolute(value, folder)))];
}

function toAbsolute(path: string, folder: string): string {
  if (isAbsolutePath(path, 'linux')) return path;
  return path === '' || path === '.' ? folder : `${folder}/${path.replace(/^(?:\.\/+)+/, '')}`;
}
