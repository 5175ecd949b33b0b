/**
 * A script that starts from code V8 has compiled in an earlier process, which it keeps in a file beside the script.
 *
 * V8 runs such a file as it is, without looking at the script, so it is taken only where whoever could have written it
 * could as well have changed the script, and its name holds everything it depends on.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Script } from 'node:vm';

export interface CachedScript {
  /** What the script is worth. */
  run(): unknown;
  /** Keeps what has been compiled by now, where nothing is kept yet. Does nothing where the folder can't be written to. */
  keepCode(): void;
}

export interface CachedScriptOptions {
  /** Of the script; ASCII. */
  readonly path: string;
  /** Tells this script from all others there have been at this path; undefined: nothing is kept. */
  readonly hash: string | undefined;
  /** Of this user; undefined on Windows, where the folder's own rights say who may write. */
  readonly uid: number | undefined;
}

/** Throws what node:fs throws when the script can't be read, and SyntaxError. */
export function loadCachedScript({ path, hash, uid }: CachedScriptOptions): CachedScript {
  const cache = hash === undefined ? undefined : toCachePath(path, hash);
  const cachedData = cache === undefined ? undefined : readCache(cache, { scriptPath: path, uid });
  // Text of one byte a character is read without decoding, and V8 holds it in half the space.
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  return {
    run: () => script.runInThisContext(),
    keepCode() {
      // What is there but was refused was made with other flags of V8, and whoever made it comes again.
      if (cache !== undefined && cachedData === undefined) writeCache(cache, script.createCachedData());
    },
  };
}

/** V8 checks its version and its flags, but neither the machine nor more than the length of the script. */
function toCachePath(path: string, hash: string): string {
  return `${path}.${hash}-${process.versions.v8}-${process.platform}-${process.arch}.cache`;
}

interface Trust {
  readonly scriptPath: string;
  readonly uid: number | undefined;
}

function readCache(path: string, trust: Trust): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return isTrusted(fstatSync(file), trust) ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** In a folder where everybody may create files, a file of the right name says nothing. */
function isTrusted(found: Stats, { scriptPath, uid }: Trust): boolean {
  if (!found.isFile()) return false;
  if (uid === undefined) return true;
  const isOfTrusted = found.uid === 0 || found.uid === uid || found.uid === statSync(scriptPath).uid;
  return isOfTrusted && (found.mode & 0o022) === 0;
}

/** All of it or nothing, also after a power loss: V8 does not see that a part is missing. */
function writeCache(path: string, data: Buffer): void {
  const temporary = `${path}.${process.pid}`;
  try {
    const file = openSync(temporary, 'wx', 0o644);
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch {
    // Without it the next start takes longer, and that is all.
    removeQuietly(temporary);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It was never there: the folder can't be written to.
  }
}
