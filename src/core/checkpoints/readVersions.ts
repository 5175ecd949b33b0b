/** Contents of one file, for looking at. */
import type { BlobStore } from './blobStore.ts';
import type { FileVersion, FileVersions, RewindPoint, VersionsQuery } from './checkpoints.ts';
import type { FileState } from './fileState.ts';
import type { History } from './history.ts';
import { selectTargets } from './targets.ts';

export interface Records {
  readonly history: History;
  readonly blobs: BlobStore;
}

/**
 * `since`: what a rewind to this point would take back of this file; when all of it is taken back already, what the agent had
 * made of it. undefined: the agent didn't change it. Throws BlobError.
 */
export async function readVersions(
  query: VersionsQuery,
  { history, blobs }: Records,
): Promise<FileVersions | undefined> {
  const key = history.toKey(query.path);
  const states =
    query.scope === 'alone' ? findAlone(query, { history, key }) : findSince(query, { history, key });
  if (states === undefined) return undefined;
  return { before: await readVersion(states.before, blobs), after: await readVersion(states.after, blobs) };
}

interface States {
  readonly before: FileState;
  readonly after: FileState;
}

interface Within {
  readonly history: History;
  readonly key: string;
}

function findSince(point: RewindPoint, { history, key }: Within): States | undefined {
  const selection = selectTargets(history, point);
  if (selection === undefined) return undefined;
  const target = selection.targets.find((one) => history.toKey(one.history.path) === key);
  if (target !== undefined) return { before: target.to.state, after: target.history.current.state };
  const deltas = history.deltas.filter(
    ({ id, path }) =>
      history.toKey(path) === key && (history.position(`${id}+`)?.order ?? 0) >= selection.order,
  );
  return spanOf(deltas);
}

function findAlone(point: RewindPoint, { history, key }: Within): States | undefined {
  const ids = history.checkpointsAt(point);
  const changes = ids.flatMap((id) => history.changesOf(id));
  return spanOf(changes.filter(({ path }) => history.toKey(path) === key));
}

function spanOf(changes: readonly States[]): States | undefined {
  const [first, last] = [changes.at(0), changes.at(-1)];
  return first === undefined || last === undefined ? undefined : { before: first.before, after: last.after };
}

async function readVersion(state: FileState, blobs: BlobStore): Promise<FileVersion | null> {
  const bytes = await readState(state, blobs);
  switch (state.kind) {
    case 'file':
      return { bytes, id: state.sha256 };
    case 'symlink':
      return { bytes, id: `-> ${state.target}` };
    case 'unkept':
      // What only moves a file leaves both as they are.
      return { bytes, id: `${state.size} of ${state.mtimeMs}` };
    default:
      return null;
  }
}

/** Of a link, where it leads, as git stores it. */
export async function readState(state: FileState, blobs: BlobStore): Promise<Uint8Array | null> {
  if (state.kind === 'file') return blobs.get(state.sha256);
  return state.kind === 'symlink' ? new TextEncoder().encode(state.target) : null;
}
