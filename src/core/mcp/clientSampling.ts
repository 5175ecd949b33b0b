/** Requests of a server to the model, in the words of the Model Context Protocol. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { CreateMessageRequestSchema, ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { CallLimits } from './callLimits.ts';
import type { Sample, SampleAnswer, SampleQuestion } from './sampling.ts';

export interface SamplingParts {
  readonly callLimits: CallLimits;
  /** The name under which the client knows the server. */
  readonly serverName: string;
  readonly sample: Sample;
  /** For the log of the server. */
  readonly onAnswer: (text: string) => void;
}

export function answerSampling(
  client: Client,
  { callLimits, serverName, sample, onAnswer }: SamplingParts,
): void {
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, { signal }) => {
    const question = toQuestion(params, serverName);
    const answer = await callLimits.whileAsking((over) => sample(question, AbortSignal.any([signal, over])));
    onAnswer(describeAnswer(answer));
    return toResult(answer);
  });
}

type Params = z.infer<typeof CreateMessageRequestSchema>['params'];
type Part = Extract<Params['messages'][number]['content'], { type: string }>;

function toQuestion(params: Params, serverName: string): SampleQuestion {
  if (params.tools !== undefined && params.tools.length > 0)
    throw toRefusal('Tools can not be brought along.');
  if (params.messages.length === 0) throw toRefusal('There is no message.');
  const hints = (params.modelPreferences?.hints ?? []).flatMap(({ name }) => name ?? []);
  return {
    mcp_server_name: serverName,
    messages: params.messages.map(({ role, content }) => ({
      role,
      content: (Array.isArray(content) ? content : [content]).map(toBlock),
    })),
    ...(params.systemPrompt === undefined ? {} : { system_prompt: params.systemPrompt }),
    ...(hints.length === 0 ? {} : { model_hints: hints }),
    max_tokens: params.maxTokens,
  };
}

const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

function toBlock(part: Part): ContentBlock {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'image' && PICTURES.has(part.mimeType)) {
    return { type: 'image', source: { type: 'base64', media_type: part.mimeType, data: part.data } };
  }
  throw toRefusal('Only texts and pictures (PNG, JPEG, GIF, WebP) can be asked about.');
}

function toRefusal(problem: string): McpError {
  return new McpError(ErrorCode.InvalidParams, problem);
}

/** As the protocol wants it where a person has said no. */
const USER_REJECTED = -1;

function toResult(answer: SampleAnswer) {
  if (answer.kind === 'refused')
    throw new McpError(USER_REJECTED, 'The user did not want the model to be asked.');
  if (answer.kind === 'failed') throw new McpError(ErrorCode.InternalError, answer.problem);
  const { model, text, stopReason } = answer;
  return {
    model,
    role: 'assistant' as const,
    content: { type: 'text' as const, text },
    stopReason: STOP_REASONS[stopReason] ?? stopReason,
  };
}

const STOP_REASONS: Readonly<Record<string, string>> = {
  end_turn: 'endTurn',
  max_tokens: 'maxTokens',
  stop_sequence: 'stopSequence',
};

function describeAnswer(answer: SampleAnswer): string {
  if (answer.kind === 'refused') return 'It asked the model something, which was refused.';
  if (answer.kind === 'failed') return `It asked the model something. ${answer.problem}.`;
  return `It asked the model something: ${answer.model} answered ${answer.text.length} characters.`;
}
