/** A question to a model beside the conversation: no tools, not shown, not kept. What it costs is the session's. */
import { toFailure } from '../model/modelError.ts';
import type { ApiMessage } from '../model/modelRequest.ts';
import type { ModelTable } from '../model/modelTable.ts';
import type { Clock, StreamModel } from '../ports.ts';
import { streamReply } from './streamReply.ts';
import type { UsageMeter } from './usageMeter.ts';

export interface BesideDeps {
  readonly streamModel: StreamModel;
  readonly clock: Clock;
  readonly meter: Pick<UsageMeter, 'addBeside'>;
  readonly models: () => ModelTable;
}

export interface BesideQuestion {
  readonly system: string | undefined;
  /** The last is the user's. */
  readonly messages: readonly ApiMessage[];
  /** Id. */
  readonly model: string;
  /** Tokens of an answer, thinking included. Default: 4000. */
  readonly maxTokens?: number;
}

export type BesideReply =
  | { readonly kind: 'answer'; readonly text: string; readonly model: string; readonly stopReason: string }
  /** `problem`: for a person, without a full stop. */
  | { readonly kind: 'failed'; readonly problem: string };

const MAX_TOKENS = 4000;

/** Rejects with the signal's reason only. */
export async function askBeside(
  { system, messages, model, maxTokens = MAX_TOKENS }: BesideQuestion,
  { streamModel, clock, meter, models }: BesideDeps,
  signal: AbortSignal,
): Promise<BesideReply> {
  const outcome = await streamReply(
    {
      model,
      system: system === undefined ? [] : [system],
      tools: [],
      messages,
      maxTokens: Math.min(maxTokens, models().get(model).maxOutput),
      effort: 'low',
      maxThinkingTokens: 0,
    },
    {
      streamModel,
      clock,
      random: Math.random,
      onEvent: () => undefined,
      onToolUse: () => undefined,
      onDiscard: async () => undefined,
      onRetry: async () => undefined,
    },
    signal,
  );
  signal.throwIfAborted();
  if (outcome.kind === 'complete') {
    const { model: asked, usage, content, stop_reason } = outcome.reply;
    meter.addBeside(asked, usage);
    return {
      kind: 'answer',
      model: asked,
      stopReason: stop_reason ?? 'end_turn',
      text: content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    };
  }
  if (outcome.kind === 'interrupted')
    throw new Error('a reply was interrupted, and nobody has asked for that');
  const { title, detail } = toFailure(outcome.error, { canContinue: false });
  return { kind: 'failed', problem: (detail === '' ? title : `${title}: ${detail}`).replace(/\.$/, '') };
}
