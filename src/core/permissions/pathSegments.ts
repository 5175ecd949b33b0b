/** Paths as lists of names, so that rules are held against whole names and never against parts of them. */
import type { NameFolding, Platform } from '../ports.ts';
import { foldName } from './nameFolding.ts';

/** What is odd about how a path is written, for a person; such a path is never allowed by itself. */
export function findPathOddity(path: string, platform: Platform): string | undefined {
  if (path.includes('\0')) return 'The path holds a NUL character.';
  if (platform !== 'win32') return undefined;
  if (/^[\\/]{2}(?![?.][\\/])/.test(path) || /^[\\/]{2}[?.][\\/]unc[\\/]/i.test(path))
    return 'The path is on another machine; merely looking at it can send credentials there.';
  const names = splitPath(path);
  if (names.some((name) => /^[^.]{1,8}~\d/.test(name)))
    return 'The path holds a short name, which may stand for another.';
  const isPlain = names.slice(1).every((name) => !name.includes(':') && !/[. ]$/.test(name));
  return isPlain ? undefined : 'Windows opens another file than the path seems to name.';
}

/** Windows takes these names for devices in every folder. */
export function namesDevice(path: string, platform: Platform): boolean {
  if (platform !== 'win32') return false;
  return splitPath(path).some((name) =>
    /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:[. :]|$)/i.test(name),
  );
}

/** The names from the root on. On Windows the first is the drive ("c:") or, of a share, its machine and name. */
export function toSegments(path: string, platform: Platform, folding: NameFolding): readonly string[] {
  const segments: string[] = [];
  const names = platform === 'win32' ? splitPath(path).map(toPlainName) : path.split('/');
  for (const name of names) {
    if (name === '' || name === '.') continue;
    if (name === '..') segments.pop();
    else segments.push(foldName(name, folding));
  }
  return segments;
}

function splitPath(path: string): readonly string[] {
  return path
    .replace(/^(?:[\\/]{2}[?.]|\\\?\?)[\\/](?:unc[\\/])?/i, '')
    .split(/[\\/]+/)
    .filter((name) => name !== '');
}

/** Without the stream behind a colon, and the dots and blanks that Windows drops from the end of a name. */
function toPlainName(name: string, index: number): string {
  if (name === '.' || name === '..' || (index === 0 && /^[a-z]:$/i.test(name))) return name;
  return name.replace(/:.*$/s, '').replace(/[. ]+$/, '');
}
