// The last lines of `npm test`: who reads only those must learn what failed.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { node, root } from '../../scripts/run.mjs';
import type { TestReport } from '../../scripts/testReporter.mjs';
import { describeRuns } from '../../scripts/testSummary.mjs';

const passed: TestReport = { finished: true, passed: 3, failed: 0, skipped: 0, failures: [], running: [] };

test('tests that pass are counted', () => {
  const run = { succeeded: true, errors: 'a warning\n', duration: 12_345 };
  const skipped = { ...passed, skipped: 2 };
  expect(
    describeRuns([
      { ...run, name: 'unit', report: passed },
      { ...run, name: 'e2e', report: skipped },
    ]).split('\n'),
  ).toEqual([
    '✓ unit        3 passed, 0 failed (12 s)',
    '✓ e2e         3 passed, 0 failed, 2 skipped (12 s)',
  ]);
});

test('what failed is named before the counts, whichever kind it was of', () => {
  const failures = [
    { where: 'test/unit/a.test.ts > adds', error: 'Error: it is 3\nat test/unit/a.test.ts:4:2' },
  ];
  const failed = { ...passed, passed: 2, failed: 1, failures };
  const run = { errors: '', duration: 1000 };
  expect(
    describeRuns([
      { ...run, name: 'unit', succeeded: false, report: failed },
      { ...run, name: 'e2e', succeeded: true, report: passed },
    ]).split('\n'),
  ).toEqual([
    '✗ unit: test/unit/a.test.ts > adds',
    '    Error: it is 3',
    '    at test/unit/a.test.ts:4:2',
    '',
    '✗ unit        2 passed, 1 failed (1 s)',
    '✓ e2e         3 passed, 0 failed (1 s)',
  ]);
});

test('of a run that broke off it says what ran, and what the runner said at last', () => {
  const report = { ...passed, finished: false, running: ['test/unit/b.test.ts'] };
  const run = { succeeded: false, duration: 1000 };
  const early = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
  const lines = describeRuns([
    { ...run, name: 'unit', report, errors: `${early}out of memory\n` },
    { ...run, name: 'e2e', report: undefined, errors: 'no browser\n' },
  ]).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    '✗ unit: test/unit/b.test.ts',
    '    was running when all broke off',
    '✗ unit: the runner failed; the last it said:',
  ]);
  expect(lines).not.toContain('    line 5');
  expect(lines.slice(-6)).toEqual([
    '    out of memory',
    '✗ e2e: the runner failed; the last it said:',
    '    no browser',
    '',
    '✗ unit        did not finish; 3 passed, 0 failed until then (1 s)',
    '✗ e2e         did not finish (1 s)',
  ]);
});

test('a run is reported with every test, hook and file that failed, and with what nobody caught', async () => {
  const report = await runFiles({
    'tests.test.ts': `
      import { afterAll, beforeAll, describe, expect, test } from 'vitest';
      test('passes', () => {});
      test.skip('is skipped', () => {});
      describe('group', () => {
        test('compares', () => expect({ a: 1 }).toEqual({ a: 2 }));
        test('throws', () => { throw new TypeError('first\\nsecond', { cause: new Error('below') }); });
      });
      describe('hook', () => {
        beforeAll(() => { throw new Error('before all'); });
        test('never runs', () => {});
      });
      afterAll(() => { throw new Error('after all'); });
    `,
    'broken.test.ts': `import './absent.ts';`,
    'uncaught.test.ts': `
      import { test } from 'vitest';
      test('waits', () => new Promise((resolve) => {
        setTimeout(() => { resolve(); throw new Error('nobody caught it'); }, 1);
      }));
    `,
    'killed.test.ts': `
      import { test } from 'vitest';
      test('ends its process', () => { process.kill(process.pid, 'SIGKILL'); });
    `,
  });
  const failures = report.failures.map(({ where, error }) => `${where}: ${error}`).sort();
  expect(failures).toEqual([
    expect.stringMatching(/^an error nobody caught: .*\nbecause: .*killed\.test\.ts/),
    expect.stringMatching(/^broken\.test\.ts: Error: Cannot find module '\.\/absent\.ts'/),
    'killed.test.ts > ends its process: did not come to an end',
    expect.stringMatching(
      /^tests\.test\.ts > group > compares: .*\n- {3}"a": 2,\n.*at tests\.test\.ts:6:49$/s,
    ),
    'tests.test.ts > group > throws: TypeError: first\nsecond\nat tests.test.ts:7:38\nbecause: Error: below',
    'tests.test.ts > hook: Error: before all\nat tests.test.ts:10:33',
    'tests.test.ts: Error: after all\nat tests.test.ts:13:30',
    'uncaught.test.ts > waits > an error nobody caught: Error: nobody caught it',
  ]);
  expect({ ...report, failures: [] }).toEqual({
    finished: true,
    passed: 2,
    failed: 3,
    skipped: 2,
    failures: [],
    running: [],
  });
});

/** Runs these test files with the reporter, in a folder of their own inside the repository (so that vitest is found). */
async function runFiles(files: Readonly<Record<string, string>>): Promise<TestReport> {
  await mkdir(join(root, 'build'), { recursive: true });
  const folder = await mkdtemp(join(root, 'build', 'reporter-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'vitest.config.mts'), 'export default {};\n');
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const file = join(folder, 'report.json');
  const args = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--root', folder];
  const reporter = `--reporter=${join(root, 'scripts', 'testReporter.mjs')}`;
  const env = { ...process.env, BELAY_TEST_REPORT: file };
  await expect(promisify(execFile)(node, [...args, reporter], { env })).rejects.toThrow();
  return JSON.parse((await readFile(file, 'utf8')).replaceAll(`${folder.slice(root.length + 1)}/`, ''));
}
