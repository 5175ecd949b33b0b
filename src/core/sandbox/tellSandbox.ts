/** Says at the start of a session that commands will not run, where the sandbox is wanted and can't be had. */
import type { AgentOptions, AgentPorts } from '../agent.ts';
import type { Emitter } from '../loop/emitter.ts';

export interface SandboxNewsParts {
  readonly ports: Pick<AgentPorts, 'processes'>;
  readonly options: Pick<AgentOptions, 'sandbox'>;
  readonly emitter: Emitter;
}

export async function tellSandbox({ ports, options, emitter }: SandboxNewsParts): Promise<void> {
  if (options.sandbox === undefined) return;
  const problem = await findSandboxProblem(options.sandbox, ports);
  if (problem === undefined) return;
  const content = `The sandbox for commands is on, but can't be used, so no command will run. ${problem}`;
  await emitter.emitSystem('informational', { content, level: 'warning' });
}

/** Why commands can't run in the sandbox here, for a person; undefined: they can. */
export async function findSandboxProblem(
  { hostProc }: NonNullable<AgentOptions['sandbox']>,
  { processes }: Pick<AgentPorts, 'processes'>,
): Promise<string | undefined> {
  if (processes.checkSandbox === undefined) return 'There is no sandbox for commands here.';
  return processes.checkSandbox({ hostProc });
}
