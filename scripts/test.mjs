// `npm test`: unit tests, the official Agent SDK on the executable, tests inside a real extension host, and end-to-end tests
// on the packaged extension. All run even when one fails; the last lines say how many tests ran. `npm test -- unit` runs only the named kinds.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

await mkdir(join(root, 'build'), { recursive: true });
const folder = await mkdtemp(join(root, 'build', 'test-'));

/** @type {Record<string, () => Promise<boolean>>} */
const kinds = {
  unit: () => runVitest('unit'),
  conformance: () => runVitest('conformance'),
  vscode: () => run('node', ['scripts/testVscode.mjs'], { env: { BELAY_TEST_REPORT: reportOf('vscode') } }),
  e2e: () => runVitest('e2e'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in kinds));
if (unknown.length > 0)
  throw new Error(`Unknown tests: ${unknown.join(', ')}. There are: ${Object.keys(kinds).join(', ')}`);

/** @type {string[]} */
const summary = [];
try {
  for (const [name, start] of Object.entries(kinds)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n── ${name} ──\n`);
    const started = Date.now();
    const succeeded = await start();
    summary.push(describe(name, succeeded, await readCounts(name), Date.now() - started));
    if (!succeeded) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`\n${summary.join('\n')}\n${process.exitCode === 1 ? 'FAILED' : 'All tests passed.'}\n`);

/** @param {string} project */
function runVitest(project) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(project)}`];
  return run('vitest', ['run', '--project', project, ...reporters]);
}

/** @param {string} name */
function reportOf(name) {
  return join(folder, `${name}.json`);
}

/** @param {string} name
 * @returns {Promise<Counts | undefined>} undefined when the run broke off */
async function readCounts(name) {
  const text = await readFile(reportOf(name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const report = JSON.parse(text);
  if (name === 'vscode') return { passed: report.passed, failed: report.failed, skipped: 0 };
  const skipped = report.numPendingTests + report.numTodoTests;
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
}

/** @param {string} name
 * @param {boolean} succeeded
 * @param {Counts | undefined} counts
 * @param {number} duration in milliseconds */
function describe(name, succeeded, counts, duration) {
  const mark = succeeded ? '✓' : '✗';
  const numbers =
    counts === undefined
      ? 'did not finish'
      : `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`;
  return `${mark} ${name.padEnd(11)} ${numbers} (${Math.round(duration / 1000)} s)`;
}
