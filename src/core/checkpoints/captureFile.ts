import { FileError, type FileStat, type FileSystem } from '../ports.ts';
import type { BlobStore } from './blobStore.ts';
import { absent, type FileState } from './fileState.ts';
import { type PathKey, parentOf } from './paths.ts';
import { toSha256 } from './sha256.ts';

/** What stands at a path right now. */
export interface Capture {
  readonly state: FileState;
  /** Of a file. */
  readonly bytes: Uint8Array | undefined;
}

/** A file of which no copy can be kept is not written by a tool. */
const LARGEST_FILE = 1024 * 1024 * 1024;

export interface CaptureHow {
  /** As it was just now. */
  readonly stat?: FileStat | undefined;
  /** SHA-256, in hexadecimal. */
  readonly nameOf?: NameOf;
}

export type NameOf = (bytes: Uint8Array) => Promise<string>;

/** Links are not followed. Throws FileError: EINVAL for what is no file, link or folder; what the system says. */
export async function captureFile(
  files: FileSystem,
  path: string,
  { nameOf, ...known }: CaptureHow = {},
): Promise<Capture> {
  const stat = known.stat ?? (await files.lstat(path));
  if (stat === undefined) return { state: absent, bytes: undefined };
  switch (stat.kind) {
    case 'directory':
      return { state: { kind: 'directory', mode: stat.mode }, bytes: undefined };
    case 'symlink':
      return { state: { kind: 'symlink', target: await files.readLink(path) }, bytes: undefined };
    case 'other':
      throw new FileError('EINVAL', path, `${path} is neither a file nor a folder.`);
    case 'file': {
      const bytes = await files.readFile(path, { maxBytes: LARGEST_FILE });
      return { state: await toFileState(bytes, stat, nameOf), bytes };
    }
  }
}

export async function toFileState(
  bytes: Uint8Array,
  { mode, nlink = 1 }: { readonly mode: number; readonly nlink?: number | undefined },
  nameOf: NameOf = toSha256,
): Promise<FileState> {
  const links = nlink > 1 ? { nlink } : {};
  return { kind: 'file', sha256: await nameOf(bytes), size: bytes.length, mode, ...links };
}

/** Puts the bytes of a file into the store. Throws FileError, of the store. */
export async function saveContent({ state, bytes }: Capture, blobs: BlobStore): Promise<void> {
  if (state.kind === 'file' && bytes !== undefined) await blobs.put(bytes, state.sha256);
}

/** The folders on the way to `path` that aren't there, outermost first. */
export async function findMissingParents(files: FileSystem, path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  let folder = parentOf(path);
  while ((await files.lstat(folder)) === undefined) {
    missing.unshift(folder);
    const parent = parentOf(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return missing;
}

/** False when a folder on the way has become a link since the path was resolved: writing would end up elsewhere. */
export async function hasRealParents(
  path: string,
  { files, toKey }: { readonly files: FileSystem; readonly toKey: PathKey },
): Promise<boolean> {
  const parent = parentOf(path);
  return toKey(await files.realPath(parent)) === toKey(parent);
}
