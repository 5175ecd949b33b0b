/** The scripted server must be as strict as the real one: what it lets pass, no other test would catch. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildRequestBody } from '../../../../src/core/model/buildRequestBody.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import { buildModelMessages, type ModelInput } from '../../../../src/core/model/toApiMessages.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import type { ApiRequest } from '../../../support/modelServer/apiRequest.ts';
import { checkMessages } from '../../../support/modelServer/checkMessages.ts';
import { checkParameters } from '../../../support/modelServer/checkRequest.ts';
import { type ModelServer, startModelServer } from '../../../support/modelServer/startModelServer.ts';
import * as say from '../../../support/modelServer/steps.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const text = (value: string) => ({ type: 'text', text: value });
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const call = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'Read', input });
const result = (id: string, rest: object = { content: 'x' }) => ({
  type: 'tool_result',
  tool_use_id: id,
  ...rest,
});
const hi = user(text('hi'));
const base = { model: 'claude-sonnet-5-5', max_tokens: 1000, messages: [hi] };
const headers = { 'x-api-key': 'k', 'anthropic-version': '2026-10-21' };

interface Answer {
  readonly status: number;
  readonly body: {
    readonly type: string;
    readonly content?: { readonly type: string }[];
    readonly error?: { readonly message: string };
  };
}

async function post(request: object | string, sent: Record<string, string> = headers): Promise<Answer> {
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  const answer = await fetch(`${server.url}/v1/messages`, { method: 'POST', headers: sent, body });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

describe('refuses', () => {
  const tool = (name: unknown, rest: object = {}) => ({
    name,
    description: 'x',
    input_schema: { type: 'object' },
    ...rest,
  });
  const marked = (value: string) => ({ ...text(value), cache_control: { type: 'ephemeral' } });
  const many = (count: number) => user(...Array.from({ length: count }, (_, index) => marked(`${index}`)));

  test.each<[string, object]>([
    ['an unknown field', { parentUuid: 'x' }],
    ['temperature on the newest models', { temperature: 0.5 }],
    ['top_p on the newest models', { top_p: 0.9 }],
    ['top_k on the newest models', { top_k: 5 }],
    ['thinking that is switched off', { thinking: { type: 'disabled' } }],
    ['thinking with a budget', { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4096 }],
    ['an unknown display of thinking', { thinking: { type: 'adaptive', display: 'updates' } }],
    ['between_tools on other models', { model: 'claude-opus-5-5', thinking: { type: 'between_tools' } }],
    [
      'between_tools with more effort than high',
      { thinking: { type: 'between_tools' }, output_config: { effort: 'xhigh' } },
    ],
    [
      'adaptive thinking on a model with a budget',
      { model: 'claude-haiku-4-5', thinking: { type: 'adaptive' } },
    ],
    [
      'a budget below the least',
      { model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 500 } },
    ],
    [
      'a budget as large as the reply',
      { model: 'claude-haiku-4-5', max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 2000 } },
    ],
    ['a forced tool', { tool_choice: { type: 'any' } }],
    ['a named tool', { tool_choice: { type: 'tool', name: 'Read' } }],
    ['an unknown effort', { output_config: { effort: 'huge' } }],
    ['effort on a model without', { model: 'claude-haiku-4-5', output_config: { effort: 'low' } }],
    ['no room for a reply', { max_tokens: 0 }],
    ['more than the model can say', { model: 'claude-haiku-4-5', max_tokens: 64_001 }],
    ['a tool with a bad name', { tools: [tool('mcp:read file')] }],
    ['a tool with a long name', { tools: [tool('x'.repeat(129))] }],
    ['two tools of the same name', { tools: [tool('Read'), tool('Read')] }],
    ['a tool without a schema', { tools: [tool('Read', { input_schema: { type: 'string' } })] }],
    ['an empty system prompt', { system: [text('')] }],
    ['five cache marks', { messages: [many(5)] }],
    [
      'five cache marks with the automatic one',
      { messages: [many(4)], cache_control: { type: 'ephemeral' } },
    ],
    ['a cache mark of another type', { cache_control: { type: 'eternal' } }],
    ['no messages', { messages: [] }],
    ['a reply first', { messages: [assistant(text('x')), hi] }],
    ['an unknown role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['a local field of a message', { messages: [{ ...hi, uuid: 'x' }] }],
    ['a local field of a block', { messages: [user({ ...text('x'), id: 'x' })] }],
    ['an empty message', { messages: [user()] }],
    ['an empty text', { messages: [user(text(''))] }],
    ['a text of white space', { messages: [user(text(' \n'))] }],
    ['an empty text in the middle of a reply', { messages: [hi, assistant(text('x'), text('')), hi] }],
    ['a block it doesn’t know', { messages: [user({ type: 'video', source: {} })] }],
    [
      'an image of a type it doesn’t take',
      {
        messages: [
          user({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AAAA' } }),
        ],
      },
    ],
    [
      'an image that isn’t base64',
      {
        messages: [
          user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'data:x' } }),
        ],
      },
    ],
    ['a prefilled reply', { messages: [hi, assistant(text('Sure'))] }],
    ['a call without its result', { messages: [hi, assistant(call('1')), hi] }],
    ['a call at the end', { messages: [hi, assistant(call('1'))] }],
    ['a result without its call', { messages: [user(result('1'))] }],
    [
      'a result one message late',
      { messages: [hi, assistant(call('1')), user(result('1')), assistant(text('x')), user(result('1'))] },
    ],
    ['two results of one call', { messages: [hi, assistant(call('1')), user(result('1'), result('1'))] }],
    ['a result behind other content', { messages: [hi, assistant(call('1')), user(text('x'), result('1'))] }],
    [
      'two calls of the same id',
      { messages: [hi, assistant(call('1')), user(result('1')), assistant(call('1')), user(result('1'))] },
    ],
    ['input that is no object', { messages: [hi, assistant(call('1', 'x')), user(result('1'))] }],
    [
      'an error without a word',
      { messages: [hi, assistant(call('1')), user(result('1', { is_error: true, content: '' }))] },
    ],
    [
      'an error that is an image',
      {
        messages: [
          hi,
          assistant(call('1')),
          user(
            result('1', { is_error: true, content: [{ type: 'image', source: { type: 'url', url: 'x' } }] }),
          ),
        ],
      },
    ],
    ['a system message first', { messages: [{ role: 'system', content: 'x' }, hi] }],
    [
      'a system message behind a reply',
      { messages: [hi, assistant(text('x')), { role: 'system', content: 'x' }] },
    ],
    ['a system message before a user message', { messages: [hi, { role: 'system', content: 'x' }, hi] }],
    [
      'a system message on an older model',
      { model: 'claude-haiku-4-5', messages: [hi, { role: 'system', content: 'x' }] },
    ],
    [
      'a reply that ends with thinking',
      { messages: [hi, assistant({ type: 'redacted_thinking', data: 'x' }), hi] },
    ],
    [
      'thinking that nobody signed',
      { messages: [hi, assistant({ type: 'thinking', thinking: 'x', signature: 'y' }, text('x')), hi] },
    ],
    [
      'a turn that began without thinking, with a budget',
      {
        model: 'claude-haiku-4-5',
        max_tokens: 4096,
        thinking: { type: 'enabled', budget_tokens: 1024 },
        messages: [hi, assistant(call('1')), user(result('1'))],
      },
    ],
  ])('%s', async (_name, change) => {
    server.script([say.text('yes')]);
    const { status, body } = await post({ ...base, ...change });
    expect(status).toBe(400);
    expect(body.error?.message).not.toBe('No reply is scripted for this request.');
    expect(server.requests).toHaveLength(0);
    expect(() => server.assertNoRefusals()).toThrow('400');
  });

  test('a request without a key, without a version, for an unknown model, or that is no JSON', async () => {
    expect((await post(base, { 'anthropic-version': '2026-10-21' })).status).toBe(401);
    expect((await post(base, { 'x-api-key': 'k' })).status).toBe(400);
    expect((await post({ ...base, model: 'gpt-9' })).status).toBe(404);
    expect((await post('{')).status).toBe(400);
    expect((await post({ ...base, messages: [user(text('x'.repeat(34_000_000)))] })).status).toBe(413);
  });

  test('a request that no reply was scripted for', async () => {
    expect((await post(base)).body.error?.message).toBe('No reply is scripted for this request.');
  });
});

describe('thinking is bound to what stands before it', () => {
  const before = { ...base, system: 'S', tools: [], messages: [user(text('hi'), text('there'))] };
  const answered = async (request: object) => (await post(request)).body.content ?? [];

  async function conversation() {
    server.script(
      [say.thinking('A'), say.text('x'), say.thinking('B'), say.toolUse('Read', { a: 1 })],
      [say.text('done')],
    );
    const content = await answered(before);
    const id = (content[3] as { id?: string } | undefined)?.id ?? '';
    return { ...before, messages: [...before.messages, assistant(...content), user(result(id))] };
  }

  test('unchanged it is taken, cache marks, bare strings and the division into messages aside', async () => {
    const next = await conversation();
    const [first, reply, results] = next.messages as { role: string; content: { type: string }[] }[];
    const moved = {
      ...next,
      system: [{ ...text('S'), cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: 'hi' }, user(text('there')), reply, results],
    };
    expect(first?.content).toHaveLength(2);
    expect((await post(moved)).status).toBe(200);
    server.assertNoRefusals();
  });

  type Messages = { role: string; content: Record<string, unknown>[] }[];
  test.each<[string, (request: { messages: Messages; [field: string]: unknown }) => void]>([
    ['the system prompt', (request) => Object.assign(request, { system: 'S2' })],
    [
      'a tool',
      (request) => Object.assign(request, { tools: [{ name: 'New', input_schema: { type: 'object' } }] }),
    ],
    [
      'a message before it',
      ({ messages }) => Object.assign(messages[0]?.content[0] ?? {}, { text: 'hello' }),
    ],
    ['its own text', ({ messages }) => Object.assign(messages[1]?.content[0] ?? {}, { thinking: 'C' })],
    [
      'a text of the same reply',
      ({ messages }) => Object.assign(messages[1]?.content[1] ?? {}, { text: 'y' }),
    ],
    ['a thought before it', ({ messages }) => void messages[1]?.content.shift()],
  ])('when %s has changed it is refused', async (_name, change) => {
    const next = structuredClone(await conversation()) as never;
    change(next);
    const { status, body } = await post(next);
    expect(status).toBe(400);
    expect(body.error?.message).toContain('bound to a different conversation');
  });

  test('without it, or asked of another model, the conversation goes on', async () => {
    const next = await conversation();
    expect((await post({ ...next, model: 'claude-opus-5-5', system: 'S2' })).status).toBe(200);
  });
});

describe('a paused reply', () => {
  test('is taken back as the last message, and only that', async () => {
    const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
    server.script([say.text('Let me look.'), say.block(search), say.stop('pause_turn')], [say.text('found')]);
    const { content = [] } = (await post(base)).body;
    expect((await post({ ...base, messages: [hi, assistant(...content)] })).status).toBe(200);
    expect((await post({ ...base, messages: [hi, assistant(text('Let me look.'))] })).status).toBe(400);
  });
});

describe('scenarios', () => {
  const ask = async (...messages: object[]) => (await post({ ...base, messages })).body.content?.[0];

  test('are chosen by what the user said last, and go on with each request of the turn', async () => {
    server.scenarios({
      deploy: [[say.toolUse('Read', {}, { id: 't1' })], [say.text('deployed')]],
      'deploy twice': [[say.text('twice')]],
    });
    const asked = user(text('please deploy'), text('<system-reminder>deploy twice</system-reminder>'));
    expect(await ask(asked)).toMatchObject({ type: 'tool_use' });
    expect(await ask(asked, assistant(call('t1')), user(result('t1')))).toMatchObject({ text: 'deployed' });
    expect(await ask(user(text('deploy twice')))).toMatchObject({ text: 'twice' });
    server.assertNoRefusals();
  });

  test('count a retry as the next request, and begin again when the words come in a new turn', async () => {
    server.scenarios({ flaky: [[say.httpError(529, 'overloaded_error')], [say.text('ok')]] });
    const asked = user(text('flaky'));
    expect((await post({ ...base, messages: [asked] })).status).toBe(529);
    expect(await ask(asked)).toMatchObject({ text: 'ok' });
    const again = [asked, assistant(text('ok')), asked];
    expect((await post({ ...base, messages: again })).status).toBe(529);
    expect(await ask(...again)).toMatchObject({ text: 'ok' });
  });

  test('go before the script, and a handler before both', async () => {
    server.scenarios({ one: [[say.text('scenario')]] });
    server.script([say.text('script')]);
    server.onRequest(({ body }) =>
      JSON.stringify(body).includes('special') ? [say.text('handler')] : undefined,
    );
    expect(await ask(user(text('one')))).toMatchObject({ text: 'scenario' });
    expect(await ask(user(text('one special')))).toMatchObject({ text: 'handler' });
    expect(await ask(user(text('two')))).toMatchObject({ text: 'script' });
  });
});

test('the models are listed', async () => {
  const answer = await fetch(`${server.url}/v1/models`, { headers });
  const { data } = (await answer.json()) as { data: { id: string; max_input_tokens: number }[] };
  expect(data.find(({ id }) => id === 'claude-sonnet-5-5')?.max_input_tokens).toBe(1_000_000);
});

describe('whatever a transcript holds', () => {
  const id = fc.constantFrom('1', '2', '3', '4');
  const block: fc.Arbitrary<object> = fc.oneof(
    fc.constantFrom('', ' ', 'a', 'b\n').map(text),
    fc
      .tuple(id, fc.constantFrom<unknown>({}, { a: 1 }, null, [1], 'x'))
      .map(([name, input]) => call(name, input)),
    fc
      .tuple(
        id,
        fc.constantFrom<object>(
          { content: 'x' },
          {},
          { content: '', is_error: true },
          { content: [text('')] },
          { content: [text('e'), { type: 'image', source: { type: 'url', url: 'u' } }], is_error: true },
        ),
      )
      .map(([name, rest]) => result(name, rest)),
    fc.constantFrom<object>(
      { type: 'thinking', thinking: 'x', signature: '' },
      { type: 'reasoning', text: 'r' },
      { type: 'cache_point' },
      { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
    ),
    fc.constant({ ...text('m'), cache_control: { type: 'ephemeral' } }),
  );
  const message: fc.Arbitrary<ModelInput> = fc.oneof(
    fc.array(block, { maxLength: 4 }).map(
      (content): ModelInput => ({
        type: 'user',
        message: {
          role: 'user',
          content: content.filter((b) => (b as { type: string }).type !== 'reasoning') as ContentBlock[],
        },
      }),
    ),
    fc.array(block, { maxLength: 4 }).map(
      (content): ModelInput => ({
        type: 'assistant',
        uuid: 'a',
        message: {
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'claude-sonnet-5-5',
          content: content as ContentBlock[],
          stop_reason: 'end_turn',
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      }),
    ),
    fc.constant<ModelInput>({ type: 'notice', text: 'The mode changed.' }),
  );
  const memory = { sentTypes: new Set<string>(), isPaused: () => false };

  test('I2 F33 the request made of it is one the API takes', () => {
    const table = createModelTable();
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 10 }),
        fc.constantFrom('claude-sonnet-5-5', 'claude-haiku-4-5', 'llama-4'),
        (history, model) => {
          const asked: ModelInput = { type: 'user', message: { role: 'user', content: 'and now?' } };
          const messages = buildModelMessages([...history, asked], { model });
          const request = {
            model,
            system: ['S'],
            tools: [],
            messages,
            maxTokens: 8000,
            effort: 'max' as const,
          };
          const sent = JSON.parse(JSON.stringify(buildRequestBody(request, table.get(model)))) as ApiRequest;
          checkParameters(sent, { models: 'any', betas: [] });
          checkMessages(sent, memory);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
