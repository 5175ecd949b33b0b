import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { findLowestYounger, isNewest, readNumbering } from '../../../src/node/processNumbers.ts';

const now = { last: 1200, forks: 50_000, highest: 32_768 };

it.each([
  ['no round has begun', { pid: 1000, forks: 49_000 }, now, 1000],
  ['nothing was started', { pid: 1200, forks: 50_000 }, now, 1200],
  ['the numbers have begun again', { pid: 30_000, forks: 49_000 }, now, 0],
  ['there may have been a whole round', { pid: 1000, forks: 40_000 }, now, 0],
  ['the system said nothing then', { pid: 1000, forks: undefined }, now, 0],
  ['the system says nothing now', { pid: 1000, forks: 49_000 }, undefined, 0],
])('tells what is younger when %s', (_, process, numbering, expected) => {
  expect(findLowestYounger(process, numbering)).toBe(expected);
});

it.each([
  ['itself alone', 50_000, 50_001, true],
  ['another one, too', 50_000, 50_002, false],
  ['nothing, since the system does not count', 0, 0, false],
  ['nobody knows what', undefined, 50_001, false],
  ['nobody knows what any more', 50_000, undefined, false],
])('tells that a process has left nothing when there was started %s', (_, before, after, expected) => {
  expect(isNewest(before, after)).toBe(expected);
});

it.runIf(process.platform === 'linux')('reads how Linux numbers', async () => {
  const before = readNumbering();
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  const after = readNumbering();
  expect(before).toBeDefined();
  expect(after?.forks).toBeGreaterThan(before?.forks ?? Number.NaN);
  expect(after?.highest).toBe(before?.highest);
  expect(after?.last).toBeLessThan(after?.highest ?? Number.NaN);
  const lowest = findLowestYounger({ pid: child.pid ?? 0, forks: before?.forks }, after);
  expect([0, child.pid]).toContain(lowest);
});
