import { expect, it } from 'vitest';
import { listProcesses, parsePs } from '../../../src/node/processList.ts';

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
  const entries = await listProcesses('linux', 'no such marker');
  expect(entries.find((entry) => entry.pid === process.pid)).toMatchObject({
    parent: process.ppid,
    marked: false,
  });
});
