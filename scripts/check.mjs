// `npm run check`: everything a machine can say about the sources without running them. Every step runs even when an
// earlier one failed, so that one run shows all there is to mend. `npm run check -- types` runs only the named steps.

import { existsSync, readdirSync } from 'node:fs';
import { run } from './run.mjs';

const programs = ['.', 'src', 'src/node', 'src/vscode', 'webview', 'test'];

/** @type {Record<string, () => Promise<boolean>>} */
const steps = {
  lint: () => run('biome', ['check', '--error-on-warnings']),
  types: checkTypes,
  browser: () => run('node', ['scripts/checkBrowser.mjs']),
  boundaries: () =>
    run('vitest', ['run', '--project', 'unit', 'test/unit/boundaries.test.ts', '--reporter=dot']),
  unused: () => run('knip', ['--no-progress', '--no-config-hints']),
};

async function checkTypes() {
  let passed = true;
  for (const program of programs) {
    if (!hasSources(program)) continue;
    process.stdout.write(`  ${program}\n`);
    if (!(await run('tsc', ['-p', `${program}/tsconfig.json`]))) passed = false;
  }
  return passed;
}

/** A room that is still empty is no error; tsc would call it one.
 * @param {string} folder */
function hasSources(folder) {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((file) => /\.tsx?$/.test(String(file)))
  );
}

const asked = process.argv.slice(2);
const failed = [];
for (const [name, step] of Object.entries(steps)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`check: ${name}\n`);
  if (!(await step())) failed.push(name);
}
if (failed.length > 0) {
  process.stderr.write(`check: failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write('check: all passed\n');
}
