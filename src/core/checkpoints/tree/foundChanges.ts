/** From what a scan has seen to what the journal says: every content that matters lies in the session's own store then. */
import type { BlobStore } from '../blobStore.ts';
import { absent, type FileState } from '../fileState.ts';
import type { StateChange } from '../summarize.ts';
import type { SeenChange, SeenState, TreeScanner } from './treeScanner.ts';

export interface FoundDeps {
  readonly scanner: Pick<TreeScanner, 'readGit'>;
  /** Where the bytes of files lie that were found earlier. */
  readonly tree: Pick<BlobStore, 'get'>;
  readonly session: Pick<BlobStore, 'get' | 'putAll' | 'has' | 'nameOf'>;
}

type SeenFile = Extract<SeenState, { kind: 'file' }>;

/** A state whose bytes can't be had any more is told of as one without. Throws FileError, of the store. */
export async function toStateChanges(
  changes: readonly SeenChange[],
  deps: FoundDeps,
): Promise<readonly StateChange[]> {
  const found: StateChange[] = [];
  for (const part of toParts(changes)) found.push(...(await toPart(part, deps)));
  return found;
}

/** Side by side, and into the store in one piece. */
async function toPart(changes: readonly SeenChange[], deps: FoundDeps): Promise<readonly StateChange[]> {
  const keeping: Keeping = { objects: await readObjects(changes, deps.scanner), missing: [], deps };
  const found = await Promise.all(
    changes.map(async ({ path, before, after }) => ({
      path,
      before: await toFileState(before, keeping),
      after: await toFileState(after, keeping),
    })),
  );
  await deps.session.putAll(keeping.missing);
  return found;
}

interface Keeping {
  readonly objects: Objects;
  /** Contents that the session has not; is added to. */
  readonly missing: Uint8Array[];
  readonly deps: FoundDeps;
}

/** Bytes of files that are held at once. */
const MOST_HELD = 32 * 1024 * 1024;

function toParts(changes: readonly SeenChange[]): readonly (readonly SeenChange[])[] {
  const parts: SeenChange[][] = [[]];
  let held = 0;
  for (const change of changes) {
    const size = bytesOf(change.before) + bytesOf(change.after);
    if (held > 0 && held + size > MOST_HELD) {
      parts.push([]);
      held = 0;
    }
    parts.at(-1)?.push(change);
    held += size;
  }
  return parts;
}

function bytesOf(state: SeenState): number {
  return state.kind === 'file' ? state.size : 0;
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

async function toFileState(state: SeenState, keeping: Keeping): Promise<FileState> {
  switch (state.kind) {
    case 'absent':
      return absent;
    case 'directory':
    case 'symlink':
      return state;
    case 'file':
      return keepFile(state, keeping);
  }
}

async function keepFile(file: SeenFile, { objects, missing, deps }: Keeping): Promise<FileState> {
  const { tree, session } = deps;
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
        missing.push(bytes);
      }
      return { kind: 'file', sha256, size, mode, ...links };
    }
    case 'git': {
      const bytes = objects.get(content.oid);
      if (bytes === undefined || bytes.length !== size) return without;
      missing.push(bytes);
      return { kind: 'file', sha256: await session.nameOf(bytes), size, mode, ...links };
    }
  }
}
