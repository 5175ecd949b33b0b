/** Moves lines of a transcript that can't be read into the `.corrupt` file beside it. Works in pieces: both may be large. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendFile } from '../core/ports.ts';
import type { ByteRange, Quarantined } from '../core/sessions/transcriptStore.ts';
import { openAppendFile } from './appendFile.ts';
import { type FileOperations, isMissing } from './fileOperations.ts';
import { findRealPath } from './realPath.ts';
import { replaceFile } from './replaceFile.ts';

const NEWLINE = 0x0a;

/**
 * First safe in the `.corrupt` file, then out of the transcript. Answers as TranscriptFile.quarantine does. `operations`:
 * the system calls by which the lines are taken out.
 */
export async function setLinesAside(
  path: string,
  lines: readonly ByteRange[],
  operations: FileOperations,
): Promise<Quarantined> {
  const source = await open(path, 'r');
  try {
    const kept = await keepAside(source, lines, `${path}.corrupt`);
    try {
      await takeOut(source, lines, { path, operations });
      return { news: lines.length, removed: true };
    } catch {
      // They are kept and stepped over whenever the transcript is read; the next opening tries again.
      return { news: kept, removed: false };
    }
  } finally {
    await source.close();
  }
}

/** A line each. Resolves with how many weren't there yet. */
async function keepAside(source: FileHandle, lines: readonly ByteRange[], path: string): Promise<number> {
  const known = await readKeys(path);
  const aside = await openAppendFile(path);
  let news = 0;
  try {
    for (const line of lines) {
      const key = await digest(readRange(source, line));
      if (known.has(key)) continue;
      known.add(key);
      await appendLine(aside, readRange(source, line));
      news += 1;
    }
    if (news > 0) await aside.flush();
    return news;
  } finally {
    await aside.close();
  }
}

async function appendLine(aside: AppendFile, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  // A tail that was torn in a crash must not swallow the next line.
  const last = aside.size === 0 ? NEWLINE : (await aside.read(aside.size - 1, 1))[0];
  if (last !== NEWLINE) await aside.append(Uint8Array.of(NEWLINE));
  for await (const piece of pieces) await aside.append(piece);
  await aside.append(Uint8Array.of(NEWLINE));
}

/** Of the lines that stand there. */
async function readKeys(path: string): Promise<Set<string>> {
  const keys = new Set<string>();
  let hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) {
      const piece: Buffer = chunk;
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
        keys.add(hash.update(piece.subarray(start, end)).digest('base64'));
        hash = createHash('sha256');
        start = end + 1;
      }
      hash.update(piece.subarray(start));
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  // What stands behind the last newline is a line that was torn, or nothing.
  return keys;
}

async function digest(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('base64');
}

async function takeOut(
  source: FileHandle,
  lines: readonly ByteRange[],
  { path, operations }: { readonly path: string; readonly operations: FileOperations },
): Promise<void> {
  // The configuration folder, or the transcript itself, may be a link.
  const target = await findRealPath(operations, path);
  await replaceFile({
    operations,
    platform: process.platform === 'win32' ? 'win32' : 'linux',
    sleep: (ms) => sleep(ms),
    target,
    bytes: readWithout(source, lines),
    existing: await operations.lstat(target),
    mode: undefined,
    flush: 'content',
  });
}

/** All but these lines and their newlines. */
async function* readWithout(
  source: FileHandle,
  lines: readonly ByteRange[],
): AsyncGenerator<Uint8Array, void> {
  let start = 0;
  for (const line of lines) {
    yield* readRange(source, { start, end: line.start });
    start = line.end + 1;
  }
  yield* readRange(source, { start, end: Number.POSITIVE_INFINITY });
}

const PIECE_BYTES = 1024 * 1024;

/** Up to the end of the file, where the range is longer. A piece is good until the next one is asked for. */
async function* readRange(source: FileHandle, { start, end }: ByteRange): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(Math.max(0, Math.min(PIECE_BYTES, end - start)));
  for (let at = start; at < end; ) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
