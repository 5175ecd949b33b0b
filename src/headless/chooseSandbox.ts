/** The sandbox that the settings of a session ask for. */
import type { AgentPorts } from '../core/agent.ts';
import { mergeSandbox, type SandboxOptions } from '../core/sandbox/sandboxSettings.ts';
import { findSandboxProblem } from '../core/sandbox/tellSandbox.ts';
import type { SettingsLayer } from '../core/settings/settingsFile.ts';
import { StartError } from './exitCodes.ts';

export interface SandboxSources {
  readonly layers: readonly SettingsLayer[];
  readonly configDir: string;
  readonly ports: Pick<AgentPorts, 'workspace' | 'processes'>;
}

/** undefined: it is off. Throws StartError where it must not be missing, and is. */
export async function chooseSandbox({
  layers,
  configDir,
  ports,
}: SandboxSources): Promise<SandboxOptions | undefined> {
  const { cwd, home, platform } = ports.workspace;
  const sandbox = mergeSandbox(layers, { cwd, home, configDir, platform });
  if (sandbox?.failIfUnavailable !== true) return sandbox;
  const problem = await findSandboxProblem(sandbox, ports);
  if (problem !== undefined) throw new StartError(`The sandbox for commands can't be used. ${problem}`);
  return sandbox;
}
