/**
 * The events of a streamed reply, as the Messages API sends them
 * (https://docs.anthropic.com/en/docs/build-with-claude/streaming).
 *
 * These are types only: an event is checked where its bytes become an object (core/model/serverSentEvents.ts), field by
 * field and by hand, because a schema per delta would cost more than all else that is done with it.
 */
import type * as z from 'zod';
import type { ContentBlock } from './blocks.ts';
import type { usage } from './usage.ts';

/** Token counts as the API reports them. Those of `message_delta` are cumulative: they replace, they don't add. */
export type Usage = Readonly<z.infer<typeof usage>>;

/** A reply of the model. `stop_reason` is a plain string: a reason we don't know ends the turn with a warning. */
export interface ApiReply {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  readonly usage: Usage;
  readonly [field: string]: unknown;
}

/** A delta of a kind this version doesn't know. '?' stands for all such words, as it does for an UnknownBlock. */
export interface UnknownDelta {
  readonly type: '?';
  readonly [field: string]: unknown;
}

export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'citations_delta'; readonly citation: unknown }
  | UnknownDelta;

export type StreamEvent =
  | { readonly type: 'message_start'; readonly message: ApiReply }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta';
      readonly delta: { readonly stop_reason: string | null; readonly stop_sequence: string | null };
      readonly usage: Partial<Usage>;
    }
  | { readonly type: 'message_stop' }
  | { readonly type: 'ping' };
