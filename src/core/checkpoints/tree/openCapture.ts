/** Looks after the folders of a workspace for one session. */
import {
  type ByteWork,
  type Clock,
  FileError,
  type FileSystem,
  type Log,
  type Storage,
} from '../../ports.ts';
import { captureFile, saveContent } from '../captureFile.ts';
import type { CaptureState } from '../checkpoints.ts';
import type { FileState } from '../fileState.ts';
import { isInside, type PathKey } from '../paths.ts';
import type { SessionStore } from '../sessionStore.ts';
import { toSha256 } from '../sha256.ts';
import { createOpenCalls } from './openCalls.ts';
import { Tree } from './tree.ts';
import type { TreeScanners } from './treeScanner.ts';
import type { TreeStoreOptions } from './treeStore.ts';
import { TreeWatch, type TreeWatchDeps } from './treeWatch.ts';

export interface CaptureOptions extends Partial<Pick<TreeWatchDeps, 'takeSaves'>> {
  readonly scanners: TreeScanners;
  /** Whether git may be asked in these folders. */
  readonly trusted: boolean;
}

export interface Capture {
  readonly watch: TreeWatch;
  beginTurn(): void;
  endTurn(): Promise<void>;
  states(): readonly CaptureState[];
  listen(listener: (state: CaptureState) => void): void;
}

export interface CaptureDeps {
  readonly files: FileSystem;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly toKey: PathKey;
  readonly roots: readonly string[];
  readonly store: SessionStore;
  readonly byteWork?: Partial<ByteWork> | undefined;
}

/** Folders that are made ready to be looked at. To be closed, or handed to `openCapture`. */
export interface StartedTrees {
  readonly trees: readonly Tree[];
  readonly listeners: ((state: CaptureState) => void)[];
  readonly takeSaves: TreeWatchDeps['takeSaves'];
  close(): Promise<void>;
}

/** undefined: nobody looks. */
export async function startTrees(
  options: CaptureOptions | undefined,
  deps: Omit<CaptureDeps, 'store'> & Pick<TreeStoreOptions, 'wanted'>,
): Promise<StartedTrees | undefined> {
  if (options === undefined) return undefined;
  const { scanners, trusted, takeSaves = async () => [] } = options;
  const listeners: ((state: CaptureState) => void)[] = [];
  const { storage, log, byteWork, wanted, toKey } = deps;
  const roots = await realRoots(deps);
  const folders = await Promise.all(roots.map((root) => toFolder(root, deps)));
  const trees = roots.map((root, index) => {
    const except = roots.filter((other) => isInside(other, root));
    const folder = folders[index] ?? [];
    const onState = (state: CaptureState['state']): void => {
      for (const listener of listeners) listener({ root, state });
    };
    const place = { root, except, trusted, toKey, folder };
    return new Tree({ ...place, scanners, storage, log, byteWork, wanted, onState });
  });
  for (const tree of trees) tree.start();
  const close = async (): Promise<void> => {
    await Promise.all(trees.map((tree) => tree.close()));
  };
  return { trees, listeners, takeSaves, close };
}

export function openCapture({ trees, listeners, takeSaves }: StartedTrees, deps: CaptureDeps): Capture {
  const { clock, log, storage, store } = deps;
  const calls = trees.map(({ folder }) => createOpenCalls({ storage, log, folder, session: store.name }));
  // Others know from now on that somebody looks.
  for (const one of calls) void one.isAlone();
  let isTurnRunning = false;
  const watch = new TreeWatch({
    ...{ trees, calls, clock, log, takeSaves },
    stateOf: (path) => readState(path, deps),
    isTurnRunning: () => isTurnRunning,
    history: () => store.ledger.history,
    blobs: () => store.blobs,
  });
  return {
    watch,
    beginTurn: () => {
      isTurnRunning = true;
      watch.warmUp();
    },
    endTurn: async () => {
      await watch.catchUp();
      isTurnRunning = false;
    },
    states: () => trees.map(({ root, state }) => ({ root, state })),
    listen: (listener) => void listeners.push(listener),
  };
}

async function readState(path: string, { files, store }: CaptureDeps): Promise<FileState | undefined> {
  try {
    const capture = await captureFile(files, path);
    await saveContent(capture, store.blobs);
    return capture.state;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

/** Each once. */
async function realRoots({
  files,
  roots,
  toKey,
}: Pick<CaptureDeps, 'files' | 'roots' | 'toKey'>): Promise<readonly string[]> {
  const real = await Promise.all(roots.map((root) => files.realPath(root)));
  return [...new Map(real.map((root) => [toKey(root), root])).values()];
}

async function toFolder(root: string, { toKey }: Pick<CaptureDeps, 'toKey'>): Promise<readonly string[]> {
  const name = await toSha256(new TextEncoder().encode(toKey(root)));
  return ['checkpoints', name.slice(0, 16)];
}
