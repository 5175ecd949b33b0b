import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { findStart, listProcesses, parsePs } from '../../../src/node/processList.ts';

it('reads what ps of macOS prints', () => {
  const text = [
    '    1     0     1 Ss   /sbin/launchd',
    '  501     1   501 S    bash -c sleep 5 PATH=/bin BELAY_CALL_ID=abc HOME=/Users/u',
    '  502   501   501 Z    (sleep)',
    '  503   501   503 S+   sleep 5 BELAY_CALL_ID=other',
    '',
  ].join('\n');
  expect(parsePs(text, 'BELAY_CALL_ID=abc')).toEqual([
    { pid: 1, parent: 0, group: 1, marked: false },
    { pid: 501, parent: 1, group: 501, marked: true },
    { pid: 503, parent: 501, group: 503, marked: false },
  ]);
});

it('finds this process on Linux', async () => {
  const entries = await listProcesses('linux', { marker: 'no such marker' });
  expect(entries.find((entry) => entry.pid === process.pid)).toMatchObject({
    parent: process.ppid,
    marked: false,
  });
});

it('leaves out what was there before on Linux', async () => {
  const child = spawn('sleep', ['30'], { env: { PATH: process.env.PATH, BELAY_CALL_ID: 'younger' } });
  try {
    await new Promise((resolve) => child.once('spawn', resolve));
    const pid = child.pid ?? 0;
    const since = findStart('linux', pid, undefined);
    expect(since?.ticks).toBeGreaterThan(findStart('linux', process.pid, undefined)?.ticks ?? Number.NaN);
    const entries = await listProcesses('linux', { marker: 'BELAY_CALL_ID=younger', since });
    expect(entries.find((entry) => entry.pid === process.pid)).toBeUndefined();
    expect(entries.find((entry) => entry.pid === pid)).toMatchObject({ parent: process.pid, marked: true });
  } finally {
    child.kill();
  }
});
