import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/core/model/modelError.ts';
import type { ApiMessage, ModelRequest } from '../../../src/core/model/modelRequest.ts';
import type { StreamEvent } from '../../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../../src/stream/accumulator.ts';
import { createLanguageModel, type LanguageModelApi } from '../../../src/vscode/languageModel.ts';

describe('the language models of VS Code', () => {
  it('give text and tool calls as a stream of the usual events', async () => {
    const { api } = createApi([
      text('Let me '),
      text('look.'),
      call('c1', 'Read', { file_path: '/a' }),
      text('Done'),
    ]);
    const events = await collect(createLanguageModel(api)(request(), never));
    const reply = build(events);
    expect(reply).toMatchObject({
      model: 'acme/large',
      content: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'c1', name: 'Read', input: { file_path: '/a' } },
        { type: 'text', text: 'Done' },
      ],
      stop_reason: 'tool_use',
    });
    expect(events.filter(({ type }) => type === 'content_block_delta')).toHaveLength(4);
  });

  it('end the turn when no tool is called, and give calls without an id one', async () => {
    const answer = createApi([text('Hi')]);
    expect(build(await collect(createLanguageModel(answer.api)(request(), never))).stop_reason).toBe(
      'end_turn',
    );
    const unnamed = createApi([call('', 'Read', {})]);
    const { content } = build(await collect(createLanguageModel(unnamed.api)(request(), never)));
    expect(content).toMatchObject([{ type: 'tool_use', id: expect.stringMatching(/^call_/) }]);
  });

  it('skip parts that no stable API knows', async () => {
    const { api } = createApi([{ thought: 'hm' }, text('Hi')]);
    expect(build(await collect(createLanguageModel(api)(request(), never))).content).toEqual([
      { type: 'text', text: 'Hi' },
    ]);
  });

  it('are given the conversation, its tools, and the system prompt as a first message', async () => {
    const { api, sent } = createApi([text('ok')]);
    const messages: ApiMessage[] = [
      { role: 'user', content: [{ type: 'text', text: 'look' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'tool_use', id: 'c1', name: 'Read', input: { file_path: '/a' } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c1',
            content: [
              { type: 'text', text: 'one' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } },
            ],
          },
        ],
      },
    ];
    await collect(createLanguageModel(api)({ ...request(), messages }, never));
    expect(sent()).toEqual({
      messages: [
        { role: 'user', content: ['Be brief.'] },
        { role: 'user', content: [{ text: 'look' }] },
        { role: 'assistant', content: [{ callId: 'c1', name: 'Read', input: { file_path: '/a' } }] },
        {
          role: 'user',
          content: [{ callId: 'c1', content: ['one\n[image that this model cannot be shown]'] }],
        },
      ],
      tools: [{ name: 'Read', description: 'Reads.', inputSchema: { type: 'object' } }],
    });
  });

  it('refuse what a person attached that is no text', async () => {
    const { api } = createApi([]);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } } as const;
    const messages: ApiMessage[] = [{ role: 'user', content: [image] }];
    await expect(collect(createLanguageModel(api)({ ...request(), messages }, never))).rejects.toMatchObject({
      kind: 'invalid_request',
      code: 'unsupported_block',
    });
  });

  it.each([
    ['NoPermissions', 'permission'],
    ['Blocked', 'rate_limit'],
    ['NotFound', 'model_not_found'],
    ['Unknown', 'server'],
  ])('say why they did not answer: %s', async (code, kind) => {
    const { api } = createApi([], new FakeModelError(code));
    const error = await collect(createLanguageModel(api)(request(), never)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind, code, retryable: false });
  });

  it('that are not there are said not to be', async () => {
    const { api } = createApi([]);
    await expect(
      collect(createLanguageModel(api)({ ...request(), model: 'acme/other' }, never)),
    ).rejects.toMatchObject({
      kind: 'model_not_found',
    });
  });

  it('are cancelled with the turn', async () => {
    const stop = new AbortController();
    const { api, isCancelled } = createApi([text('one'), text('two')]);
    const reading = async (): Promise<void> => {
      for await (const event of createLanguageModel(api)(request(), stop.signal)) {
        if (event.type === 'content_block_delta') stop.abort();
      }
    };
    await reading().catch(() => undefined);
    expect(isCancelled()).toBe(true);
  });
});

const never = new AbortController().signal;

function request(): ModelRequest {
  return {
    model: 'acme/large',
    system: ['Be brief.'],
    tools: [{ name: 'Read', description: 'Reads.', input_schema: { type: 'object' } }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    maxTokens: 1000,
  };
}

class Text {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

class Call {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
  constructor(callId: string, name: string, input: object) {
    this.callId = callId;
    this.name = name;
    this.input = input;
  }
}

class Result {
  readonly callId: string;
  readonly content: unknown[];
  constructor(callId: string, content: unknown[]) {
    this.callId = callId;
    this.content = content;
  }
}

class FakeModelError extends Error {
  readonly code: string;
  constructor(code: string) {
    super('refused');
    this.code = code;
  }
}

const text = (value: string): unknown => new Text(value);
const call = (id: string, name: string, input: object): unknown => new Call(id, name, input);

/** One model, acme/large, that answers with these parts or throws. */
function createApi(parts: readonly unknown[], error?: Error) {
  let sent: unknown;
  let cancelled = false;
  const model = {
    vendor: 'acme',
    id: 'large',
    async sendRequest(messages: unknown[], options: { tools: unknown[] }) {
      if (error !== undefined) throw error;
      sent = { messages: messages.map(toPlain), tools: options.tools };
      return {
        stream: (async function* () {
          for (const part of parts) {
            if (cancelled) throw new Error('cancelled');
            yield part;
          }
        })(),
      };
    },
  };
  const api = {
    lm: { selectChatModels: async () => [model] },
    LanguageModelTextPart: Text,
    LanguageModelToolCallPart: Call,
    LanguageModelToolResultPart: Result,
    LanguageModelError: FakeModelError,
    LanguageModelChatMessage: {
      User: (content: unknown) => ({
        role: 'user',
        content: typeof content === 'string' ? [content] : content,
      }),
      Assistant: (content: unknown) => ({ role: 'assistant', content }),
    },
    CancellationTokenSource: class {
      readonly token = {};
      cancel(): void {
        cancelled = true;
      }
      dispose(): void {}
    },
  } as unknown as LanguageModelApi;
  return { api, sent: () => sent, isCancelled: () => cancelled };
}

function toPlain(message: unknown): unknown {
  return JSON.parse(
    JSON.stringify(message, (_key, value: unknown) => {
      if (value instanceof Result)
        return { callId: value.callId, content: value.content.map((part) => (part as Text).value) };
      if (value instanceof Text) return { text: value.value };
      return value;
    }),
  );
}

async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const collected: StreamEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

function build(events: readonly StreamEvent[]) {
  const reply = new Accumulator();
  for (const event of events) reply.push(event);
  return reply.finish();
}
