/** For a session that is not to be kept: old ones can be read and gone on with, nothing is written. */
import type { TranscriptFile, TranscriptStore } from '../core/sessions/transcriptStore.ts';

export function createUnsavedTranscripts(saved: TranscriptStore): TranscriptStore {
  const appended = new Map<string, string[]>();
  return {
    ...saved,
    async open(sessionId) {
      const lines = appended.get(sessionId) ?? [];
      appended.set(sessionId, lines);
      return { ...openUnsaved(lines, () => readSaved(saved, sessionId)), path: `(not kept: ${sessionId})` };
    },
  };
}

function openUnsaved(
  lines: string[],
  readOld: () => Promise<Uint8Array>,
): Omit<TranscriptFile, 'path'> & { readonly readOnly: boolean } {
  return {
    readOnly: false,
    async read() {
      const added = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
      const old = await readOld();
      const all = new Uint8Array(old.length + added.length);
      all.set(old);
      all.set(added, old.length);
      return all;
    },
    async append(more) {
      lines.push(...more);
    },
    // What can't be read stays where it is.
    quarantine: async () => 0,
    close: async () => undefined,
  };
}

/** A session that isn't on the disk reads as empty, and leaves no trace there by being looked for. */
async function readSaved(saved: TranscriptStore, sessionId: string): Promise<Uint8Array> {
  const isSaved = (await saved.list()).some((entry) => entry.sessionId === sessionId);
  if (!isSaved) return new Uint8Array();
  const file = await saved.open(sessionId);
  try {
    return await file.read();
  } finally {
    await file.close();
  }
}
