/**
 * What a plan has read, for carrying it out: files that have not changed since need not be read again, and small contents
 * not fetched twice.
 */
import type { FileStat } from '../ports.ts';

export interface SeenFiles {
  /** As the file was just before the plan read it; undefined: it has to be read again. */
  find(path: string): FileStat | undefined;
  content(sha256: string): Uint8Array | undefined;
  noteFile(path: string, seen: { readonly stat: FileStat; readonly at: number }): void;
  noteContent(sha256: string, bytes: Uint8Array): void;
}

/** A file that was written so shortly before could be written again without its times telling. Milliseconds. */
const TICK = 20;
/** Where a file system counts in whole seconds (FAT counts in two). */
const COARSE_TICK = 2_000;
const MOST_BYTES = 256 * 1024 * 1024;

export function createSeenFiles(): SeenFiles {
  const files = new Map<string, FileStat>();
  const contents = new Map<string, Uint8Array>();
  let held = 0;
  return {
    find: (path) => files.get(path),
    content: (sha256) => contents.get(sha256),
    noteFile(path, { stat, at }) {
      if (!isFresh(stat, at)) files.set(path, stat);
    },
    noteContent(sha256, bytes) {
      if (contents.has(sha256) || held + bytes.length > MOST_BYTES) return;
      held += bytes.length;
      contents.set(sha256, bytes);
    },
  };
}

function isFresh({ mtimeMs, ctimeMs }: FileStat, at: number): boolean {
  const age = at - Math.max(mtimeMs, ctimeMs);
  return age < (mtimeMs % 1_000 === 0 ? COARSE_TICK : TICK);
}
