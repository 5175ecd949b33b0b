/** Gives an agent its ports on this editor and starts it. */
import type { Channel } from '../channel/channel.ts';
import type { Agent, AgentOptions, AgentPorts } from '../core/agent.ts';
import type { Checkpoints } from '../core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../core/checkpoints/createCheckpoints.ts';
import { createAgent } from '../core/createAgent.ts';
import type { FileSystem, PdfReader } from '../core/ports.ts';
import { pruneOutputs } from '../core/sessions/pruneOutputs.ts';
import { createBuiltinTools } from '../core/tools/builtinTools.ts';
import type { EditorPorts } from './editorPorts.ts';
import type { SessionStart } from './openSessions.ts';
import type { Providers } from './providers.ts';
import type { Settings } from './settings.ts';

export interface StartDeps {
  readonly ports: EditorPorts & Pick<AgentPorts, 'streamModel'>;
  readonly pdf: PdfReader;
  readonly providers: Providers;
  readonly settings: () => Settings;
  readonly version: string;
}

/** Old outputs can wait until the session is open and shown. */
const PRUNE_DELAY_MS = 10_000;

export async function startAgent(start: SessionStart, channel: Channel, deps: StartDeps): Promise<Agent> {
  const { ports, providers, settings, version } = deps;
  const { workspace } = ports;
  const { maxTurns, maxBudgetUsd, effort } = settings();
  const checkpoints = await openCheckpoints(start.sessionId, deps);
  const agent = createAgent(
    { ...ports, checkpoints },
    {
      sessionId: start.sessionId,
      resume: start.resume,
      model: start.start.model,
      models: providers.models,
      modelList: providers.modelList,
      permissionMode: start.start.permissionMode,
      rules: [],
      tools: workspace.hasFolder ? createTools(deps) : [],
      subagents: workspace.hasFolder ? {} : undefined,
      memory: workspace.hasFolder
        ? { sources: ['user', 'project', 'local'], configDir: ports.configDir }
        : undefined,
      maxTurns,
      maxBudgetUsd,
      effort,
      partialMessages: true,
      interactive: true,
      version,
    },
    channel,
  );
  const closing = new AbortController();
  const pruned = ports.clock.sleep(PRUNE_DELAY_MS, closing.signal).then(
    () => pruneOutputs({ ...ports, sessionId: start.sessionId }),
    () => undefined,
  );
  const close = async (): Promise<void> => {
    closing.abort();
    await agent.close();
    await pruned;
    await checkpoints?.close();
  };
  return { ...agent, close };
}

function createTools({ ports, pdf }: StartDeps): AgentOptions['tools'] {
  return createBuiltinTools({ workspace: ports.workspace, shellName: ports.processes.shellName, pdf });
}

/** Without them the session goes on, and says why nothing can be rewound. */
async function openCheckpoints(sessionId: string, deps: StartDeps): Promise<Checkpoints | undefined> {
  const { ports, settings } = deps;
  const { files, disk, storage, clock, log, workspace, createId } = ports;
  if (!settings().checkpointsEnabled || !workspace.hasFolder) return undefined;
  // A rewind brings back bytes: what runs on save must not change them. It sees unsaved text all the same.
  const rewound: FileSystem = { ...files, writeFile: disk.writeFile };
  try {
    return await createCheckpoints({ files: rewound, storage, clock, log, sessionId, workspace, createId });
  } catch (error) {
    log.error('checkpoints could not be opened, so nothing of this session can be rewound', { error });
    return undefined;
  }
}
