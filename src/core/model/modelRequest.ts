/** What is asked of a model, before a provider's edge turns it into bytes. */
import type { ContentBlock } from '../../protocol/blocks.ts';

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** A message in its clean form: only what the API takes. */
export interface ApiMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: readonly ContentBlock[];
}

export interface ApiTool {
  /** Matches ^[a-zA-Z0-9_-]{1,128}$ and is unique in the request. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema, keys in a fixed order (the prompt cache compares bytes). */
  readonly input_schema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  readonly model: string;
  /** Fixed for the whole session: what changes later is appended as a message. */
  readonly system: readonly string[];
  readonly tools: readonly ApiTool[];
  readonly messages: readonly ApiMessage[];
  /** Tokens the reply may take. */
  readonly maxTokens: number;
  /** undefined: the model's default. */
  readonly effort?: Effort;
  /** Tokens of thinking on models that want a number; 0: none. Models that think by themselves decide by themselves. */
  readonly maxThinkingTokens?: number;
}
