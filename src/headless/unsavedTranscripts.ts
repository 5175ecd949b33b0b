/** For a session that is not to be kept: old ones can be read and gone on with, nothing is written. */
import type { TranscriptFile, TranscriptReader, TranscriptStore } from '../core/sessions/transcriptStore.ts';

export function createUnsavedTranscripts(saved: TranscriptStore): TranscriptStore {
  const appended = new Map<string, Uint8Array[]>();
  const addedTo = (sessionId: string): Uint8Array[] => {
    const added = appended.get(sessionId) ?? [];
    appended.set(sessionId, added);
    return added;
  };
  const openToRead = async (sessionId: string): Promise<TranscriptReader> =>
    readBehind(await saved.openToRead(sessionId), addedTo(sessionId));
  return {
    ...saved,
    openToRead,
    async open(sessionId) {
      const path = `(not kept: ${sessionId})`;
      return { ...toFile(await openToRead(sessionId), addedTo(sessionId)), path, readOnly: false };
    },
  };
}

function toFile(reader: TranscriptReader, added: Uint8Array[]): Omit<TranscriptFile, 'path'> {
  return {
    ...reader,
    async append(lines) {
      added.push(...lines.map((line) => new TextEncoder().encode(`${line}\n`)));
    },
    // What can't be read stays where it is.
    quarantine: async () => ({ news: 0, removed: false }),
  };
}

/** The saved transcript, and behind it what was added. */
function readBehind(saved: TranscriptReader, added: readonly Uint8Array[]): TranscriptReader {
  /** Bytes of the saved transcript; known once its end was read. What another process adds to it later doesn't count. */
  let size: number | undefined;
  return {
    async read(target, offset) {
      if (size === undefined || offset < size) {
        const wanted = size === undefined ? target.length : Math.min(target.length, size - offset);
        const count = await saved.read(target.subarray(0, wanted), offset);
        if (count > 0) return count;
        size = offset;
      }
      return readAdded(added, target, offset - size);
    },
    close: saved.close,
  };
}

function readAdded(added: readonly Uint8Array[], target: Uint8Array, offset: number): number {
  let start = 0;
  for (const bytes of added) {
    if (offset < start + bytes.length) {
      const piece = bytes.subarray(offset - start, offset - start + target.length);
      target.set(piece);
      return piece.length;
    }
    start += bytes.length;
  }
  return 0;
}
