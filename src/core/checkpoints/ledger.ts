/** The journal and what it says, kept in step: what is appended is part of the history as soon as the system has taken it. */
import type { Log } from '../ports.ts';
import { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { JournalRecord, RecordOf } from './journalRecords.ts';
import type { PathKey } from './paths.ts';

export interface LedgerOptions {
  readonly toKey: PathKey;
  readonly log: Log;
  readonly opening: RecordOf<'session'>;
}

export class Ledger {
  readonly history: History;
  readonly #journal: Journal;
  readonly #log: Log;
  /** Says who writes, before the first record of this opening. */
  #opening: readonly JournalRecord[];
  /** What has happened but could not be written: it comes before anything else. */
  #owed: readonly JournalRecord[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(journal: Journal, { toKey, log, opening }: LedgerOptions) {
    this.#journal = journal;
    this.#log = log;
    this.#opening = [opening];
    this.history = new History(toKey);
    for (const record of journal.records) this.history.apply(record);
  }

  /** There is a journal on the disk. */
  get hasWritten(): boolean {
    return this.#opening.length === 0 || this.#journal.records.length > 0;
  }

  /** What is going to happen. Throws FileError when it can't be written: then it must not happen. */
  append(records: readonly JournalRecord[]): Promise<void> {
    return this.#enqueue(async () => {
      await this.#write(records);
      this.#apply(records);
    });
  }

  /** What has happened. Never rejects: what can't be written now is written before the next record, or found out at the next start. */
  note(records: readonly JournalRecord[]): Promise<void> {
    return this.noteAfter(Promise.resolve(), records).written;
  }

  /**
   * The same, but the journal is only told, of this and of all that follows, when `ready` has resolved. `noted`: it is part of the
   * history.
   */
  noteAfter(
    ready: Promise<void>,
    records: readonly JournalRecord[],
  ): { readonly noted: Promise<void>; readonly written: Promise<void> } {
    const noted = this.#enqueue(async () => this.#apply(records));
    const written = this.#enqueue(async () => {
      await ready;
      try {
        await this.#write(records);
      } catch (error) {
        this.#owed = [...this.#owed, ...records];
        this.#log.warn('a checkpoint record could not be written', { error: String(error) });
      }
    });
    return { noted, written };
  }

  async #write(records: readonly JournalRecord[]): Promise<void> {
    await this.#journal.append([...this.#opening, ...this.#owed, ...records]);
    this.#opening = [];
    this.#owed = [];
  }

  #apply(records: readonly JournalRecord[]): void {
    for (const record of records) this.history.apply(record);
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(task);
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** When everything that was asked for so far is part of the history. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  async flush(): Promise<void> {
    await this.idle();
    await this.#journal.flush();
  }

  async close(): Promise<void> {
    await this.idle();
    await this.#journal.close();
  }
}
