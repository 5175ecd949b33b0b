/** Opens the store of a session and sets right what a crash left there, and in the other sessions of the workspace. */
import type { FileSystem } from '../ports.ts';
import type { Recovery } from './checkpoints.ts';
import { recoverSession } from './recover.ts';
import { withRewindLock } from './rewindLock.ts';
import {
  listUnfinished,
  openSessionStore,
  type SessionStore,
  type SessionStoreOptions,
} from './sessionStore.ts';

export interface OpenDeps extends Omit<SessionStoreOptions, 'session'> {
  readonly files: FileSystem;
}

export interface OpenedSession {
  readonly store: SessionStore;
  readonly recovery: Recovery;
}

const nothing: Recovery = { rewinds: [], unknownChanges: [] };

export async function openRecovered(session: string, deps: OpenDeps): Promise<OpenedSession> {
  const store = await openSessionStore({ ...deps, session });
  if (!store.writable || !needsRecovery(store)) return { store, recovery: nothing };
  try {
    const recover = (): Promise<Recovery> => recoverSession({ ...deps, store });
    // Every step is checked against the disk before it is taken, so that it is safer to go on than to leave it half done.
    return { store, recovery: (await withRewindLock(deps, recover)) ?? (await recover()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function needsRecovery({ ledger: { history } }: SessionStore): boolean {
  return (
    history.openRewind !== undefined || history.pending.size > 0 || history.unendedCheckpoints().length > 0
  );
}

/** A tree must not stay half rewound because another session was opened first. `own` is recovered already. */
export async function recoverOtherSessions(own: SessionStore, deps: OpenDeps): Promise<void> {
  for (const session of await listUnfinished(deps)) {
    if (session === own.name) {
      if (own.writable) await own.clearUnfinished();
      continue;
    }
    try {
      await recoverOther(session, deps);
    } catch (error) {
      deps.log.warn('a rewind of another session could not be finished', { session, error: String(error) });
    }
  }
}

async function recoverOther(session: string, deps: OpenDeps): Promise<void> {
  const { store, recovery } = await openRecovered(session, deps);
  if (store.writable) await store.clearUnfinished();
  await store.close();
  if (recovery.rewinds.length > 0) deps.log.info('a rewind of another session was finished', { session });
}
