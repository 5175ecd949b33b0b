/**
 * The way from a path to where it really leads, link by link, as the system itself would go it: a rule may be about any place
 * on the way. And how the volume at its end tells names apart.
 */
import { dirname, join, resolve } from 'node:path';
import { FileError, type NameFolding, type PathTrace, type Platform } from '../core/ports.ts';
import { type FileOperations, isMissing } from './fileOperations.ts';

/** As many links as Linux follows before it answers ELOOP. */
const MAX_HOPS = 40;

export interface PathTracer {
  /** Throws what node:fs throws, or FileError('ELOOP'). */
  trace(path: string): Promise<PathTrace>;
}

/** Remembers, for each volume, how it tells names apart. */
export function createPathTracer(operations: FileOperations, platform: Platform): PathTracer {
  const foldings = new Map<number, Promise<NameFolding>>();

  async function findFolding(path: string): Promise<NameFolding> {
    const existing = await findExisting(operations, path);
    const { dev } = await operations.lstat(existing);
    const known = foldings.get(dev) ?? probeFolding(operations, existing, platform);
    foldings.set(dev, known);
    // A failure is not remembered: the next look may be at a folder that can be read.
    known.catch(() => foldings.delete(dev));
    return known;
  }

  return {
    async trace(path) {
      const { real, hops } = await follow(operations, path);
      return { real, hops, folding: await findFolding(real) };
    },
  };
}

/** Name by name from the root: `..` behind a link is the parent of what the link leads to. */
async function follow(operations: FileOperations, path: string): Promise<Pick<PathTrace, 'real' | 'hops'>> {
  const hops: string[] = [];
  const { root, names } = split(path);
  let at = root;
  let left = names;
  while (left.length > 0) {
    const [name = '', ...rest] = left;
    left = rest;
    const next = join(at, name);
    const target = name === '..' || name === '.' ? undefined : await readLink(operations, next);
    if (target === undefined) {
      at = next;
      continue;
    }
    if (hops.length === MAX_HOPS)
      throw new FileError('ELOOP', path, `Too many symbolic links on the way to ${path}.`);
    const led = split(resolve('/', target) === target ? target : `${at}/${target}`);
    at = led.root;
    left = [...led.names, ...rest];
    hops.push(join(at, ...left));
  }
  return { real: at, hops };
}

/** A path that is relative starts where the process does. Nothing is taken out of it yet. */
function split(path: string): { readonly root: string; readonly names: readonly string[] } {
  const absolute =
    resolve('/', path) === path || /^(?:[a-z]:)?[\\/]/i.test(path) ? path : join(resolve('.'), path);
  const root = resolve(/^(?:[a-z]:)?[\\/]+/i.exec(absolute)?.[0] ?? '/');
  const separators = process.platform === 'win32' ? /[\\/]+/ : /\/+/;
  const names = absolute.slice(root.length).split(separators);
  return { root, names: names.filter((name) => name !== '') };
}

async function readLink(operations: FileOperations, path: string): Promise<string | undefined> {
  try {
    return await operations.readlink(path);
  } catch (error) {
    // EINVAL (on Windows UNKNOWN): it is no link.
    if (isMissing(error) || isNoLink(error)) return undefined;
    throw error;
  }
}

function isNoLink(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'UNKNOWN');
}

async function findExisting(operations: FileOperations, path: string): Promise<string> {
  try {
    await operations.lstat(path);
    return path;
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) throw error;
    return findExisting(operations, parent);
  }
}

/** Whether a name that is there is also found with upper and lower case exchanged. Nothing is written for it. */
async function probeFolding(
  operations: FileOperations,
  path: string,
  platform: Platform,
): Promise<NameFolding> {
  const named = await findNameWithLetters(operations, path);
  // A volume without such a name: as that system's volumes usually are.
  const ignoresCase =
    named === undefined ? platform !== 'linux' : await isFoundInOtherCase(operations, named);
  return { case: ignoresCase, unicode: ignoresCase || platform === 'darwin' };
}

/** On the volume itself: the name of its own folder belongs to the volume above. */
async function findNameWithLetters(operations: FileOperations, path: string): Promise<string | undefined> {
  const { dev } = await operations.lstat(path);
  let at = path;
  for (;;) {
    const parent = dirname(at);
    const isOfVolume = parent !== at && (await operations.lstat(parent)).dev === dev;
    if (!isOfVolume) break;
    if (exchangeCase(at.slice(parent.length)) !== at.slice(parent.length)) return at;
    at = parent;
  }
  const names = await operations.readdir(at);
  const name = names.find((each) => exchangeCase(each) !== each);
  return name === undefined ? undefined : join(at, name);
}

async function isFoundInOtherCase(operations: FileOperations, path: string): Promise<boolean> {
  const parent = dirname(path);
  try {
    const [one, other] = await Promise.all([
      operations.lstat(path),
      operations.lstat(join(parent, exchangeCase(path.slice(parent.length)))),
    ]);
    return one.ino === other.ino;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function exchangeCase(name: string): string {
  return name.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
