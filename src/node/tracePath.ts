/**
 * The way from a path to where it really leads, link by link, as the system itself would go it: a rule may be about any place
 * on the way. And how the volume at its end tells names apart.
 */
import type { Stats } from 'node:fs';
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

  async function findFolding({ real, stats }: Followed): Promise<NameFolding> {
    const existing = stats === undefined ? await findExisting(operations, real) : real;
    const { dev } = stats ?? (await operations.lstat(existing));
    const known = foldings.get(dev) ?? probeFolding(operations, existing, platform);
    foldings.set(dev, known);
    // A failure is not remembered: the next look may be at a folder that can be read.
    known.catch(() => foldings.delete(dev));
    return known;
  }

  return {
    async trace(path) {
      const followed = await follow(operations, path);
      const { real, hops } = followed;
      return { real, hops, folding: await findFolding(followed) };
    },
  };
}

interface Followed extends Pick<PathTrace, 'real' | 'hops'> {
  /** Of what is there; undefined: nothing is, or nobody has looked. */
  readonly stats: Stats | undefined;
}

/** Name by name from the root: `..` behind a link is the parent of what the link leads to. */
async function follow(operations: FileOperations, path: string): Promise<Followed> {
  const hops: string[] = [];
  const { root, names } = split(path);
  let at = root;
  let left = names;
  let stats: Stats | undefined;
  while (left.length > 0) {
    const walked = await walk(operations, at, left);
    ({ at, stats } = walked);
    left = walked.left;
    if (walked.target === undefined) continue;
    if (hops.length === MAX_HOPS)
      throw new FileError('ELOOP', path, `Too many symbolic links on the way to ${path}.`);
    const { target } = walked;
    const led = split(resolve('/', target) === target ? target : `${at}/${target}`);
    at = led.root;
    left = [...led.names, ...left];
    hops.push(join(at, ...left));
  }
  return { real: at, hops, stats };
}

/** So many names are looked at side by side; behind a link that was for nothing. */
const ABREAST = 16;

interface Walked {
  /** Where the way has led so far, a link not followed. */
  readonly at: string;
  /** Of that, where it was looked at and is there. */
  readonly stats: Stats | undefined;
  readonly left: readonly string[];
  /** Where a link leads that stands next on the way. */
  readonly target: string | undefined;
}

/** Goes on from a place by some of the names, up to a link. */
async function walk(operations: FileOperations, start: string, names: readonly string[]): Promise<Walked> {
  const steps: { readonly name: string; readonly place: string }[] = [];
  for (const name of names.slice(0, ABREAST))
    steps.push({ name, place: join(steps.at(-1)?.place ?? start, name) });
  const looks = await Promise.all(
    steps.map(({ name, place }) => (name === '..' || name === '.' ? undefined : look(operations, place))),
  );
  let at = start;
  let stats: Stats | undefined;
  for (const [index, { place }] of steps.entries()) {
    const found = looks[index];
    // Behind a link nothing counts that was seen, nor what could not be seen.
    if (found !== undefined && 'failure' in found) throw found.failure;
    stats = found?.stats;
    const target = stats?.isSymbolicLink() === true ? await readLink(operations, place) : undefined;
    if (target !== undefined) return { at, stats: undefined, left: names.slice(index + 1), target };
    at = place;
  }
  return { at, stats, left: names.slice(steps.length), target: undefined };
}

type Look = { readonly stats: Stats | undefined } | { readonly failure: unknown };

/** Not `readlink` at once, which fails for nearly all, and an error takes longer to make than an answer. */
async function look(operations: FileOperations, path: string): Promise<Look> {
  try {
    return { stats: await operations.lstat(path) };
  } catch (failure) {
    return isMissing(failure) ? { stats: undefined } : { failure };
  }
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
    // EINVAL (on Windows UNKNOWN): it is no link (any more).
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
