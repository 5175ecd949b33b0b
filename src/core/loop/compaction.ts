/**
 * Compaction: towards the model the conversation so far is replaced by a summary that it writes itself. The history stays in
 * the transcript and on the screen; a rewind to before the boundary brings it back. When no summary comes, nothing changes.
 */
import type { Failure } from '../../protocol/failure.ts';
import type { UserMessage } from '../../protocol/messages.ts';
import type { ApiReply } from '../../protocol/streamEvents.ts';
import type { Hooks } from '../hooks/hooks.ts';
import { ModelError, toFailure } from '../model/modelError.ts';
import type { ChainHead } from '../sessions/lineHead.ts';
import type { VisibleLine } from '../sessions/transcriptLine.ts';
import { estimateContext } from './contextSize.ts';
import { type ReplyOutcome, streamReply } from './streamReply.ts';
import { buildContinuation, buildSummaryRequest, type CompactTrigger } from './summaryText.ts';
import { tellRetry } from './tellRetry.ts';
import { trimForSummary } from './trimForSummary.ts';
import type { TurnDeps } from './turnDeps.ts';
import { appendTexts, reportUsage } from './turnMessages.ts';
import { buildRequestOf, findVoid } from './turnRequest.ts';

export interface CompactRequest {
  readonly trigger: CompactTrigger;
  /** What the user wants of the summary; empty: nothing special. */
  readonly instructions: string;
}

export type CompactDeps = Omit<TurnDeps, 'callDeps' | 'maxTurns' | 'maxBudgetUsd' | 'partialMessages'>;

/** What a session adds to a compaction. */
export interface CompactHooks {
  /** Asked before; a text says why it is not to be. */
  before(request: CompactRequest, signal: AbortSignal): Promise<string | undefined>;
  /** The model has lost what it was told besides the conversation. What it is to be told in its place; never rejects. */
  after(source: 'compact' | 'clear', signal: AbortSignal): Promise<readonly string[]>;
}

/** PreCompact: a text says why the conversation is not to be compacted. */
export async function askPreCompact(
  { trigger, instructions }: CompactRequest,
  hooks: Hooks,
  signal: AbortSignal,
): Promise<string | undefined> {
  const custom_instructions = instructions === '' ? null : instructions;
  const { block, stop } = await hooks.run('PreCompact', { trigger, custom_instructions }, { signal });
  return block?.reason ?? stop?.reason;
}

export type CompactOutcome =
  | { readonly kind: 'compacted' }
  /** There is nothing to make shorter. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly error: ModelError };

/** Tokens of the summary, thinking included. */
const SUMMARY_TOKENS = 20_000;

export async function compact(
  request: CompactRequest,
  deps: CompactDeps,
  signal: AbortSignal,
): Promise<CompactOutcome> {
  const { session } = deps;
  if (!canCompact(session.conversation.visible)) return { kind: 'nothing' };
  const reason = await deps.compaction?.before(request, signal);
  if (reason !== undefined) return { kind: 'blocked', reason };
  const lines = await session.visibleToModel();
  await deps.emitter.emitSystem('status', { status: 'compacting' });
  const started = deps.clock.monotonic();
  const outcome = await askForSummary(request, { deps, lines, signal });
  const summary = outcome.kind === 'complete' ? textOf(outcome.reply) : '';
  if (outcome.kind === 'complete' && summary !== '') {
    const text = buildContinuation(summary, { lines, trigger: request.trigger });
    const durationMs = deps.clock.monotonic() - started;
    await appendBoundary(request, { deps, lines, text, durationMs, signal });
    return { kind: 'compacted' };
  }
  return endWithout(outcome, deps);
}

/** A conversation without a reply, or one that was just compacted, gets no shorter. */
export function canCompact(visible: readonly ChainHead[]): boolean {
  return visible.some(({ type }) => type === 'assistant');
}

interface Summarising {
  readonly deps: CompactDeps;
  readonly lines: readonly VisibleLine[];
  readonly signal: AbortSignal;
}

