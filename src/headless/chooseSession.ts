/** Which session is meant by --resume, --continue, --fork-session and --session-id. */
import { randomUUID } from 'node:crypto';
import { forkTranscript } from '../core/sessions/forkTranscript.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import { StartError } from './exitCodes.ts';
import type { Invocation } from './invocation.ts';

export interface SessionChoice {
  readonly sessionId: string;
  /** There is something to go on with. */
  readonly resume: boolean;
}

type Given = Pick<Invocation, 'resume' | 'continue' | 'fork-session' | 'session-id' | 'resume-session-at'>;

/** Throws StartError when the session isn't there, or the id of a new one is taken. */
export async function chooseSession(given: Given, store: TranscriptStore): Promise<SessionChoice> {
  const known = new Set((await store.list()).map(({ sessionId }) => sessionId));
  const own = given['session-id'];
  if (own !== undefined && known.has(own)) throw new StartError(`Session ID ${own} is already in use.`);
  const old = await findOld(given, store);
  if (old === undefined) return { sessionId: own ?? randomUUID(), resume: false };
  if (!known.has(old)) throw new StartError(`No conversation found with session ID: ${old}`);
  const upTo = given['resume-session-at'];
  if (!given['fork-session'] && upTo === undefined) return { sessionId: old, resume: true };
  const sessionId = given['fork-session'] ? (own ?? randomUUID()) : old;
  const found = await forkTranscript(store, { from: old, to: sessionId, upTo });
  if (!found) throw new StartError(`The session ${old} has no message ${upTo} to go on from.`);
  return { sessionId, resume: true };
}

async function findOld(given: Given, store: TranscriptStore): Promise<string | undefined> {
  if (!given.continue) return given.resume;
  const [newest] = await store.list();
  if (newest === undefined) throw new StartError('No conversation found to continue.');
  return newest.sessionId;
}
