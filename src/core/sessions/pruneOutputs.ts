/**
 * Removes old outputs of commands (`output/<session>` of the storage): those of sessions whose transcript is gone, and those
 * that nobody has written for long. Sessions of all workspaces keep theirs in the one folder.
 */
import type { Clock, Log, Storage } from '../ports.ts';
import type { TranscriptStore } from './transcriptStore.ts';

export interface PruneOutputsOptions {
  readonly storage: Storage;
  readonly transcripts: Pick<TranscriptStore, 'listAllIds'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The session that is being opened: its outputs stay. */
  readonly sessionId: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS = 30 * DAY_MS;
/** A session of another window may have outputs before its transcript can be written (a full disk). */
const KEPT_WITHOUT_TRANSCRIPT_MS = DAY_MS;

/** Never rejects: what can't be removed now is tried again when the next session starts. */
export async function pruneOutputs(options: PruneOutputsOptions): Promise<void> {
  const { storage, transcripts, log, sessionId } = options;
  try {
    const folders = (await storage.list(['output'])).filter(({ name }) => name !== sessionId);
    if (folders.length === 0) return;
    const kept = await transcripts.listAllIds();
    for (const folder of folders) await prune(folder, { ...options, hasTranscript: kept.has(folder.name) });
  } catch (error) {
    log.warn('old outputs of commands could not be looked through', { error: String(error) });
  }
}

async function prune(
  { name, mtimeMs }: { readonly name: string; readonly mtimeMs: number },
  { storage, clock, log, hasTranscript }: PruneOutputsOptions & { readonly hasTranscript: boolean },
): Promise<void> {
  try {
    // The time of the folder is not that of its files: it stays as it is while they grow.
    const files = await storage.list(['output', name]);
    const age = clock.now() - Math.max(mtimeMs, ...files.map((file) => file.mtimeMs));
    if (age < (hasTranscript ? KEPT_MS : KEPT_WITHOUT_TRANSCRIPT_MS)) return;
    await storage.removeFolder(['output', name]);
  } catch (error) {
    log.warn('the outputs of an old session could not be removed', { session: name, error: String(error) });
  }
}
