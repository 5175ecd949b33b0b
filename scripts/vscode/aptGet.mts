// Installs what tests need from Debian's packages, where that is possible without asking.

import { existsSync } from 'node:fs';
import { runQuietly, tail } from './command.mts';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function canInstall(): boolean {
  return isRoot() && existsSync('/usr/bin/apt-get');
}

/** Throws, with what apt-get has said, where it fails. */
export async function installPackages(...names: string[]): Promise<void> {
  process.stdout.write(`Installing ${names.join(' and ')} (apt-get) …\n`);
  await aptGet('update');
  await aptGet('install', '-y', '--no-install-recommends', ...names);
}

async function aptGet(...args: string[]): Promise<void> {
  const { code, output } = await runQuietly('apt-get', args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  if (code !== 0)
    throw new Error(`\`apt-get ${args.join(' ')}\` failed; install it yourself:\n${tail(output)}`);
}
