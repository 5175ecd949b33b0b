import { sep } from 'node:path';

/** A path of this platform with "/" between its parts. */
export function toSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
