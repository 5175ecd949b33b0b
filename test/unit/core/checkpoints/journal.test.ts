import { describe, expect, test } from 'vitest';
import { openJournal } from '../../../../src/core/checkpoints/journal.ts';
import type { JournalRecord } from '../../../../src/core/checkpoints/journalRecords.ts';
import { Faults } from '../../../support/memory/faults.ts';
import { MemoryStorage } from '../../../support/memory/storage.ts';

const folder = ['session'];
const file = ['session', 'journal.bin'];
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const records: readonly JournalRecord[] = [
  { kind: 'message', userMessageId: 'm1' },
  { kind: 'unchanged', checkpoint: 'c', path: '/a \u{1F9D7} \ud800 {}' },
  { kind: 'message', userMessageId: 'm2' },
];

function createFile() {
  const memory = new MemoryStorage();
  const faults = new Faults();
  const storage = faults.wrapStorage(memory);
  const open = (writable = true) => openJournal({ storage, folder, writable, log: silent });
  return { memory, faults, open };
}

describe('the journal', () => {
  test('reads back what was appended, in order', async () => {
    const { open } = createFile();
    const journal = await open();
    await journal.append(records.slice(0, 2));
    await journal.append(records.slice(2));
    await journal.close();
    expect((await open()).records).toEqual(records);
  });

  test('makes no file before there is something to write', async () => {
    const { memory, open } = createFile();
    await (await open()).close();
    expect(memory.paths()).toEqual([]);
  });

  test('cuts a torn tail at every length, and goes on behind what is whole', async () => {
    const { memory, open } = createFile();
    await (await open()).append(records);
    const whole = memory.peek(file);
    for (let length = 0; length < whole.length; length += 1) {
      memory.poke(file, whole.subarray(0, length));
      const journal = await open();
      await journal.append([{ kind: 'message', userMessageId: 'next' }]);
      const { records: read } = await open();
      expect(read).toEqual([...journal.records, { kind: 'message', userMessageId: 'next' }]);
      expect(records.slice(0, journal.records.length)).toEqual(journal.records);
    }
  });

  test('loses at most one record to a flipped bit', async () => {
    const { memory, open } = createFile();
    await (await open()).append(records);
    const whole = memory.peek(file);
    for (let index = 0; index < whole.length; index += 1) {
      const broken = whole.slice();
      broken[index] = (broken[index] ?? 0) ^ (1 << (index % 8));
      memory.poke(file, broken);
      const { records: read } = await open(false);
      expect(read.length).toBeGreaterThanOrEqual(index < 8 ? 3 : 2);
      for (const record of read) expect(records).toContainEqual(record);
    }
  });

  test('steps over records of a later version', async () => {
    const { memory, open } = createFile();
    const { toFrame } = await import('../../../../src/core/checkpoints/journalFrames.ts');
    const journal = await open();
    await journal.append(records.slice(0, 1));
    const later = toFrame({ kind: 'something new', of: 'later' });
    memory.poke(file, Buffer.concat([memory.peek(file), later]));
    const again = await open();
    await again.append(records.slice(2));
    expect((await open()).records).toEqual([records[0], records[2]]);
  });

  test.each(['append', 'truncate'] as const)(
    'stays usable after a failure, also when %s fails again',
    async (second) => {
      const { faults, open } = createFile();
      const journal = await open();
      await journal.append(records.slice(0, 1));
      faults.arm(
        1,
        { kind: 'fail', code: 'ENOSPC', torn: true },
        { lasting: true, only: ['append', second] },
      );
      await expect(journal.append(records.slice(1, 2))).rejects.toMatchObject({ code: 'ENOSPC' });
      faults.disarm();
      await journal.append(records.slice(2));
      faults.arm(1, { kind: 'fail', code: 'ENOSPC', torn: true }, { only: ['append'] });
      await expect(journal.append(records.slice(1, 2))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect((await open()).records).toEqual([records[0], records[2]]);
    },
  );
});
