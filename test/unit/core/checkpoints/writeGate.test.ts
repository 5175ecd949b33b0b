import { describe, expect, test } from 'vitest';
import { createWriteGate } from '../../../../src/core/checkpoints/writeGate.ts';

function createTask(log: string[], name: string) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const task = async (): Promise<void> => {
    log.push(`${name} starts`);
    await ended;
    log.push(`${name} ends`);
  };
  return { task, end };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the write gate', () => {
  test('lets calls write different files side by side, and the same one after the other', async () => {
    const log: string[] = [];
    const gate = createWriteGate();
    const [a1, a2, b] = ['a1', 'a2', 'b'].map((name) => createTask(log, name));
    const all = [
      gate.write('a', a1?.task ?? settle),
      gate.write('a', a2?.task ?? settle),
      gate.write('b', b?.task ?? settle),
    ];
    await settle();
    expect(log).toEqual(['a1 starts', 'b starts']);
    a1?.end();
    await settle();
    expect(log).toEqual(['a1 starts', 'b starts', 'a1 ends', 'a2 starts']);
    a2?.end();
    b?.end();
    await Promise.all(all);
  });

  test('runs a rewind when all writes have ended, and holds those that come later', async () => {
    const log: string[] = [];
    const gate = createWriteGate();
    const [before, alone, after] = ['before', 'alone', 'after'].map((name) => createTask(log, name));
    const all = [
      gate.write('a', before?.task ?? settle),
      gate.alone(alone?.task ?? settle),
      gate.write('b', after?.task ?? settle),
    ];
    await settle();
    before?.end();
    await settle();
    expect(log).toEqual(['before starts', 'before ends', 'alone starts']);
    alone?.end();
    await settle();
    expect(log.slice(3)).toEqual(['alone ends', 'after starts']);
    after?.end();
    await Promise.all(all);
  });

  test('goes on after a task that failed', async () => {
    const gate = createWriteGate();
    await expect(gate.write('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.write('a', async () => 1)).toBe(1);
  });
});
