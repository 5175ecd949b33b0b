/** The one process that writes a transcript: whole lines, a batch in one write, and bad bytes moved aside. */
import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteRange, Quarantined } from '../core/sessions/transcriptStore.ts';
import { appendWhole } from './appendFile.ts';
import { type FileOperations, systemFileOperations } from './fileOperations.ts';
import { createOpenOnce } from './openOnce.ts';
import { setLinesAside } from './setLinesAside.ts';

export interface TranscriptWriter {
  append(lines: readonly string[]): Promise<void>;
  /** As TranscriptFile.quarantine. */
  quarantine(lines: readonly ByteRange[]): Promise<Quarantined>;
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
  const file = createOpenOnce(() =>
    open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600),
  );
  /** Size of the file behind the line written last: with this size, it ends with it. */
  let written: number | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <Result>(operation: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(operation);
    queue = result.catch(() => {});
    return result;
  };
  const close = async (): Promise<void> => {
    await (await file.take())?.close();
  };
  return {
    append: (lines) =>
      inOrder(async () => {
        if (lines.length > 0) written = await appendLines(await file.open(), { lines, written });
      }),
    quarantine: (lines) =>
      inOrder(async () => {
        await close();
        written = undefined;
        return setLinesAside(path, lines, operations);
      }),
    close: () => inOrder(close),
  };
}

interface Lines {
  readonly lines: readonly string[];
  readonly written: number | undefined;
}

/** Resolves to the size of the file behind them. */
async function appendLines(handle: FileHandle, { lines, written }: Lines): Promise<number> {
  // Of an open file the system knows it without looking anywhere, sooner than another thread could be asked to ask.
  const { size } = fstatSync(handle.fd);
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
