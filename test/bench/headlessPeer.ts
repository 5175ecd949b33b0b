// The official CLI, from the npm registry into the ignored cache: something to measure against, never a part of the product.

import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, withLock } from '../../scripts/vscode/cache.mts';
import { runQuietly, tail } from '../../scripts/vscode/command.mts';

const version = '0.3.329';

/** Resolves to its executable, absolute. Fetched once per machine (170 MB). */
export async function installPeer(): Promise<string> {
  const name = `claude-agent-sdk-${process.platform}-${process.arch}-${version}`;
  const folder = join(cacheFolder(), name);
  const executable = join(folder, 'claude');
  if (await exists(executable)) return executable;
  await withLock(name, async () => {
    if (!(await exists(executable))) await fetchInto(folder);
  });
  return executable;
}

async function fetchInto(folder: string): Promise<void> {
  const unpacking = `${folder}.unpacking`;
  await rm(unpacking, { recursive: true, force: true });
  await mkdir(unpacking, { recursive: true });
  const spec = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}@${version}`;
  await mustRun('npm', ['pack', spec, '--silent'], unpacking);
  const tarball = `anthropic-ai-claude-agent-sdk-${process.platform}-${process.arch}-${version}.tgz`;
  await mustRun('tar', ['xzf', tarball, '--strip-components=1'], unpacking);
  await rm(join(unpacking, tarball));
  await rename(unpacking, folder);
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await runQuietly(command, [...args], { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${tail(output)}`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
