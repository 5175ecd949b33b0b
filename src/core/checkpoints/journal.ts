/**
 * The journal of one session on the disk: only appended to, by one process. Frames that can't be read are counted and
 * stepped over; a torn tail is cut.
 */
import type { AppendFile, Log, Storage } from '../ports.ts';
import { journalSignature, scanFrames, toFrame } from './journalFrames.ts';
import { type JournalRecord, journalRecord } from './journalRecords.ts';

export interface JournalOptions {
  readonly storage: Storage;
  readonly folder: readonly string[];
  /** False: another process writes here; nothing is appended and no torn tail cut. */
  readonly writable: boolean;
  readonly log: Log;
}

export interface Journal {
  /** What was read when it was opened, oldest first. */
  readonly records: readonly JournalRecord[];
  /** All of them or none. Throws FileError (ENOSPC, …); the journal stays usable. On the disk after the next `flush`. */
  append(records: readonly JournalRecord[]): Promise<void>;
  flush(): Promise<void>;
  /**
   * Only these records stay, of those that were read. All or nothing; nothing may have been appended yet. Throws FileError.
   */
  replace(records: readonly JournalRecord[]): Promise<void>;
  close(): Promise<void>;
}

export const journalName = 'journal.bin';

export async function openJournal(options: JournalOptions): Promise<Journal> {
  const exists = (await options.storage.list(options.folder)).some(({ name }) => name === journalName);
  const file = exists ? await openFile(options) : undefined;
  try {
    const { records, size } = file === undefined ? { records: [], size: 0 } : await load(file, options);
    return new AppendedJournal(options, { file, records, size });
  } catch (error) {
    await file?.close();
    throw error;
  }
}

function openFile({ storage, folder }: JournalOptions): Promise<AppendFile> {
  return storage.openAppend([...folder, journalName]);
}

async function load(
  file: AppendFile,
  { writable, log }: JournalOptions,
): Promise<{ readonly records: JournalRecord[]; readonly size: number }> {
  const { values, end, gaps } = scanFrames(await file.read(0, file.size));
  if (gaps > 0) log.warn('a checkpoint journal has unreadable places', { gaps });
  if (end < file.size) {
    log.warn('a checkpoint journal ends in the middle of a record', { bytes: file.size - end });
    if (writable) await file.truncate(end);
  }
  const records = values.flatMap((value) => {
    const parsed = journalRecord.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
  if (records.length < values.length) {
    log.warn('a checkpoint journal has records of another version', {
      count: values.length - records.length,
    });
  }
  return { records, size: end };
}

interface Opened {
  readonly file: AppendFile | undefined;
  readonly records: readonly JournalRecord[];
  readonly size: number;
}

class AppendedJournal implements Journal {
  records: readonly JournalRecord[];
  readonly #options: JournalOptions;
  #file: AppendFile | undefined;
  /** Bytes that are known to be whole. */
  #size: number;

  constructor(options: JournalOptions, { file, records, size }: Opened) {
    this.#options = options;
    this.#file = file;
    this.records = records;
    this.#size = size;
  }

  async append(records: readonly JournalRecord[]): Promise<void> {
    const signature = this.#size === 0 ? [journalSignature] : [];
    const bytes = concatenate([...signature, ...records.map(toFrame)]);
    this.#file ??= await openFile(this.#options);
    try {
      // Also when an earlier attempt could not be cut off.
      if (this.#file.size !== this.#size) await this.#file.truncate(this.#size);
      await this.#file.append(bytes);
    } catch (error) {
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size += bytes.length;
  }

  async flush(): Promise<void> {
    await this.#file?.flush();
  }

  async replace(records: readonly JournalRecord[]): Promise<void> {
    const { storage, folder } = this.#options;
    const bytes = concatenate([journalSignature, ...records.map(toFrame)]);
    await storage.writeFile([...folder, journalName], bytes);
    // What is open is the file that was there before.
    await this.#file?.close();
    this.#file = undefined;
    this.records = records;
    this.#size = bytes.length;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
