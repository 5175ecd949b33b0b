/** Policies for tests of the sandbox, and whether this machine has one. */
import type { SandboxPolicy } from '../../../src/core/ports.ts';
import { findSandboxProblem } from '../../../src/node/sandboxRequirements.ts';

export type PolicyChanges = Partial<Omit<SandboxPolicy, 'network'>> & {
  readonly network?: Partial<SandboxPolicy['network']>;
};

/** Nothing may be written and nothing reached, but for what `changes` say. */
export function buildPolicy({ network, ...changes }: PolicyChanges = {}): SandboxPolicy {
  return {
    write: [],
    denyWrite: [],
    denyRead: [],
    denyReadPatterns: [],
    allowRead: [],
    dropEnvironment: [],
    hostProc: false,
    ...changes,
    network: {
      allowedDomains: [],
      deniedDomains: [],
      unixSockets: [],
      allUnixSockets: false,
      localBinding: false,
      ...network,
    },
  };
}

/** Why tests of the sandbox are left out here; undefined: they run. */
export const sandboxProblem: string | undefined =
  process.platform === 'linux'
    ? await findSandboxProblem({
        platform: 'linux',
        architecture: process.arch,
        path: process.env.PATH,
        hostProc: false,
      })
    : 'These tests are written for bubblewrap on Linux.';
