/** What must not be written in a folder that may be: places whose content is run or obeyed later by somebody else. */
import { baseName, joinPath } from '../paths.ts';
import { findProtectedPart } from '../permissions/protectedPaths.ts';
import { FileError, type FileSystem, type Platform } from '../ports.ts';

export interface ProtectedSearch {
  readonly files: Pick<FileSystem, 'readDirectory'>;
  readonly platform: Platform;
  /** Of rules with patterns, which are searched for with the rest; absent: there are none. */
  readonly isDenied?: ((path: string) => boolean) | undefined;
}

/** Names in the folder itself that are kept free where nothing is yet: programs look for these there by themselves. */
const KEPT_FREE = [
  '.vscode',
  '.idea',
  '.claude',
  '.mcp.json',
  '.gitconfig',
  '.gitmodules',
  '.bashrc',
  '.bash_profile',
  '.profile',
  '.zshrc',
  '.zprofile',
  '.ripgreprc',
];

/** Deeper, such places are rare, and every level more makes each command wait longer. */
const MAX_DEPTH = 4;
/** Folders looked into. A tree with more is one of generated files. */
const MAX_FOLDERS = 5000;

/** Absolute paths, of folders with all below them. */
export async function findProtectedBelow(root: string, search: ProtectedSearch): Promise<readonly string[]> {
  const problem = await search.files.readDirectory(root).then(() => undefined, toCode);
  // A file that may be written, or a folder that isn't there: nothing lies in it.
  if (problem === 'ENOENT' || problem === 'ENOTDIR') return [];
  // Nobody knows what is in it.
  if (problem !== undefined) return [root];
  const found = KEPT_FREE.map((name) => joinPath(root, name, search.platform));
  let level: readonly string[] = [root];
  let folders = 0;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && folders < MAX_FOLDERS; depth += 1) {
    folders += level.length;
    const looks = await Promise.all(level.map((folder) => lookInto(folder, search)));
    found.push(...looks.flatMap(({ kept }) => kept));
    level = looks.flatMap(({ deeper }) => deeper);
  }
  return [...new Set(found)];
}

function toCode(error: unknown): string {
  return error instanceof FileError ? error.code : 'unknown';
}

interface Look {
  readonly kept: readonly string[];
  readonly deeper: readonly string[];
}

async function lookInto(folder: string, search: ProtectedSearch): Promise<Look> {
  const entries = await search.files.readDirectory(folder).catch(() => undefined);
  // What can't be looked into is kept whole: nobody knows what is in it.
  if (entries === undefined) return { kept: [folder], deeper: [] };
  const kept: string[] = [];
  const deeper: string[] = [];
  for (const { name, kind } of entries) {
    const path = joinPath(folder, name, search.platform);
    if (name.toLowerCase() === '.git') kept.push(...(await keptOfGit(path, kind, search)));
    else if (isProtected(path, folder, search)) kept.push(path);
    // Installed again and again by programs that need to write there.
    else if (kind === 'directory' && name !== 'node_modules') deeper.push(path);
  }
  return { kept, deeper };
}

/** The history may be written, by git; what git runs or goes by may not. A `.git` that is a file names another folder. */
async function keptOfGit(path: string, kind: string, search: ProtectedSearch): Promise<readonly string[]> {
  if (kind !== 'directory') return [path];
  const { files, platform } = search;
  const modules = joinPath(path, 'modules', platform);
  const inner = await files.readDirectory(modules).catch(() => []);
  const folders = [path, ...inner.map(({ name }) => joinPath(modules, name, platform))];
  return folders.flatMap((folder) => ['hooks', 'config'].map((name) => joinPath(folder, name, platform)));
}

function isProtected(path: string, folder: string, { platform, isDenied }: ProtectedSearch): boolean {
  const ending = `${baseName(folder, platform)}/${baseName(path, platform)}`;
  return findProtectedPart(ending) !== undefined || isDenied?.(path) === true;
}
