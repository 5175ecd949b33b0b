/**
 * The body of a request to the Messages API (https://docs.anthropic.com/en/api/messages). Nothing is sent that the newest
 * models refuse: no sampling parameters, no thinking budget on models that think by themselves, no forced tool choice.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';
import { placeCacheMarks } from './cacheMarks.ts';
import type { ApiMessage, Effort, ModelRequest } from './modelRequest.ts';
import type { ModelRow } from './modelTable.ts';

/** Tokens of thinking asked for on models that want a number; half of the reply when that is less. */
const THINKING_BUDGET = 10_000;
const SMALLEST_BUDGET = 1024;

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

export function buildRequestBody(request: ModelRequest, row: ModelRow): Record<string, unknown> {
  const { system, messages, automatic } = placeCacheMarks(request, row);
  const thinking = decideThinking(request, row);
  const effort = decideEffort(request.effort, row);
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    ...(system.length === 0 ? {} : { system }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools }),
    messages,
    stream: true,
    ...(thinking === undefined ? {} : { thinking }),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    ...(automatic ? { cache_control: { type: 'ephemeral' } } : {}),
  };
}

/** Without `display` the newest models think, and speak between tool calls, in silence. */
function decideThinking(
  { maxTokens, messages, maxThinkingTokens = THINKING_BUDGET }: ModelRequest,
  { thinking }: ModelRow,
): object | undefined {
  switch (thinking) {
    case 'adaptive':
      return { type: 'adaptive', display: 'summarized' };
    case 'budget': {
      const budget_tokens = Math.min(maxThinkingTokens, Math.floor(maxTokens / 2));
      if (budget_tokens < SMALLEST_BUDGET || !beganWithThinking(messages)) return undefined;
      return { type: 'enabled', budget_tokens };
    }
    case 'none':
      return undefined;
    default:
      return thinking satisfies never;
  }
}

/**
 * Models with a budget refuse to think in the middle of a turn that they (or the model before them) began without. True when
 * no turn is under way.
 */
function beganWithThinking(messages: readonly ApiMessage[]): boolean {
  const question = messages.findLastIndex(
    ({ role, content }) => role === 'user' && !content.some(isToolResult),
  );
  const firstReply = messages.slice(question + 1).find(({ role }) => role === 'assistant');
  const firstType = firstReply?.content[0]?.type;
  return firstType === undefined || firstType === 'thinking' || firstType === 'redacted_thinking';
}

function isToolResult({ type }: ContentBlock): boolean {
  return type === 'tool_result';
}

/** The effort asked for, or the next lower one that the model knows. */
function decideEffort(asked: Effort | undefined, { efforts }: ModelRow): Effort | undefined {
  if (asked === undefined) return undefined;
  const allowed = EFFORTS.slice(0, EFFORTS.indexOf(asked) + 1).filter((effort) => efforts.includes(effort));
  return allowed.at(-1);
}
