// Runs tests in the extension host of a desktop VS Code that is installed here. Nothing is downloaded.

import { runTests } from '@vscode/test-electron';
import type { HostJob } from './hostJob.mts';
import { isolatedEnv } from './isolatedEnv.mts';
import { writeSettings } from './server.mts';
import { quietSettings, trustedSettings } from './settings.mts';

/** Runs the tests of a job in the VS Code at `executable`; resolves to whether all passed. */
export async function runInDesktop(job: HostJob, executable: string): Promise<boolean> {
  const userData = `${job.profile}/user-data`;
  await writeSettings(userData, { ...quietSettings, ...trustedSettings });
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: job.extension,
      extensionTestsPath: job.tests,
      extensionTestsEnv: { ...(await isolatedEnv(job.profile)), BELAY_TEST_REPORT: job.report },
      launchArgs: [
        job.workspace,
        '--user-data-dir',
        userData,
        '--disable-extensions',
        '--disable-workspace-trust',
      ],
    });
    return true;
  } catch {
    // VS Code has printed what failed, and the report has it.
    return false;
  }
}
