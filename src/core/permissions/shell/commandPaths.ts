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
  const locator = new PathLocator(place.cwd);
  for (const part of readCommand(command, place).distinct) {
    if (paths.size >= MAX_PATHS) break;
    const uses = listPartUses(part).map(({ word }) => word);
    for (const word of [...uses, ...(listLookedAt(part, { trusted: true }) ?? [])])
      for (const path of locator.locate(word, part)) paths.add(path);
  }
  return [...paths].slice(0, MAX_PATHS);
}

/** Arguments and redirects. */
export function listPartUses({ words, redirects }: ShellPart): readonly FileUse[] {
  return listFileUses(words, redirects);
}

/** Where words lead: they are found one by one, since a long line names thousands of files. */
export class PathLocator {
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /**
   * Where the word leads from each folder the command may run in, until `find` finds something. Of a pattern, that of its names.
   * None: it can't be told.
   */
  find<Found>(
    word: ShellWord,
    { folders }: Pick<ShellPart, 'folders'>,
    find: (path: string) => Found | undefined,
  ): Found | undefined {
    const value = word.kind === 'glob' ? word.value : certainValue(word);
    if (value === undefined || value.includes('\0')) return undefined;
    const found = find(toAbsolute(value, this.#cwd));
    if (found !== undefined || isAbsolutePath(value, 'linux')) return found;
    for (const folder of folders) {
      if (folder === undefined || folder === this.#cwd) continue;
      const more = find(toAbsolute(value, folder));
      if (more !== undefined) return more;
    }
    return undefined;
  }

  /** All of them. */
  locate(word: ShellWord, part: Pick<ShellPart, 'folders'>): readonly string[] {
    const paths: string[] = [];
    this.find(word, part, (path) => {
      paths.push(path);
    });
    return paths;
  }
}

function toAbsolute(path: string, folder: string): string {
  if (isAbsolutePath(path, 'linux')) return path;
  if (path === '' || path === '.') return folder;
  return `${folder}/${path.startsWith('./') ? path.replace(/^(?:\.\/+)+/, '') : path}`;
}
