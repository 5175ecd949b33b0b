import type { BlobStore } from './blobStore.ts';
import type { FileVersions } from './checkpoints.ts';
import type { FileState } from './fileState.ts';
import type { History } from './history.ts';
import { selectTargetsBefore } from './targets.ts';

/**
 * What a rewind to the message would take back of this file. When all of it is taken back already: what the agent had made
 * of it. undefined: the agent didn't change it. Throws BlobError.
 */
export async function readVersions(
  { userMessageId, path }: { readonly userMessageId: string; readonly path: string },
  { history, blobs }: { readonly history: History; readonly blobs: BlobStore },
): Promise<FileVersions | undefined> {
  const states = findStates(history, {
    order: history.orderOfMessage(userMessageId),
    key: history.toKey(path),
  });
  if (states === undefined) return undefined;
  return { before: await readState(states.before, blobs), after: await readState(states.after, blobs) };
}

interface States {
  readonly before: FileState;
  readonly after: FileState;
}

function findStates(
  history: History,
  { order, key }: { readonly order: number | undefined; readonly key: string },
): States | undefined {
  if (order === undefined) return undefined;
  const target = selectTargetsBefore(history, order).find((one) => history.toKey(one.history.path) === key);
  if (target !== undefined) return { before: target.to.state, after: target.history.current.state };
  const deltas = history.deltas.filter(
    ({ id, path }) => history.toKey(path) === key && (history.position(`${id}+`)?.order ?? 0) >= order,
  );
  const first = deltas.at(0);
  const last = deltas.at(-1);
  return first === undefined || last === undefined ? undefined : { before: first.before, after: last.after };
}

/** Of a link, where it leads, as git stores it. */
async function readState(state: FileState, blobs: BlobStore): Promise<Uint8Array | null> {
  if (state.kind === 'file') return blobs.get(state.sha256);
  return state.kind === 'symlink' ? new TextEncoder().encode(state.target) : null;
}
