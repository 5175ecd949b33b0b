/** The processes of this machine, with a ripgrep: that of the PATH, else the one that VS Code ships. */
import { installServer } from '../../scripts/vscode/installServer.mts';
import { ripgrepCandidates } from '../../src/node/findRipgrep.ts';
import { createNodeProcesses } from '../../src/node/processes.ts';

type NodeProcesses = ReturnType<typeof createNodeProcesses>;

let created: Promise<NodeProcesses> | undefined;

/** Made once; the first call may download VS Code (up to five minutes). */
export function createTestProcesses(): Promise<NodeProcesses> {
  created ??= create();
  return created;
}

async function create(): Promise<NodeProcesses> {
  const plain = createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] });
  if ((await plain.ripgrep()) !== undefined) return plain;
  const { appRoot } = await installServer();
  const candidates = ripgrepCandidates(appRoot, 'linux', process.arch);
  const processes = createNodeProcesses({
    platform: 'linux',
    env: process.env,
    ripgrepCandidates: candidates,
  });
  if ((await processes.ripgrep()) === undefined) throw new Error('These tests need ripgrep.');
  return processes;
}
