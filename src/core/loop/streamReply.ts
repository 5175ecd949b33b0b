/**
 * One reply of the model, with all the attempts it takes. What a person has seen of an attempt that fails is either kept
 * (text, when nothing else was begun), or taken back with a word (SECURITY F11–F14).
 */
import type { ContentBlock, ToolUseBlock } from '../../protocol/blocks.ts';
import type { ApiReply, StreamEvent } from '../../protocol/streamEvents.ts';
import { Accumulator } from '../../stream/accumulator.ts';
import { type ModelError, toModelError } from '../model/modelError.ts';
import type { ModelRequest } from '../model/modelRequest.ts';
import { decideRetry, type RetryDecision } from '../model/retry.ts';
import type { Clock, StreamModel } from '../ports.ts';
import { keepPartial } from './keepPartial.ts';

export interface StreamReplyDeps {
  readonly streamModel: StreamModel;
  readonly clock: Clock;
  readonly random: () => number;
  onEvent(event: StreamEvent): void;
  /** A tool call whose block is complete. `problem` says why its input isn't JSON. */
  onToolUse(block: ToolUseBlock, problem: string | undefined): void;
  /** What was shown of the present attempt is void. Resolves when what it began has stopped. */
  onDiscard(messageId: string | null, reason: string): Promise<void>;
  onRetry(decision: RetryDecision, error: ModelError): Promise<void>;
}

export type ReplyOutcome =
  | { readonly kind: 'complete'; readonly reply: ApiReply }
  /** Stopped by the user. `reply` holds what is worth keeping; undefined when that is nothing. */
  | { readonly kind: 'interrupted'; readonly reply: ApiReply | undefined }
  /** Broke off after text was shown, which is kept. */
  | { readonly kind: 'broken'; readonly reply: ApiReply; readonly error: ModelError }
  | { readonly kind: 'failed'; readonly error: ModelError };

export async function streamReply(
  request: ModelRequest,
  deps: StreamReplyDeps,
  signal: AbortSignal,
): Promise<ReplyOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const accumulator = new Accumulator();
    try {
      return { kind: 'complete', reply: await readReply(request, { accumulator, deps, signal }) };
    } catch (thrown) {
      if (signal.aborted) return { kind: 'interrupted', reply: keptReply(accumulator) };
      const error = toModelError(thrown);
      const kept = keptReply(accumulator);
      const hasCalls = kept?.content.some((block) => block.type === 'tool_use') === true;
      if (kept !== undefined && !hasCalls) return { kind: 'broken', reply: kept, error };
      if (accumulator.message !== undefined) {
        await deps.onDiscard(accumulator.message.id, 'The connection broke before the reply was complete.');
      }
      const decision = decideRetry(error, { attempt, random: deps.random });
      if (decision === undefined) return { kind: 'failed', error };
      await deps.onRetry(decision, error);
      if (!(await waits(deps.clock, decision.delayMs, signal)))
        return { kind: 'interrupted', reply: undefined };
    }
  }
}

interface Attempt {
  readonly accumulator: Accumulator;
  readonly deps: StreamReplyDeps;
  readonly signal: AbortSignal;
}

async function readReply(request: ModelRequest, { accumulator, deps, signal }: Attempt): Promise<ApiReply> {
  for await (const event of deps.streamModel(request, signal)) {
    signal.throwIfAborted();
    const completed = accumulator.push(event);
    deps.onEvent(event);
    if (completed?.block.type === 'tool_use') deps.onToolUse(completed.block, completed.inputProblem);
  }
  signal.throwIfAborted();
  return accumulator.finish();
}

function keptReply(accumulator: Accumulator): ApiReply | undefined {
  const { message } = accumulator;
  if (message === undefined) return undefined;
  const content: readonly ContentBlock[] = keepPartial(accumulator.blocks);
  return content.length === 0 ? undefined : { ...message, content, stop_reason: null };
}

/** False when the wait was aborted. */
async function waits(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
