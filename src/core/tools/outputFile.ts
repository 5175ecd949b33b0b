/** A file of the storage that takes the whole output of a command, which may be far longer than what the model is told. */
import type { AppendFile, Storage } from '../ports.ts';

export interface OutputFile {
  /** Absolute path. */
  readonly path: string;
  /** False when the file could not take all that was written (it is full, or the disk is). */
  readonly complete: boolean;
  /** Makes the file, so that it can be looked into before anything has been written. Never rejects. */
  create(): Promise<void>;
  /** Never rejects: a command goes on though its record can't be kept. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A command that prints without end must not fill the disk. Bytes. */
const maxBytes = 256 * 1024 * 1024;

/** The file is made by the first write, or by `create`. */
export function createOutputFile(storage: Storage, path: readonly string[]): OutputFile {
  const encoder = new TextEncoder();
  let opened: Promise<AppendFile> | undefined;
  let complete = true;
  const open = (): Promise<AppendFile> => {
    opened ??= storage.openAppend(path);
    return opened;
  };
  const append = async (text: string): Promise<void> => {
    const file = await open();
    const bytes = encoder.encode(text);
    if (file.size + bytes.length <= maxBytes) return file.append(bytes);
    complete = false;
    await file.append(encoder.encode('\n[The output goes on, but this file is full.]\n'));
  };
  return {
    path: storage.locate(path),
    get complete() {
      return complete;
    },
    create: async () => {
      await open().catch(() => {
        complete = false;
      });
    },
    write: async (text) => {
      if (!complete || text === '') return;
      try {
        await append(text);
      } catch {
        complete = false;
      }
    },
    close: async () => {
      const file = await opened?.catch(() => undefined);
      await file?.close().catch(() => {});
    },
  };
}
