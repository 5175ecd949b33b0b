// VS Code calls `run` inside the extension host: the same on a desktop (test-electron) and on a server.

import { writeFile } from 'node:fs/promises';
import suites from 'virtual:suites';
import { runSuites } from './suite.ts';

/** Runs every test of this folder. Rejects when one fails, which is how VS Code learns of it; the lines go to the console
 * and to the file named by BELAY_TEST_REPORT. */
export async function run(): Promise<void> {
  const lines: string[] = [];
  const result = await runSuites(suites, (line) => {
    lines.push(line);
    console.log(line);
  });
  const report = process.env.BELAY_TEST_REPORT;
  if (report !== undefined) {
    const { passed, failures } = result;
    const counts = { finished: true, passed, failed: failures.length, skipped: 0 };
    await writeFile(report, JSON.stringify({ ...counts, failures, lines }));
  }
  if (result.failures.length > 0) throw new Error(`${result.failures.length} tests failed`);
  if (result.passed === 0) throw new Error('there are no tests');
}
