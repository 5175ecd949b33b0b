/** The one process that writes a transcript: whole lines, a batch in one write, and bad bytes moved aside. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendWhole, openAppendFile } from './appendFile.ts';
import { isMissing, systemFileOperations } from './fileOperations.ts';
import { replaceFile } from './replaceFile.ts';

export interface TranscriptWriter {
  append(lines: readonly string[]): Promise<void>;
  quarantine(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The file is made by the first append: a session in which nothing was said leaves none. */
export function createTranscriptWriter(path: string): TranscriptWriter {
  let opened: Promise<FileHandle> | undefined;
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
        if (lines.length > 0) await appendLines(await openHandle(), lines);
      }),
    quarantine: (bytes) =>
      inOrder(async () => {
        await closeHandle();
        await moveAside(path, bytes);
      }),
    close: () => inOrder(closeHandle),
  };
}

async function appendLines(handle: FileHandle, lines: readonly string[]): Promise<void> {
  const { size } = await handle.stat();
  // A tail that was torn in a crash must not swallow the next line.
  const separator = size === 0 || (await endsLine(handle, size)) ? '' : '\n';
  await appendWhole(handle, new TextEncoder().encode(`${separator}${lines.join('\n')}\n`), size);
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  const last = new Uint8Array(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** First safe in the `.corrupt` file, then out of the transcript. */
async function moveAside(path: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return;
  const aside = await openAppendFile(`${path}.corrupt`);
  try {
    await aside.append(bytes);
    await aside.flush();
  } finally {
    await aside.close();
  }
  const whole = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  const region = whole === undefined ? undefined : findLine(whole, bytes);
  if (whole === undefined || region === undefined) return;
  await replaceFile({
    operations: systemFileOperations,
    platform: process.platform === 'win32' ? 'win32' : 'linux',
    sleep: (ms) => sleep(ms),
    target: path,
    bytes: Buffer.concat([whole.subarray(0, region.start), whole.subarray(region.end)]),
    existing: await lstat(path),
    mode: undefined,
    flushFolder: false,
  });
}

/** Where the bytes stand as a whole line (or several), its newline included: never a part of a good line. */
function findLine(
  whole: Buffer,
  bytes: Uint8Array,
): { readonly start: number; readonly end: number } | undefined {
  const newline = 0x0a;
  for (let from = whole.length; from >= 0; ) {
    const start = whole.lastIndexOf(bytes, from);
    if (start === -1) return undefined;
    const end = start + bytes.length;
    const startsLine = start === 0 || whole[start - 1] === newline;
    if (startsLine && (end === whole.length || bytes.at(-1) === newline)) return { start, end };
    if (startsLine && whole[end] === newline) return { start, end: end + 1 };
    from = start - 1;
  }
  return undefined;
}
