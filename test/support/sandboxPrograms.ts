/** Puts in place what the sandbox for commands needs, so that its tests run. Without it they are left out, and say why. */
import { canInstall, installPackages } from '../../scripts/vscode/aptGet.mts';
import { withLock } from '../../scripts/vscode/cache.mts';
import { findMissingPrograms } from '../../src/node/sandboxRequirements.ts';

export default async function installSandboxPrograms(): Promise<void> {
  if (process.platform !== 'linux' || !canInstall()) return;
  await withLock('sandbox', async () => {
    const missing = await findMissingPrograms(process.env.PATH);
    if (missing.length === 0) return;
    try {
      await installPackages(...missing);
    } catch (error) {
      process.stdout.write(`The tests of the sandbox are left out: ${String(error)}\n`);
    }
  });
}
