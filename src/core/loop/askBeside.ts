/** A question to a model beside the conversation: no tools, not shown, not kept. What it costs is the session's. */
import { toFailure } from '../model/modelError.ts';
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
  readonly system: string;
  readonly prompt: string;
  /** Id. */
  readonly model: string;
}

export type BesideReply =
  | { readonly kind: 'answer'; readonly text: string }
  /** `problem`: for a person, without a full stop. */
  | { readonly kind: 'failed'; readonly problem: string };

/** Tokens of an answer, thinking included. */
const MAX_TOKENS = 4000;

/** Rejects with the signal's reason only. */
export async function askBeside(
  { system, prompt, model }: BesideQuestion,
  { streamModel, clock, meter, models }: BesideDeps,
  signal: AbortSignal,
): Promise<BesideReply> {
  const outcome = await streamReply(
    {
      model,
      system: [system],
      tools: [],
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
      maxTokens: Math.min(MAX_TOKENS, models().get(model).maxOutput),
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
    const { model: asked, usage, content } = outcome.reply;
    meter.addBeside(asked, usage);
    return {
      kind: 'answer',
      text: content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    };
  }
  if (outcome.kind === 'interrupted')
    throw new Error('a reply was interrupted, and nobody has asked for that');
  const { title, detail } = toFailure(outcome.error, { canContinue: false });
  return { kind: 'failed', problem: (detail === '' ? title : `${title}: ${detail}`).replace(/\.$/, '') };
}
