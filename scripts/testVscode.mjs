// `npm run test:vscode`: the tests that need VS Code's own API, run inside a real extension host. With VSCODE_PATH set to
// a desktop VS Code they run in that one, else in a server driven by a browser.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './bundle.mjs';
import { bundleHostTests } from './bundleHostTests.mjs';
import { root } from './run.mjs';
import { runInDesktop } from './vscode/desktopHost.mts';
import { createSampleProject } from './vscode/sample.mts';
import { runInServer } from './vscode/serverHost.mts';

await mkdir(join(root, 'build'), { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'belay-host-'));
try {
  await build();
  const tests = await bundleHostTests(join(folder, 'tests'));
  const workspace = await createSampleProject(join(folder, 'trail-notes'));
  const report = process.env.BELAY_TEST_REPORT ?? join(folder, 'report.json');
  const job = { extension: root, tests, workspace, report, profile: join(folder, 'profile') };
  const desktop = process.env.VSCODE_PATH;
  const succeeded = desktop === undefined ? await runInServer(job) : await runInDesktop(job, desktop);
  await printReport(report);
  if (!succeeded) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** @param {string} file */
async function printReport(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    process.stderr.write(
      'The tests in the extension host did not come to an end; see build/logs/vscode-host.\n',
    );
    process.exitCode = 1;
    return;
  }
  const { passed, failed, lines } = JSON.parse(text);
  for (const line of lines) process.stdout.write(`  ${line.replaceAll('\n', '\n    ')}\n`);
  process.stdout.write(`\n Extension host: ${passed} passed, ${failed} failed\n`);
}
