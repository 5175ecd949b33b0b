/** What the sandbox needs of the machine, and what to do where it is missing. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Platform } from '../core/ports.ts';

export interface Machine {
  readonly platform: Platform;
  /** As Node calls it: `x64`, `arm64`. */
  readonly architecture: string;
  /** Where programs are looked for. */
  readonly path: string | undefined;
  /** As `SandboxPolicy.hostProc`. */
  readonly hostProc: boolean;
}

/** undefined: commands can run in the sandbox. Else what is missing and what to do, for a person. */
export async function findSandboxProblem(machine: Machine): Promise<string | undefined> {
  switch (machine.platform) {
    case 'win32':
      return 'There is no sandbox for commands on Windows. Turn the sandbox off, or work in WSL 2, a container or a virtual machine.';
    case 'darwin':
      return (await isExecutable('/usr/bin/sandbox-exec'))
        ? undefined
        : 'The sandbox needs /usr/bin/sandbox-exec, which macOS brings with it, and it is not there.';
    case 'linux':
      return findLinuxProblem(machine);
    default:
      return machine.platform satisfies never;
  }
}

async function findLinuxProblem({ architecture, path, hostProc }: Machine): Promise<string | undefined> {
  if (architecture !== 'x64' && architecture !== 'arm64')
    return `There is no sandbox for commands on this processor (${architecture}): only on x64 and arm64.`;
  const missing = await findMissingPrograms(path);
  const bwrap = await findProgram('bwrap', path);
  if (bwrap === undefined || missing.length > 0)
    return `The sandbox needs ${missing.join(' and ')}, not found on the PATH. Install it: ${INSTALL}.`;
  const refusal = await tryNamespaces(bwrap, hostProc);
  return refusal === undefined ? undefined : explainRefusal(refusal);
}

/** Of Linux, by the names they are installed under. */
export async function findMissingPrograms(path: string | undefined): Promise<readonly string[]> {
  const found = await Promise.all(['bwrap', 'socat'].map((name) => findProgram(name, path)));
  return ['bubblewrap', 'socat'].filter((_, index) => found[index] === undefined);
}

const INSTALL =
  '`sudo apt-get install bubblewrap socat` on Debian and Ubuntu, `sudo dnf install bubblewrap socat` on Fedora, ' +
  '`sudo pacman -S bubblewrap socat` on Arch';

/** Asks bubblewrap itself, since kernels, distributions and containers each have ways to refuse. undefined: it works. */
async function tryNamespaces(bwrap: string, hostProc: boolean): Promise<string | undefined> {
  const namespaces = ['--unshare-user', '--unshare-pid', '--unshare-net'];
  const proc = hostProc ? ['--bind', '/proc', '/proc'] : ['--proc', '/proc'];
  try {
    const args = ['--ro-bind', '/', '/', '--dev', '/dev', ...namespaces, ...proc, '--', 'true'];
    await promisify(execFile)(bwrap, args, { timeout: 10_000 });
    return undefined;
  } catch (error) {
    const { stderr } = error instanceof Error && 'stderr' in error ? error : { stderr: '' };
    return String(stderr).trim().split('\n', 1)[0] || String(error);
  }
}

async function explainRefusal(refusal: string): Promise<string> {
  const said = `The system does not let bubblewrap make a sandbox (${refusal}).`;
  if (await isOne('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) {
    return `${said} AppArmor restricts user namespaces here, as on Ubuntu since 24.04. Give bwrap a profile of its own that allows \`userns\` (in /etc/apparmor.d), or run \`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\`, which lifts it for all programs.`;
  }
  if (/mount proc/i.test(refusal)) {
    return `${said} A container that can't mount /proc needs the setting \`sandbox.enableWeakerNestedSandbox\`, which makes the sandbox weaker, or more rights for the container.`;
  }
  return `${said} User namespaces must be allowed: see \`kernel.unprivileged_userns_clone\` and \`user.max_user_namespaces\` (sysctl), and the security options of the container.`;
}

async function isOne(path: string): Promise<boolean> {
  return readFile(path, 'utf8').then(
    (text) => text.trim() === '1',
    () => false,
  );
}

/** A relative entry of the PATH would find what a project has planted. */
async function findProgram(name: string, path: string | undefined): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