/** F10: a conversation that is too long even for this is cut where it is longest, once. */
async function askForSummary(request: CompactRequest, asking: Summarising): Promise<ReplyOutcome> {
  const { deps, lines } = asking;
  const first = await askOnce(request, { ...asking, thinkingVoidUpTo: findVoid(deps) });
  if (first.kind !== 'failed' || first.error.kind !== 'prompt_too_long') return first;
  return askOnce(request, {
    ...asking,
    lines: trimForSummary(lines),
    thinkingVoidUpTo: lines.at(-1)?.uuid,
  });
}

async function askOnce(
  { instructions }: CompactRequest,
  { deps, lines, signal, thinkingVoidUpTo }: Summarising & { readonly thinkingVoidUpTo: string | undefined },
): Promise<ReplyOutcome> {
  const content: UserMessage['message']['content'] = [
    { type: 'text', text: buildSummaryRequest(instructions) },
  ];
  const messages = [...lines, { type: 'user' as const, message: { role: 'user' as const, content } }];
  const maxTokens = Math.min(SUMMARY_TOKENS, deps.models().get(deps.model()).maxOutput);
  const outcome = await streamReply(
    buildRequestOf(messages, { deps, maxTokens, thinkingVoidUpTo }),
    {
      streamModel: deps.streamModel,
      clock: deps.clock,
      random: deps.random,
      onEvent: () => undefined,
      onToolUse: () => undefined,
      onDiscard: async () => undefined,
      onRetry: (retry, error) => tellRetry(retry, error, deps),
    },
    signal,
  );
  if (outcome.kind === 'complete') deps.meter.add(outcome.reply.model, outcome.reply.usage);
  return outcome;
}

interface Boundary {
  readonly deps: CompactDeps;
  readonly lines: readonly VisibleLine[];
  readonly text: string;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

async function appendBoundary({ trigger }: CompactRequest, boundary: Boundary): Promise<void> {
  const { deps, lines, text, durationMs, signal } = boundary;
  const { emitter, session, meter } = deps;
  const preTokens = estimateContext(lines, deps);
  await session.note(
    await emitter.emitSystem('compact_boundary', {
      compact_metadata: { trigger, pre_tokens: preTokens, duration_ms: durationMs },
    }),
  );
  await startContext({ text, source: 'compact', signal }, deps);
  meter.setContext(estimateContext(await session.visibleToModel(), deps));
  await reportUsage(deps.model(), deps);
}

interface NewContext {
  readonly text: string;
  readonly source: 'compact' | 'clear';
  readonly signal: AbortSignal;
}

/** From here on the model sees this text in place of all before it. */
export async function startContext(
  { text, source, signal }: NewContext,
  { emitter, session, clock, compaction }: Pick<CompactDeps, 'emitter' | 'session' | 'clock' | 'compaction'>,
): Promise<void> {
  const message: UserMessage = {
    type: 'user',
    ...emitter.envelope(),
    parent_tool_use_id: null,
    message: { role: 'user', content: [{ type: 'text', text }] },
    timestamp: new Date(clock.now()).toISOString(),
    isSynthetic: true,
    isCompactSummary: true,
  };
  await emitter.emit(message);
  await session.append(message);
  const told = (await compaction?.after(source, signal)) ?? [];
  if (told.length > 0) await appendTexts(told, { emitter, session, clock });
}

/** F62: the history stays as it is, and the person is told. */
async function endWithout(outcome: ReplyOutcome, deps: CompactDeps): Promise<CompactOutcome> {
  if (outcome.kind === 'interrupted') return { kind: 'interrupted' };
  const error =
    outcome.kind === 'complete'
      ? new ModelError({ kind: 'bad_response', code: 'empty', message: 'The model gave no summary.' })
      : outcome.error;
  deps.log.warn('the conversation could not be compacted', { kind: error.kind, status: error.status });
  const cause = toFailure(error, { canContinue: false });
  const failure: Failure = {
    ...cause,
    title: 'The conversation could not be compacted',
    detail: `${cause.detail} Nothing of it is lost. Try /compact again, rewind the conversation, or start a new session.`,
  };
  return { kind: 'failed', failure, error };
}

function textOf({ content, stop_reason }: ApiReply): string {
  if (stop_reason === 'refusal') return '';
  return content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}
