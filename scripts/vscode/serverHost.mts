// Runs tests in the extension host of a VS Code server, through the page that VS Code's own smoke tests use.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from '../run.mjs';
import { browserArgs, ensureBrowser } from './browser.mts';
import type { HostJob } from './hostJob.mts';
import { isolatedEnv } from './isolatedEnv.mts';
import { saveServerLogs } from './saveLogs.mts';
import { type Server, startServer } from './server.mts';
import { quietSettings, trustedSettings } from './settings.mts';

const limitMs = 10 * 60_000;

/** Runs the tests of a job; resolves to whether all passed. Keeps the logs in build/logs/vscode-host when not. */
export async function runInServer(job: HostJob): Promise<boolean> {
  const server = await startServer({
    dataDir: job.profile,
    settings: { ...quietSettings, ...trustedSettings },
    env: { ...(await isolatedEnv(job.profile)), BELAY_TEST_REPORT: job.report },
    testDriver: true,
  });
  const consoleLines: string[] = [];
  try {
    const code = await drive(server, job, consoleLines);
    if (code === 0) return true;
    const logs = join(root, 'build', 'logs', 'vscode-host');
    await saveServerLogs(logs, job.profile);
    await writeFile(join(logs, 'browser.log'), `${consoleLines.join('\n')}\n`);
    return false;
  } finally {
    await server.stop();
  }
}

async function drive(server: Server, job: HostJob, consoleLines: string[]): Promise<number> {
  await mkdir(job.profile, { recursive: true });
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArgs() });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => consoleLines.push(message.text()));
    const ended = new Promise<number>((resolve) => {
      // The workbench calls these when it finds them.
      void page.exposeFunction('codeAutomationLog', () => undefined);
      void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      setTimeout(() => resolve(1), limitMs).unref();
    });
    await page.goto(`${server.folderUrl(job.workspace)}&payload=${encodeURIComponent(payload(server, job))}`);
    return await ended;
  } finally {
    await browser.close();
  }
}

function payload(server: Server, job: HostJob): string {
  const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${path}`;
  return JSON.stringify([
    ['extensionDevelopmentPath', remote(job.extension)],
    ['extensionTestsPath', remote(job.tests)],
  ]);
}
