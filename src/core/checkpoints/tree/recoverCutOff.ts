/**
 * Calls of other sessions that a crash has cut off: what they have changed is recorded for them before anybody looks at the folder,
 * since whoever looks first takes up what was saved of it, and from then on nothing is different any more.
 */
import { type OpenDeps, openRecovered } from '../openRecovered.ts';
import { toFolderName } from '../sessionStore.ts';
import { type CutOffCall, takeCutOff } from './openCalls.ts';
import { type CaptureOptions, openCapture, startTrees } from './openCapture.ts';
import { recoverWatched } from './recoverWatched.ts';

export interface CutOffOptions {
  readonly sessionId: string;
  readonly capture?: CaptureOptions | undefined;
}

/** Of this session itself: the number of the store that holds how everything looked before such a call. Never rejects. */
export async function recoverCutOff(
  { sessionId, capture }: CutOffOptions,
  deps: OpenDeps,
): Promise<number | undefined> {
  if (capture === undefined) return undefined;
  try {
    const found = await takeCutOff(deps);
    const own = await toFolderName(sessionId);
    for (const call of found) if (call.session !== own) await recover(call, { capture, deps });
    return found.find(({ session }) => session === own)?.tree;
  } catch (error) {
    deps.log.warn('calls that were cut off could not be looked after', { error: String(error) });
    return undefined;
  }
}

async function recover(
  { session, tree }: CutOffCall,
  { capture: options, deps }: { readonly capture: CaptureOptions; readonly deps: OpenDeps },
): Promise<void> {
  const { store } = await openRecovered(session, deps);
  try {
    // Where another process has opened it since, that one looks after it.
    if (!store.writable || store.ledger.history.watched.size === 0) return;
    const trees = await startTrees(options, { ...deps, wanted: tree });
    if (trees === undefined) return;
    const { watch } = openCapture(trees, { ...deps, store });
    try {
      await recoverWatched(store, watch);
      deps.log.info('what a call of another session has changed before a crash was recorded', { session });
    } finally {
      await watch.shut();
    }
  } finally {
    await store.close();
  }
}
