/**
 * What a subagent says, on its way to the client: its messages name the call they run under, and what is about the session
 * as a whole (that it asks the model, how full its context is) stays the main agent's.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';
import { assistantMessage } from '../../protocol/messages.ts';
import type { SystemMessageOf } from '../../protocol/systemMessages.ts';
import { createEmitter, type Emitter } from '../loop/emitter.ts';
import { AGENT_TOOL } from './toolNames.ts';

export interface SubagentIdentity {
  readonly agentId: string;
  /** The name of its definition. */
  readonly type: string;
  /** Of the task, in a few words. */
  readonly description: string;
  /** The call that started it. */
  readonly toolUseId: string;
  /** How many agents stand above it; 1 for a subagent of the main agent. */
  readonly depth: number;
  /** The subagent that started it; undefined: the main agent did. */
  readonly parentAgentId: string | undefined;
}

export interface SubagentEmitterDeps {
  /** Of the session. */
  readonly emitter: Emitter;
  /** What the main agent's context is filled with, which a subagent's replies don't change. */
  readonly mainContext: () => Pick<
    SystemMessageOf<'belay/usage_changed'>,
    'context_tokens' | 'context_window' | 'model' | 'usage'
  >;
  /** Since it was started. */
  readonly elapsedSeconds: () => number;
  /** Told what its replies say, in whole lines. */
  readonly onSaid?: ((text: string) => void) | undefined;
  /** It runs in the background. */
  readonly isTask: () => boolean;
}

export function createSubagentEmitter(identity: SubagentIdentity, deps: SubagentEmitterDeps): Emitter {
  const { emitter } = deps;
  const called: string[] = [];
  const send = async (message: unknown): Promise<void> => {
    if (!isObject(message)) return;
    const blocks = blocksOfReply(message);
    called.push(...blocks.flatMap((block) => (block.type === 'tool_use' ? [block.name] : [])));
    if (deps.onSaid !== undefined) tellReply(blocks, deps.onSaid);
    const shown = toShown(message, identity, deps);
    if (shown !== undefined) await emitter.emit(shown);
    if (message.subtype === 'belay/usage_changed' && deps.isTask())
      await tellProgress(message, called, { identity, deps });
  };
  const inner = createEmitter(
    { send },
    { sessionId: emitter.envelope().session_id, createId: () => emitter.envelope().uuid },
  );
  return { ...inner, envelope: emitter.envelope };
}

type Fields = Readonly<Record<string, unknown>>;

/** undefined: not for the client. */
function toShown(message: Fields, identity: SubagentIdentity, deps: SubagentEmitterDeps): object | undefined {
  const { agentId, type, description, toolUseId } = identity;
  if (message.type !== 'system') {
    return {
      ...message,
      parent_tool_use_id: toolUseId,
      agent_id: agentId,
      subagent_type: type,
      task_description: description,
    };
  }
  switch (message.subtype) {
    case 'permission_denied':
      return { ...message, agent_id: agentId };
    case 'belay/reply_discarded':
      return { ...message, parent_tool_use_id: toolUseId };
    case 'belay/usage_changed':
      return { ...message, ...deps.mainContext() };
    case 'api_retry':
      return toRetryProgress(message, identity, deps);
    default:
      return undefined;
  }
}

interface Telling {
  readonly identity: SubagentIdentity;
  readonly deps: SubagentEmitterDeps;
}

/** `called`: the tools it has called so far. */
async function tellProgress(
  { context_tokens }: Fields,
  called: readonly string[],
  { identity, deps: { emitter, elapsedSeconds } }: Telling,
): Promise<void> {
  const { agentId, type, description, toolUseId } = identity;
  const last_tool_name = called.at(-1);
  await emitter.emitSystem('task_progress', {
    task_id: agentId,
    tool_use_id: toolUseId,
    description,
    subagent_type: type,
    usage: {
      total_tokens: Number(context_tokens),
      tool_uses: called.length,
      duration_ms: Math.round(elapsedSeconds() * 1000),
    },
    ...(last_tool_name === undefined ? {} : { last_tool_name }),
  });
}

/** Empty: it is no whole reply. */
function blocksOfReply(message: Fields): readonly ContentBlock[] {
  return assistantMessage.safeParse(message).data?.message.content ?? [];
}

function tellReply(blocks: readonly ContentBlock[], onSaid: (text: string) => void): void {
  for (const block of blocks) {
    if (block.type === 'text') onSaid(`${block.text}\n`);
    if (block.type === 'tool_use') onSaid(`[${block.name}]\n`);
  }
}

/** On the wire a retry within a subagent is progress of the call it runs under. */
function toRetryProgress(
  { attempt, max_retries, retry_delay_ms, error_status, error }: Fields,
  { agentId, type, toolUseId }: SubagentIdentity,
  { emitter, elapsedSeconds }: SubagentEmitterDeps,
): object {
  return {
    type: 'tool_progress',
    ...emitter.envelope(),
    parent_tool_use_id: null,
    tool_use_id: toolUseId,
    tool_name: AGENT_TOOL,
    elapsed_time_seconds: elapsedSeconds(),
    subagent_type: type,
    subagent_retry: {
      agent_id: agentId,
      attempt,
      max_retries,
      retry_delay_ms,
      error_status,
      error_category: error,
    },
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
