/** Paths as a model gives them (relative to the working folder, under `~`, or absolute), and as people read them. */
import { baseName, isInside, joinPath, relativePath, toSlashes } from '../paths.ts';
import type { Workspace } from '../ports.ts';
import { ToolInputError } from './tool.ts';

export type Place = Pick<Workspace, 'cwd' | 'home' | 'platform' | 'roots'>;

/** The absolute, normal form. Throws ToolInputError for what can't be meant as a path. */
export function resolveToolPath(given: string, workspace: Place): string {
  if (given === '') throw new ToolInputError('The path is empty.');
  if (given.includes('\0')) throw new ToolInputError('The path holds a NUL character.');
  const { platform } = workspace;
  if (platform === 'win32') refuseWindowsSpecials(given);
  const path = joinPath(workspace.cwd, expandHome(given, workspace), platform);
  if (platform === 'win32') refuseForeignShare(path, workspace);
  return path;
}

/** Short, for a title or a list: from the working folder, from another folder of the workspace with its name, from `~`, or whole. */
export function displayPath(given: string, workspace: Place): string {
  const { cwd, home, platform, roots } = workspace;
  const path = joinPath(cwd, expandHome(given, workspace), platform);
  const fromCwd = relativePath(cwd, path, platform);
  if (fromCwd !== undefined) return fromCwd === '' ? '.' : toSlashes(fromCwd, platform);
  for (const root of roots) {
    const fromRoot = relativePath(root, path, platform);
    if (fromRoot !== undefined)
      return toSlashes(`${baseName(root, platform)}/${fromRoot}`.replace(/\/$/, ''), platform);
  }
  const fromHome = relativePath(home, path, platform);
  if (fromHome !== undefined) return fromHome === '' ? '~' : `~/${toSlashes(fromHome, platform)}`;
  return path;
}

/** A name with everything in it to be seen: line breaks and invisible characters as escapes. */
export function escapeName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function expandHome(given: string, { home, platform }: Place): string {
  if (given === '~') return home;
  const isUnderHome = given.startsWith('~/') || (platform === 'win32' && given.startsWith('~\\'));
  return isUnderHome ? `${home}/${given.slice(2)}` : given;
}

/** Spellings under which Windows opens something else than the name says, so that a rule could be passed by. */
function refuseWindowsSpecials(given: string): void {
  const refuse = (why: string): never => {
    throw new ToolInputError(`${JSON.stringify(given)} can't be used as a path: ${why}.`);
  };
  if (/^[\\/]{2}[?.][\\/]/.test(given) || given.startsWith('\\??\\')) refuse('it is a device path');
  if (/^[a-z]:(?![\\/])/i.test(given)) refuse('it names a drive but no folder on it');
  for (const part of given.replace(/^[a-z]:/i, '').split(/[\\/]/)) {
    if (part === '.' || part === '..') continue;
    if (part.includes(':')) refuse('it names a stream inside a file');
    if (/[. ]$/.test(part)) refuse('a name in it ends in a dot or a space');
    if (/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i.test(part)) refuse('it is the name of a device');
  }
}

/** Merely looking at a path on another machine can send the user's credentials there. */
function refuseForeignShare(path: string, workspace: Place): void {
  if (!path.startsWith('\\\\')) return;
  const own = [...workspace.roots, workspace.cwd, workspace.home];
  if (own.some((folder) => isInside(folder, path, workspace.platform))) return;
  throw new ToolInputError(
    `${path} is on another machine, outside the workspace. Ask the user to open that folder.`,
  );
}
