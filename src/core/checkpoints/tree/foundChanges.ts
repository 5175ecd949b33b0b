/** From what a scan has seen to what the journal says: every content that matters lies in the session's own store then. */
import type { BlobStore } from '../blobStore.ts';
import { absent, type FileState } from '../fileState.ts';
import type { StateChange } from '../summarize.ts';
import type { SeenChange, SeenState, TreeScanner } from './treeScanner.ts';

export interface FoundDeps {
  readonly scanner: Pick<TreeScanner, 'readGit'>;
  /** Where the bytes of files lie that were found earlier. */
  readonly tree: Pick<BlobStore, 'get'>;
  readonly session: Pick<BlobStore, 'get' | 'put' | 'has'>;
}

type SeenFile = Extract<SeenState, { kind: 'file' }>;

/** A state whose bytes can't be had any more is told of as one without. Throws FileError, of the store. */
export async function toStateChanges(
  changes: readonly SeenChange[],
  deps: FoundDeps,
): Promise<readonly StateChange[]> {
  const found: StateChange[] = [];
  for (const part of toParts(changes)) {
    const objects = await readObjects(part, deps.scanner);
    for (const { path, before, after } of part) {
      const from = await toFileState(before, objects, deps);
      const to = await toFileState(after, objects, deps);
      found.push({ path, before: from, after: to });
    }
  }
  return found;
}

/** Bytes of git objects that are held at once. */
const MOST_HELD = 32 * 1024 * 1024;

function toParts(changes: readonly SeenChange[]): readonly (readonly SeenChange[])[] {
  const parts: SeenChange[][] = [[]];
  let held = 0;
  for (const change of changes) {
    const size = gitBytesOf(change.before) + gitBytesOf(change.after);
    if (held > 0 && held + size > MOST_HELD) {
      parts.push([]);
      held = 0;
    }
    parts.at(-1)?.push(change);
    held += size;
  }
  return parts;
}

function gitBytesOf(state: SeenState): number {
  return state.kind === 'file' && state.content.kind === 'git' ? state.size : 0;
}

type Objects = ReadonlyMap<string, Uint8Array>;

async function readObjects(
  changes: readonly SeenChange[],
  scanner: Pick<TreeScanner, 'readGit'>,
): Promise<Objects> {
  const wanted = new Map<string, string[]>();
  for (const state of changes.flatMap(({ before, after }) => [before, after])) {
    if (state.kind !== 'file' || state.content.kind !== 'git') continue;
    const { repository, oid } = state.content;
    const oids = wanted.get(repository) ?? [];
    oids.push(oid);
    wanted.set(repository, oids);
  }
  const objects = new Map<string, Uint8Array>();
  for (const [repository, oids] of wanted)
    for (const [oid, bytes] of await scanner.readGit(repository, oids)) objects.set(oid, bytes);
  return objects;
}

async function toFileState(state: SeenState, objects: Objects, deps: FoundDeps): Promise<FileState> {
  switch (state.kind) {
    case 'absent':
      return absent;
    case 'directory':
    case 'symlink':
      return state;
    case 'file':
      return keepFile(state, objects, deps);
  }
}

async function keepFile(file: SeenFile, objects: Objects, { tree, session }: FoundDeps): Promise<FileState> {
  const { content, mode, size, nlink, mtimeMs } = file;
  const without: FileState = { kind: 'unkept', size, mode, mtimeMs };
  const links = nlink > 1 ? { nlink } : {};
  switch (content.kind) {
    case 'none':
      return without;
    case 'sha256': {
      const { sha256 } = content;
      if (!session.has(sha256)) {
        const bytes = await tree.get(sha256).catch(() => undefined);
        if (bytes === undefined) return without;
        await session.put(bytes, sha256);
      }
      return { kind: 'file', sha256, size, mode, ...links };
    }
    case 'git': {
      const bytes = objects.get(content.oid);
      if (bytes === undefined || bytes.length !== size) return without;
      return { kind: 'file', sha256: await session.put(bytes), size, mode, ...links };
    }
  }
}
