/** The one process that writes a transcript: whole lines, a batch in one write, and bad bytes moved aside. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendWhole, openAppendFile } from './appendFile.ts';
import { type FileOperations, isMissing, systemFileOperations } from './fileOperations.ts';
import { findRealPath } from './realPath.ts';
import { replaceFile } from './replaceFile.ts';

export interface TranscriptWriter {
  append(lines: readonly string[]): Promise<void>;
  /** As TranscriptFile.quarantine. */
  quarantine(lines: readonly Uint8Array[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * The file is made by the first append: a session in which nothing was said leaves none. `operations`: the system calls by
 * which bad lines are taken out; for tests.
 */
export function createTranscriptWriter(
  path: string,
  operations: FileOperations = systemFileOperations,
): TranscriptWriter {
  let opened: Promise<FileHandle> | undefined;
  /** Size of the file behind the line written last: with this size, it ends with it. */
  let written: number | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <Result>(operation: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(operation);
    queue = result.catch(() => {});
    return result;
  };
  const closeHandle = async (): Promise<void> => {
    const handle = await opened?.catch(() => undefined);
    opened = undefined;
    await handle?.close();
  };
  const openHandle = async (): Promise<FileHandle> => {
    opened ??= open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
  return {
    append: (lines) =>
      inOrder(async () => {
        if (lines.length > 0) written = await appendLines(await openHandle(), { lines, written });
      }),
    quarantine: (lines) =>
      inOrder(async () => {
        await closeHandle();
        written = undefined;
        return moveAside(path, lines, operations);
      }),
    close: () => inOrder(closeHandle),
  };
}

interface Lines {
  readonly lines: readonly string[];
  readonly written: number | undefined;
}

/** Resolves to the size of the file behind them. */
async function appendLines(handle: FileHandle, { lines, written }: Lines): Promise<number> {
  const { size } = await handle.stat();
  // A tail that was torn in a crash must not swallow the next line.
  const isWhole = size === 0 || size === written || (await endsLine(handle, size));
  const bytes = new TextEncoder().encode(`${isWhole ? '' : '\n'}${lines.join('\n')}\n`);
  await appendWhole(handle, bytes, size);
  return size + bytes.length;
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  const last = new Uint8Array(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** First safe in the `.corrupt` file, then out of the transcript. Answers as TranscriptFile.quarantine does. */
async function moveAside(
  path: string,
  lines: readonly Uint8Array[],
  operations: FileOperations,
): Promise<number> {
  const bad = new Map(lines.filter((line) => line.length > 0).map((line) => [toKey(line), line]));
  const kept = await keepAside(`${path}.corrupt`, bad);
  try {
    await takeOut(path, bad, operations);
    return lines.length;
  } catch {
    // They are kept and stepped over whenever the transcript is read; the next opening tries again.
    return kept;
  }
}

/** A line each. Answers how many weren't there yet. */
async function keepAside(path: string, bad: ReadonlyMap<string, Uint8Array>): Promise<number> {
  const before = await readOrEmpty(path);
  const known = new Set(splitLines(before).map(toKey));
  const fresh = [...bad].filter(([key]) => !known.has(key)).map(([, line]) => line);
  if (fresh.length === 0) return 0;
  const newline = Buffer.from('\n');
  // A tail that was torn in a crash must not swallow the next line.
  const separator = before.length === 0 || before.at(-1) === newline[0] ? [] : [newline];
  const aside = await openAppendFile(path);
  try {
    await aside.append(Buffer.concat([...separator, ...fresh.flatMap((line) => [line, newline])]));
    await aside.flush();
  } finally {
    await aside.close();
  }
  return fresh.length;
}

/** Whole lines only, wherever they stand: a line with the same content can't be read either. */
async function takeOut(
  path: string,
  bad: ReadonlyMap<string, Uint8Array>,
  operations: FileOperations,
): Promise<void> {
  const whole = await readOrEmpty(path);
  const lengths = new Set([...bad.values()].map(({ length }) => length));
  const good = splitLines(whole, 'with newlines').filter((line) => {
    const content = line.at(-1) === 0x0a ? line.subarray(0, -1) : line;
    return !lengths.has(content.length) || !bad.has(toKey(content));
  });
  const bytes = Buffer.concat(good);
  if (bytes.length === whole.length) return;
  // The configuration folder, or the transcript itself, may be a link.
  const target = await findRealPath(operations, path);
  await replaceFile({
    operations,
    platform: process.platform === 'win32' ? 'win32' : 'linux',
    sleep: (ms) => sleep(ms),
    target,
    bytes,
    existing: await operations.lstat(target),
    mode: undefined,
    flushFolder: false,
  });
}

async function readOrEmpty(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}

function splitLines(bytes: Buffer, newlines?: 'with newlines'): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    const next = found === -1 ? end : found + 1;
    lines.push(bytes.subarray(start, newlines === undefined ? end : next));
    start = next;
  }
  return lines;
}

/** The same for the same bytes, whatever they are. */
function toKey(line: Uint8Array): string {
  return createHash('sha256').update(line).digest('base64');
}
