/** Absolute paths as strings. A path that starts with "/" is one of Linux or macOS, any other one of Windows. */

/** The folder it lies in; of a root, the root itself. */
export function parentOf(path: string): string {
  const end = lastSeparator(path);
  return end < rootLength(path) ? path.slice(0, rootLength(path)) : path.slice(0, end);
}

/** The last part of it. */
export function nameOf(path: string): string {
  return path.slice(lastSeparator(path) + 1);
}

export function joinPath(folder: string, name: string): string {
  if (isSeparator(folder, folder.length - 1)) return `${folder}${name}`;
  return `${folder}${folder.startsWith('/') ? '/' : '\\'}${name}`;
}

export function isInside(path: string, folder: string): boolean {
  if (path.length <= folder.length || !path.startsWith(folder)) return false;
  return isSeparator(path, folder.length) || isSeparator(folder, folder.length - 1);
}

/** How deep it lies, for putting what is inside before or after what it is in. */
export function depthOf(path: string): number {
  let depth = 0;
  for (let index = 0; index < path.length; index += 1) if (isSeparator(path, index)) depth += 1;
  return depth;
}

/** Tells which file a path means: two paths of one file have the same key. */
export type PathKey = (path: string) => string;

export function createPathKey({ caseInsensitive }: { readonly caseInsensitive: boolean }): PathKey {
  return caseInsensitive ? (path) => path.normalize('NFC').toLowerCase() : (path) => path;
}

function lastSeparator(path: string): number {
  let index = path.length - 1;
  while (index >= 0 && !isSeparator(path, index)) index -= 1;
  return index;
}

function isSeparator(path: string, index: number): boolean {
  return path[index] === '/' || (path[index] === '\\' && !path.startsWith('/'));
}

/** "/", "C:\", "\\server\share\" */
function rootLength(path: string): number {
  if (path.startsWith('/')) return 1;
  const root = /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/]+[\\/][^\\/]+[\\/]?)/i.exec(path);
  return root?.[0].length ?? 0;
}
