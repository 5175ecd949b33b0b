/** One question to the model; its reply streams out as it comes, and calls begin as their blocks are complete. */
import type { StreamEvent } from '../../protocol/streamEvents.ts';
import { type ReplyOutcome, streamReply } from './streamReply.ts';
import { tellRetry } from './tellRetry.ts';
import { createToolCalls, type ToolCalls } from './toolCalls.ts';
import type { TurnDeps } from './turnDeps.ts';
import { buildTurnRequest } from './turnRequest.ts';
import type { TurnState } from './turnState.ts';

interface Asking {
  readonly deps: TurnDeps;
  readonly signal: AbortSignal;
  /** Replaced when an attempt is discarded: its calls must not be mixed with those of the next. */
  readonly round: { calls: ToolCalls };
}

export async function askModel(state: TurnState, { deps, signal, round }: Asking): Promise<ReplyOutcome> {
  const started = deps.clock.monotonic();
  await deps.emitter.emitSystem('status', { status: 'requesting' });
  try {
    return await streamReply(
      await buildTurnRequest(deps, state.maxTokens),
      {
        streamModel: deps.streamModel,
        clock: deps.clock,
        random: deps.random,
        onEvent: (event) => emitEvent(event, deps),
        onToolUse: (block, problem) => round.calls.start(block, problem),
        async onDiscard(messageId, reason) {
          await round.calls.discard();
          round.calls = createToolCalls(deps.callDeps, signal);
          await deps.emitter.emitSystem('belay/reply_discarded', { message_id: messageId, reason });
        },
        onRetry: (retry, error) => tellRetry(retry, error, deps),
      },
      signal,
    );
  } finally {
    state.apiMs += deps.clock.monotonic() - started;
  }
}

function emitEvent(event: StreamEvent, { emitter, partialMessages }: TurnDeps): void {
  if (!partialMessages || event.type === 'ping') return;
  const { uuid, session_id } = emitter.envelope();
  void emitter.emit({ type: 'stream_event', uuid, session_id, parent_tool_use_id: null, event });
}
