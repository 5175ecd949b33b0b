/** What a turn adds to the conversation: each message is shown first and written down right after. */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { AssistantMessage, UserMessage } from '../../protocol/messages.ts';
import type { ApiReply } from '../../protocol/streamEvents.ts';
import type { CallOutcome } from './runToolCall.ts';
import type { TurnDeps } from './turnDeps.ts';

type MessageDeps = Pick<TurnDeps, 'session' | 'emitter' | 'clock'>;

export async function meterReply(
  reply: ApiReply,
  { meter, emitter, models }: Pick<TurnDeps, 'meter' | 'emitter' | 'models'>,
): Promise<void> {
  meter.add(reply.model, reply.usage);
  await reportUsage(reply.model, { meter, emitter, models });
}

export async function reportUsage(
  model: string,
  { meter, emitter, models }: Pick<TurnDeps, 'meter' | 'emitter' | 'models'>,
): Promise<void> {
  await emitter.emitSystem('belay/usage_changed', {
    context_tokens: meter.contextTokens,
    context_window: models().get(model).contextWindow,
    total_cost_usd: meter.totalCost,
    cost_known: meter.costKnown,
    turn_cost_usd: meter.turnCost,
    model,
    usage: meter.turnUsage,
  });
}

export async function appendReply(
  reply: ApiReply,
  { deps, aborted }: { readonly deps: MessageDeps; readonly aborted: boolean },
): Promise<AssistantMessage> {
  const message: AssistantMessage = {
    type: 'assistant',
    ...deps.emitter.envelope(),
    parent_tool_use_id: null,
    message: { ...reply, content: [...reply.content] },
    timestamp: new Date(deps.clock.now()).toISOString(),
    ...(aborted ? { aborted: true } : {}),
  };
  await deps.emitter.emit(message);
  await deps.session.append(message);
  return message;
}

export async function appendResult({ result, output }: CallOutcome, deps: MessageDeps): Promise<void> {
  await appendUser({ deps, content: [result], synthetic: false, output: output ?? null });
}

interface NewUserMessage {
  readonly deps: MessageDeps;
  readonly content: ContentBlock[];
  readonly synthetic: boolean;
  readonly output?: unknown;
}

export async function appendUser({ deps, content, synthetic, output }: NewUserMessage): Promise<void> {
  const message: UserMessage = {
    type: 'user',
    ...deps.emitter.envelope(),
    parent_tool_use_id: null,
    message: { role: 'user', content },
    timestamp: new Date(deps.clock.now()).toISOString(),
    ...(synthetic ? { isSynthetic: true } : {}),
    ...(output === undefined ? {} : { tool_use_result: output }),
  };
  await deps.emitter.emit(message);
  await deps.session.append(message);
}

/** Text behind the results of calls, as from Belay. */
export async function appendTexts(texts: readonly string[], deps: MessageDeps): Promise<void> {
  await appendUser({ deps, content: texts.map((text) => ({ type: 'text', text })), synthetic: true });
}

export async function inform({ emitter, session }: MessageDeps, content: string): Promise<void> {
  await session.note(await emitter.emitSystem('informational', { content, level: 'notice' }));
}
