/**
 * Where a path really leads. Like realpath(3), but also for what isn't there yet, and following links that dangle: a
 * write through such a link would create its target, so the target is what a permission must be judged on.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from '../core/ports.ts';
import { type FileOperations, isMissing } from './fileOperations.ts';

/** As many links as Linux follows before it answers ELOOP. */
const maxHops = 40;

/** The real path of the deepest existing ancestor, plus the rest. Throws what node:fs throws, or FileError('ELOOP'). */
export async function findRealPath(operations: FileOperations, path: string): Promise<string> {
  return follow(operations, resolve(path), maxHops);
}

async function follow(operations: FileOperations, path: string, hops: number): Promise<string> {
  try {
    return await operations.realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const realParent = await follow(operations, parent, hops);
  const target = await readLink(operations, path);
  if (target === undefined) return join(realParent, basename(path));
  if (hops === 0) throw new FileError('ELOOP', path, `Too many symbolic links on the way to ${path}.`);
  return follow(operations, resolve(realParent, target), hops - 1);
}

async function readLink(operations: FileOperations, path: string): Promise<string | undefined> {
  try {
    return await operations.readlink(path);
  } catch (error) {
    // EINVAL: something that is no link has appeared there meanwhile.
    if (isMissing(error)) return undefined;
    throw error;
  }
}
