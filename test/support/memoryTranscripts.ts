/** Transcripts in memory, with a switch that makes writing fail. */
import type { TranscriptStore } from '../../src/core/sessions/transcriptStore.ts';

export interface MemoryTranscripts extends TranscriptStore {
  /** The lines of a session as they would stand in its file. */
  lines(sessionId: string): readonly Record<string, unknown>[];
  text(sessionId: string): string;
  setText(sessionId: string, text: string | Uint8Array): void;
  readonly quarantined: Uint8Array[];
  /** While set, appending fails with it. */
  failWith: Error | undefined;
  /** Sessions that another window writes. */
  readonly lockedElsewhere: Set<string>;
}

export function createMemoryTranscripts(): MemoryTranscripts {
  const files = new Map<string, Uint8Array>();
  const trash = new Map<string, Uint8Array>();
  const bytesOf = (sessionId: string): Uint8Array => files.get(sessionId) ?? new Uint8Array();
  const store: MemoryTranscripts = {
    quarantined: [],
    failWith: undefined,
    lockedElsewhere: new Set(),
    text: (sessionId) => new TextDecoder().decode(bytesOf(sessionId)),
    setText: (sessionId, text) => {
      files.set(sessionId, typeof text === 'string' ? new TextEncoder().encode(text) : text);
    },
    lines: (sessionId) =>
      store
        .text(sessionId)
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async open(sessionId) {
      return {
        path: `/memory/${sessionId}.jsonl`,
        readOnly: store.lockedElsewhere.has(sessionId),
        read: async (target, offset) => readFrom(bytesOf(sessionId), target, offset),
        async append(lines) {
          if (store.failWith !== undefined) throw store.failWith;
          store.setText(sessionId, `${store.text(sessionId)}${lines.join('\n')}\n`);
        },
        // As where the transcript can't be rewritten: the lines stay in it.
        async quarantine(ranges) {
          const bad = ranges.map(({ start, end }) => bytesOf(sessionId).slice(start, end));
          const isKnown = (line: Uint8Array) => store.quarantined.some((kept) => isSame(kept, line));
          const news = bad.filter((line) => !isKnown(line));
          store.quarantined.push(...news);
          return { news: news.length, removed: false };
        },
        close: async () => undefined,
      };
    },
    openToRead: async (sessionId) => ({
      read: async (target, offset) => readFrom(bytesOf(sessionId), target, offset),
      close: async () => undefined,
    }),
    list: async () =>
      [...files].map(([sessionId, bytes]) => ({
        sessionId,
        lastModified: 0,
        fileSize: bytes.length,
        ...(store.lockedElsewhere.has(sessionId) ? { isHeld: true as const } : {}),
      })),
    async remove(sessionId) {
      const bytes = files.get(sessionId);
      if (bytes === undefined || store.lockedElsewhere.has(sessionId)) return false;
      trash.set(sessionId, bytes);
      return files.delete(sessionId);
    },
    async restore(sessionId) {
      const bytes = trash.get(sessionId);
      if (bytes === undefined || files.has(sessionId)) return false;
      files.set(sessionId, bytes);
      return trash.delete(sessionId);
    },
    listAllIds: async () => new Set(files.keys()),
    async peek(sessionId, length) {
      const bytes = bytesOf(sessionId);
      return { head: bytes.subarray(0, length), tail: bytes.subarray(Math.max(0, bytes.length - length)) };
    },
  };
  return store;
}

function readFrom(bytes: Uint8Array, target: Uint8Array, offset: number): number {
  const piece = bytes.subarray(offset, offset + target.length);
  target.set(piece);
  return piece.length;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
