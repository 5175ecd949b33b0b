/** The commands that are answered without a turn: /clear, /compact, /context, /cost; and those that don't exist. */
import { type CompactDeps, compact, startContext } from './compaction.ts';
import { estimateContext } from './contextSize.ts';
import type { Slash } from './slashCommands.ts';
import type { TurnEnd } from './turnDeps.ts';

export type LocalSlash = Extract<Slash, { kind: 'builtin' | 'unknown' }>;

export interface LocalDeps {
  readonly turn: CompactDeps;
  readonly userMessageId: string;
  readonly createId: () => string;
}

const CLEARED =
  'The user has cleared the conversation: what was said before is void, and this is a new beginning.';
const NOTHING_TO_COMPACT = 'There is nothing to compact yet.';

export async function answerLocally(
  slash: LocalSlash,
  deps: LocalDeps,
  signal: AbortSignal,
): Promise<Partial<TurnEnd>> {
  if (slash.kind === 'unknown') {
    return {
      text: `There is no command /${slash.name}, so nothing was sent. To send it all the same, put a word before it.`,
    };
  }
  const { name } = slash;
  switch (name) {
    case 'clear':
      return clear(deps, signal);
    case 'compact':
      return compactByHand(slash.args, deps, signal);
    case 'context':
      return { text: await describeContext(deps.turn) };
    case 'cost':
      return { text: describeCost(deps.turn) };
    default:
      return name satisfies never;
  }
}

async function clear(
  { turn, userMessageId, createId }: LocalDeps,
  signal: AbortSignal,
): Promise<Partial<TurnEnd>> {
  const { emitter, session, meter } = turn;
  if (session.conversation.visible.length > 0)
    await startContext({ text: CLEARED, source: 'clear', signal }, turn);
  meter.setContext(estimateContext(await session.visibleToModel(), turn));
  await emitter.emit({
    type: 'conversation_reset',
    ...emitter.envelope(),
    new_conversation_id: createId(),
    trigger: 'clear',
    user_message_uuid: userMessageId,
  });
  return { text: 'The conversation was cleared: the model no longer sees what was said before.' };
}

async function compactByHand(
  instructions: string,
  { turn }: LocalDeps,
  signal: AbortSignal,
): Promise<Partial<TurnEnd>> {
  const outcome = await compact({ trigger: 'manual', instructions }, turn, signal);
  switch (outcome.kind) {
    case 'compacted':
      return { text: 'The conversation was compacted.' };
    case 'nothing':
      return { text: NOTHING_TO_COMPACT };
    case 'blocked':
      return { text: `The conversation was not compacted: ${outcome.reason}` };
    case 'interrupted':
      return { subtype: 'error_during_execution', interrupted: true };
    case 'failed':
      return {
        subtype: 'error_during_execution',
        failure: outcome.failure,
        apiStatus: outcome.error.status,
      };
    default:
      return outcome satisfies never;
  }
}

async function describeContext(turn: CompactDeps): Promise<string> {
  const { contextWindow } = turn.models().get(turn.model());
  const used = estimateContext(await turn.session.visibleToModel(), turn);
  const percent = Math.round((used / contextWindow) * 100);
  return `About ${count(used)} of ${count(contextWindow)} tokens (${percent} %) are in the context of ${turn.model()}.`;
}

function describeCost({ meter }: CompactDeps): string {
  const total = `The session has cost ${meter.costKnown ? '' : 'at least '}$${meter.totalCost.toFixed(4)}.`;
  const lines = Object.entries(meter.byModel).map(
    ([model, usage]) =>
      `${model}: ${count(usage.inputTokens)} input, ${count(usage.outputTokens)} output, ${count(usage.cacheReadInputTokens)} read from the cache, ${count(usage.cacheCreationInputTokens)} written to it`,
  );
  return [total, ...lines].join('\n');
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
