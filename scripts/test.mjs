// `npm test`: unit tests, the official Agent SDK on the executable, tests inside a real extension host, and end-to-end tests
// on the packaged extension. All run even when one fails; the last lines name what failed and say how many tests ran.
// `npm test -- unit` runs only the named kinds.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from './run.mjs';
import { describeRuns } from './testSummary.mjs';

/** @import { TestReport } from './testReporter.mjs' */
/** @import { KindRun } from './testSummary.mjs' */

await mkdir(join(root, 'build'), { recursive: true });
const folder = await mkdtemp(join(root, 'build', 'test-'));

/** The command that runs the tests of a kind, and writes its report to the file BELAY_TEST_REPORT names.
 * @type {Record<string, [command: string, args: string[]]>} */
const kinds = {
  unit: vitest('unit'),
  conformance: vitest('conformance'),
  vscode: ['node', ['scripts/testVscode.mjs']],
  e2e: vitest('e2e'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in kinds));
if (unknown.length > 0)
  throw new Error(`Unknown tests: ${unknown.join(', ')}. There are: ${Object.keys(kinds).join(', ')}`);

/** @type {KindRun[]} */
const runs = [];
try {
  for (const [name, [command, args]] of Object.entries(kinds)) {
    if (asked.length === 0 || asked.includes(name)) runs.push(await runKind(name, command, args));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const succeeded = runs.every((run) => run.succeeded);
if (!succeeded) process.exitCode = 1;
process.stdout.write(`\n${describeRuns(runs)}\n${succeeded ? 'All tests passed.' : 'FAILED'}\n`);

/** @param {string} project
 * @returns {[command: string, args: string[]]} */
function vitest(project) {
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'testReporter.mjs')}`];
  return ['vitest', ['run', '--project', project, ...reporters]];
}

/** @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<KindRun>} */
async function runKind(name, command, args) {
  process.stdout.write(`\n── ${name} ──\n`);
  const started = Date.now();
  const file = join(folder, `${name}.json`);
  let errors = '';
  const succeeded = await run(command, args, {
    env: { BELAY_TEST_REPORT: file },
    onErrors: (text) => {
      errors += text;
    },
  });
  return { name, succeeded, report: await readReport(file), errors, duration: Date.now() - started };
}

/** @param {string} file
 * @returns {Promise<TestReport | undefined>} undefined when the run broke off before there was one */
async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
