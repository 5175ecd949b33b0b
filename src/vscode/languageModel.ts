/**
 * The language models other extensions give to VS Code (`vscode.lm`), as a StreamModel. They take text and tool calls only,
 * have no system prompt of their own, and count no tokens: the counts here are an estimate.
 */
import type * as vscode from 'vscode';
import { ModelError } from '../core/model/modelError.ts';
import type { ModelRequest } from '../core/model/modelRequest.ts';
import type { StreamModel } from '../core/ports.ts';
import type { StreamEvent, Usage } from '../protocol/streamEvents.ts';
import { type ChatParts, toChatMessages } from './languageModelMessages.ts';

/** What is used of the module `vscode`; tests bring their own. */
export type LanguageModelApi = ChatParts &
  Pick<typeof vscode, 'lm' | 'CancellationTokenSource' | 'LanguageModelError'>;

const CHARACTERS_PER_TOKEN = 4;

/** What a model is called in settings and in the picker. */
export function toModelId(model: Pick<vscode.LanguageModelChat, 'vendor' | 'id'>): string {
  return `${model.vendor}/${model.id}`;
}

export function createLanguageModel(api: LanguageModelApi): StreamModel {
  return async function* streamLanguageModel(request, signal) {
    const model = await findModel(api, request.model);
    const messages = toChatMessages(api, request);
    const cancellation = new api.CancellationTokenSource();
    const cancel = (): void => cancellation.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      signal.throwIfAborted();
      const response = await model.sendRequest(messages, toOptions(request), cancellation.token);
      yield* toEvents(api, response.stream, { model: request.model, inputTokens: estimateInput(request) });
    } catch (error) {
      signal.throwIfAborted();
      throw toModelError(api, error);
    } finally {
      signal.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  };
}

async function findModel(api: LanguageModelApi, wanted: string): Promise<vscode.LanguageModelChat> {
  const models = await api.lm.selectChatModels();
  const model = models.find((each) => toModelId(each) === wanted);
  if (model !== undefined) return model;
  const message =
    models.length === 0
      ? 'No extension gives VS Code a language model.'
      : `VS Code has no language model called ${wanted}.`;
  throw new ModelError({ kind: 'model_not_found', message, host: 'VS Code' });
}

function toOptions({ tools }: ModelRequest): vscode.LanguageModelChatRequestOptions {
  return {
    justification: 'Belay answers what you ask in its chat.',
    tools: tools.map(({ name, description, input_schema }) => ({
      name,
      description,
      inputSchema: input_schema,
    })),
  };
}

interface Reply {
  readonly model: string;
  readonly inputTokens: number;
}

async function* toEvents(
  api: LanguageModelApi,
  stream: AsyncIterable<unknown>,
  { model, inputTokens }: Reply,
): AsyncGenerator<StreamEvent, void> {
  yield { type: 'message_start', message: toStart(model, { input_tokens: inputTokens, output_tokens: 0 }) };
  let index = -1;
  let isInText = false;
  let hasCalls = false;
  let characters = 0;
  for await (const part of stream) {
    if (part instanceof api.LanguageModelTextPart) {
      if (part.value === '') continue;
      characters += part.value.length;
      if (!isInText) {
        index += 1;
        isInText = true;
        yield { type: 'content_block_start', index, content_block: { type: 'text', text: '' } };
      }
      yield { type: 'content_block_delta', index, delta: { type: 'text_delta', text: part.value } };
    } else if (part instanceof api.LanguageModelToolCallPart) {
      if (isInText) yield { type: 'content_block_stop', index };
      isInText = false;
      hasCalls = true;
      index += 1;
      const input = JSON.stringify(part.input ?? {});
      characters += input.length;
      yield* toToolEvents(part, index, input);
    }
    // Any other part is of a kind that is not part of the stable API.
  }
  if (isInText) yield { type: 'content_block_stop', index };
  yield {
    type: 'message_delta',
    delta: { stop_reason: hasCalls ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { output_tokens: toTokens(characters) },
  };
  yield { type: 'message_stop' };
}

function* toToolEvents(
  { callId, name }: vscode.LanguageModelToolCallPart,
  index: number,
  input: string,
): Generator<StreamEvent, void> {
  const id = callId === '' ? `call_${crypto.randomUUID()}` : callId;
  yield { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } };
  yield { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: input } };
  yield { type: 'content_block_stop', index };
}

function toStart(model: string, usage: Usage): Extract<StreamEvent, { type: 'message_start' }>['message'] {
  return {
    id: `lm_${crypto.randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
}

function estimateInput(request: ModelRequest): number {
  return toTokens(JSON.stringify([request.system, request.tools, request.messages]).length);
}

function toTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** Codes are the names of the errors, as `vscode.LanguageModelError` has them. */
function toModelError(api: LanguageModelApi, error: unknown): unknown {
  if (!(error instanceof api.LanguageModelError)) return error;
  const common = { message: error.message, code: error.code, host: 'VS Code', cause: error };
  switch (error.code) {
    case 'NoPermissions':
      return new ModelError({
        ...common,
        kind: 'permission',
        message:
          `${error.message} Belay may not use this model: allow it under “Manage Language Model Access”.`.trim(),
      });
    case 'Blocked':
      return new ModelError({ ...common, kind: 'rate_limit', retryable: false });
    case 'NotFound':
      return new ModelError({ ...common, kind: 'model_not_found' });
    default:
      return new ModelError({ ...common, kind: 'server', retryable: false });
  }
}
