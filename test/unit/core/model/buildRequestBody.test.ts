import { describe, expect, test } from 'vitest';
import { buildRequestBody } from '../../../../src/core/model/buildRequestBody.ts';
import type { ApiMessage, ModelRequest } from '../../../../src/core/model/modelRequest.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';

const table = createModelTable();
const mark = { type: 'ephemeral' };

function body(request: Partial<ModelRequest> = {}) {
  const whole: ModelRequest = {
    model: 'claude-sonnet-5-5',
    system: ['Who you are.', 'Where you work.'],
    tools: [],
    messages: [says('user', 'hi')],
    maxTokens: 32_000,
    ...request,
  };
  return buildRequestBody(whole, table.get(whole.model));
}
function says(role: ApiMessage['role'], ...texts: string[]): ApiMessage {
  return { role, content: texts.map((text) => ({ type: 'text', text })) };
}
function holds(role: ApiMessage['role'], ...content: object[]): ApiMessage {
  return { role, content: content as ContentBlock[] };
}

describe('the body of a request', () => {
  test('is what the API takes, and no more', () => {
    const tool = { name: 'Read', description: 'Reads.', input_schema: { type: 'object' } };
    expect(body({ tools: [tool], effort: 'high' })).toEqual({
      model: 'claude-sonnet-5-5',
      max_tokens: 32_000,
      system: [
        { type: 'text', text: 'Who you are.' },
        { type: 'text', text: 'Where you work.', cache_control: mark },
      ],
      tools: [tool],
      messages: [says('user', 'hi')],
      stream: true,
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
      cache_control: mark,
    });
  });

  test('leaves out what is empty or not asked for', () => {
    expect(Object.keys(body({ system: ['', ' '], model: 'llama-4' }))).toEqual([
      'model',
      'max_tokens',
      'messages',
      'stream',
    ]);
  });

  test.each([
    ['claude-opus-5-5', 'max', 'max'],
    ['claude-opus-4-6', 'xhigh', 'high'],
    ['claude-opus-4-5', 'max', 'high'],
    ['claude-haiku-4-5', 'high', undefined],
    ['llama-4', 'high', undefined],
  ] as const)('%s with effort %s is asked for %s', (model, effort, sent) => {
    expect((body({ model, effort }).output_config as { effort?: string } | undefined)?.effort).toBe(sent);
  });
});

describe('thinking on a model with a budget', () => {
  const model = 'claude-haiku-4-5';
  const call = { type: 'tool_use', id: '1', name: 'Read', input: {} };
  const result = { type: 'tool_result', tool_use_id: '1', content: 'x' };
  const thought = { type: 'thinking', thinking: '', signature: 's' };
  const thinking = (request: Partial<ModelRequest>) => body({ model, ...request }).thinking;

  test('is half of a short reply, and never more than ten thousand tokens', () => {
    expect(thinking({})).toEqual({ type: 'enabled', budget_tokens: 10_000 });
    expect(thinking({ maxTokens: 4096 })).toEqual({ type: 'enabled', budget_tokens: 2048 });
    expect(thinking({ maxTokens: 2000 })).toBeUndefined();
  });

  test('is left out in the middle of a turn that began without', () => {
    const messages = [says('user', 'hi'), holds('assistant', call), holds('user', result)];
    expect(thinking({ messages })).toBeUndefined();
    const thoughtful = [says('user', 'hi'), holds('assistant', thought, call), holds('user', result)];
    expect(thinking({ messages: thoughtful })).toBeDefined();
    expect(
      thinking({ messages: [...messages, says('assistant', 'done'), says('user', 'next')] }),
    ).toBeDefined();
  });
});

describe('cache marks', () => {
  const marksOf = (messages: unknown) =>
    (messages as ApiMessage[]).map(({ content }) => content.map((block) => 'cache_control' in block));

  test('stand behind the system prompt, where the last request ended, and at the end', () => {
    const messages = [
      says('user', 'a', 'b'),
      says('system', 'notice'),
      says('assistant', 'c'),
      holds('user', { type: 'tool_result', tool_use_id: '1' }, { type: 'text', text: 'd' }),
    ];
    const built = body({ messages });
    expect(marksOf(built.messages)).toEqual([[false, false], [true], [false], [false, false]]);
    expect(built.cache_control).toEqual(mark);
  });

  test('at the end are made by hand for servers that may not know how', () => {
    const built = body({
      model: 'llama-4',
      messages: [says('user', 'a'), says('assistant', 'b'), says('user', 'c', 'd')],
    });
    expect(marksOf(built.messages)).toEqual([[true], [false], [false, true]]);
    expect(built.cache_control).toBeUndefined();
  });

  test('that came with the messages are kept as far as four allow: the last one', () => {
    const given = (text: string) => ({ type: 'text', text, cache_control: { type: 'ephemeral', ttl: '1h' } });
    const messages = [
      holds('user', given('a'), given('b'), given('c')),
      says('assistant', 'd'),
      says('user', 'e'),
    ];
    const built = body({ messages });
    expect((built.messages as ApiMessage[])[0]?.content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      given('c'),
    ]);
  });

  test('change nothing else, and nothing of what they are not in', () => {
    const messages = [says('user', 'a'), says('assistant', 'b'), says('user', 'c')];
    const built = body({ messages }).messages as ApiMessage[];
    expect(built[1]).toBe(messages[1]);
    expect(built[2]).toBe(messages[2]);
    expect(messages[0]).toEqual(says('user', 'a'));
  });

  test('never stand on thinking', () => {
    const paused = holds('assistant', { type: 'server_tool_use', id: 's', name: 'web_search', input: {} });
    expect(marksOf(body({ model: 'llama-4', messages: [says('user', 'a'), paused] }).messages)).toEqual([
      [true],
      [false],
    ]);
  });
});
