/**
 * Paths as text, for the platform the agent works on, which need not be the one this code runs on. Nothing here looks at
 * a disk: links are followed by `FileSystem.realPath`.
 */
import type { Platform } from './ports.ts';

/** Whether a path says where it starts: "/x"; on Windows "C:\x" or "\\server\share\x" (slashes may be either). */
export function isAbsolutePath(path: string, platform: Platform): boolean {
  return rootOf(path, platform) !== '';
}

/** The path without ".", ".." and doubled separators; on Windows with backslashes. Never ends in a separator, but for a root. */
export function normalizePath(path: string, platform: Platform): string {
  const root = rootOf(path, platform);
  const parts: string[] = [];
  for (const part of path.slice(root.length).split(separators(platform))) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (root === '') parts.push(part);
  }
  const separator = platform === 'win32' ? '\\' : '/';
  const start = platform === 'win32' ? root.replaceAll('/', '\\') : root;
  return start + parts.join(separator) || '.';
}

/** `relative` as seen from `folder`; an absolute path stays as it is. */
export function joinPath(folder: string, relative: string, platform: Platform): string {
  if (isAbsolutePath(relative, platform)) return normalizePath(relative, platform);
  // On Windows "\x" is on the drive of the folder.
  if (platform === 'win32' && /^[\\/]/.test(relative)) {
    return normalizePath(rootOf(folder, platform) + relative, platform);
  }
  return normalizePath(`${folder}/${relative}`, platform);
}

/** The folder it lies in; of a root, the root itself. */
export function parentPath(path: string, platform: Platform): string {
  return normalizePath(`${path}/..`, platform);
}

/** The last part of a path; empty for a root. */
export function baseName(path: string, platform: Platform): string {
  const normal = normalizePath(path, platform);
  return normal.slice(rootOf(normal, platform).length).split(separators(platform)).at(-1) ?? '';
}

/** Whether `path` is `folder` or lies in it. Both absolute. Compares whole names; upper and lower case are one on Windows. */
export function isInside(folder: string, path: string, platform: Platform): boolean {
  return relativePath(folder, path, platform) !== undefined;
}

/** The way from `folder` to a path in it, with the platform's separators; empty when they are the same; undefined when it isn't in it. */
export function relativePath(folder: string, path: string, platform: Platform): string | undefined {
  const [from, to] = [normalizePath(folder, platform), normalizePath(path, platform)];
  if (fold(from, platform) === fold(to, platform)) return '';
  const start = /[\\/]$/.test(from) ? from : from + (platform === 'win32' ? '\\' : '/');
  return fold(to, platform).startsWith(fold(start, platform)) ? to.slice(start.length) : undefined;
}

/** With forward slashes, as globs and people write them. */
export function toSlashes(path: string, platform: Platform): string {
  return platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

function separators(platform: Platform): RegExp {
  return platform === 'win32' ? /[\\/]+/ : /\/+/;
}

/** What a path starts with: "/", "C:\", "\\server\share\"; empty for a relative one. */
function rootOf(path: string, platform: Platform): string {
  if (platform !== 'win32') return path.startsWith('/') ? '/' : '';
  return /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/]+[\\/]+[^\\/]+(?:[\\/]+|$))/i.exec(path)?.[0] ?? '';
}

/** Folding by UTF-16 units keeps all positions, which whole-string lower-casing need not. */
function fold(path: string, platform: Platform): string {
  if (platform !== 'win32') return path;
  return path.replace(/[A-Z\u0080-\uffff]/g, (unit) => {
    const lower = unit.toLowerCase();
    return lower.length === 1 ? lower : unit;
  });
}
