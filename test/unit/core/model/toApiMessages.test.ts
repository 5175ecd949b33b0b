import { describe, expect, test } from 'vitest';
import type { ApiMessage } from '../../../../src/core/model/modelRequest.ts';
import {
  type BuildOptions,
  buildModelMessages,
  type ModelInput,
} from '../../../../src/core/model/toApiMessages.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';

const MODEL = 'claude-sonnet-5-5';

function user(...content: (ContentBlock | object | string)[]): ModelInput {
  const blocks = content.map((part) => (typeof part === 'string' ? text(part) : (part as ContentBlock)));
  return { type: 'user', message: { role: 'user', content: blocks } };
}
function assistant(
  content: (ContentBlock | object)[],
  { model = MODEL, stop_reason = 'end_turn', uuid = 'a' } = {},
): ModelInput {
  const usage = { input_tokens: 1, output_tokens: 1 };
  return {
    type: 'assistant',
    uuid,
    message: {
      id: 'msg',
      type: 'message',
      role: 'assistant',
      model,
      content: content as ContentBlock[],
      stop_reason,
      usage,
    },
  };
}
function text(value: string): ContentBlock {
  return { type: 'text', text: value };
}
function thinking(signature = 'sig', value = 'hm'): ContentBlock {
  return { type: 'thinking', thinking: value, signature };
}
function call(id: string): ContentBlock {
  return { type: 'tool_use', id, name: 'Read', input: { file_path: id } };
}
function result(id: string, content = `of ${id}`): ContentBlock {
  return { type: 'tool_result', tool_use_id: id, content };
}
const missing = (id: string) => ({
  type: 'tool_result',
  tool_use_id: id,
  content: 'Interrupted: this call has no result. It may have run in part, or not at all.',
  is_error: true,
});
function build(messages: ModelInput[], options: Partial<BuildOptions> = {}): ApiMessage[] {
  return buildModelMessages(messages, { model: MODEL, ...options });
}

describe('the clean form', () => {
  test('holds roles and blocks only, in order', () => {
    const line = {
      ...user('hi'),
      uuid: 'u1',
      session_id: 's',
      parentUuid: null,
      timestamp: '2026',
      tool_use_result: { big: true },
    };
    expect(build([line as ModelInput, assistant([text('yes?')]), user('do it')])).toStrictEqual([
      { role: 'user', content: [text('hi')] },
      { role: 'assistant', content: [text('yes?')] },
      { role: 'user', content: [text('do it')] },
    ]);
  });

  test('makes a block of a bare string, and one message of neighbours', () => {
    const bare: ModelInput = { type: 'user', message: { role: 'user', content: 'first' } };
    expect(build([bare, user('second', 'third')])).toEqual([
      { role: 'user', content: [text('first'), text('second'), text('third')] },
    ]);
  });

  test('leaves empty texts and messages without content out', () => {
    expect(build([user('a', '', ' \n'), assistant([text('')]), user(''), user('b')])).toEqual([
      { role: 'user', content: [text('a'), text('b')] },
    ]);
  });

  test('returns blocks it doesn’t know as they came', () => {
    const blocks = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ encrypted_content: 'E' }] },
      { type: 'brand_new', payload: [1, { deep: true }] },
      { type: 'text', text: 'found', citations: [{ type: 'web_search_result_location' }] },
    ];
    const [, reply] = build([user('a'), assistant(blocks), user('b')]);
    expect(reply?.content).toStrictEqual(blocks);
  });

  test('is the same to the byte, and what is said later changes nothing before it', () => {
    const conversation = [
      user('a'),
      assistant([thinking(), text('t'), call('1'), call('2')]),
      user(result('2'), result('1')),
      { type: 'notice', text: 'The mode is now plan.' } as const,
      assistant([thinking('sig2'), text('u')]),
      user('b'),
    ];
    const whole = JSON.stringify(build(conversation));
    expect(JSON.stringify(build(conversation))).toBe(whole);
    const longer = [...conversation, assistant([text('v')]), user('c')];
    expect(JSON.stringify(build(longer)).startsWith(whole.slice(0, -1))).toBe(true);
  });

  test('a cache point becomes a mark on what stands before it', () => {
    expect(build([user({ type: 'cache_point' }, 'a', { type: 'cache_point' }, 'b')])).toEqual([
      { role: 'user', content: [{ ...text('a'), cache_control: { type: 'ephemeral' } }, text('b')] },
    ]);
  });

  test('input of a call that is no object becomes an empty one', () => {
    const [, reply] = build([
      user('a'),
      assistant([{ type: 'tool_use', id: '1', name: 'Read', input: null }]),
      user(result('1')),
    ]);
    expect(reply?.content).toEqual([{ type: 'tool_use', id: '1', name: 'Read', input: {} }]);
  });

  test.each(['video', 'guard_content', 'reasoning'])(
    'refuses a %s block of the user and names its message',
    (type) => {
      const block = { type, text: 'x', source: { type: 'url', url: 'https://example.org/v.mp4' } };
      expect(() => build([user('a'), assistant([text('b')]), user('c', block)])).toThrow(
        expect.objectContaining({
          name: 'ModelError',
          kind: 'invalid_request',
          code: 'unsupported_block',
          message: `Message 3 (user) holds a block of the type "${type}", which this provider does not take.`,
        }),
      );
    },
  );

  test('leaves the reasoning of another provider’s model out', () => {
    expect(
      build([user('a'), assistant([{ type: 'reasoning', text: 'hm' }, text('b')]), user('c')])[1],
    ).toEqual({
      role: 'assistant',
      content: [text('b')],
    });
  });
});

describe('tool results', () => {
  test('come first, in the order of the calls, whatever messages they came in', () => {
    expect(
      build([
        user('a'),
        assistant([call('1'), call('2')]),
        user('meanwhile', result('2')),
        user(result('1')),
      ]),
    ).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [call('1'), call('2')] },
      { role: 'user', content: [result('1'), result('2'), text('meanwhile')] },
    ]);
  });

  test('that are missing are stood in for: before other content, before the next reply, and at the end', () => {
    expect(
      build([user('a'), assistant([call('1'), call('2')]), user(result('2'), 'go on')])[2]?.content,
    ).toEqual([missing('1'), result('2'), text('go on')]);
    expect(build([user('a'), assistant([call('1')])])).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [call('1')] },
      { role: 'user', content: [missing('1')] },
    ]);
  });

  test('that come too late, twice, or for no call are left out', () => {
    expect(
      build([
        user('a', result('0')),
        assistant([call('1')]),
        user(result('1', 'first'), result('1', 'second')),
        assistant([text('b')]),
        user(result('1'), 'c'),
      ]),
    ).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [call('1')] },
      { role: 'user', content: [result('1', 'first')] },
      { role: 'assistant', content: [text('b')] },
      { role: 'user', content: [text('c')] },
    ]);
  });

  test('a message of nothing but orphans leaves its neighbours together', () => {
    expect(
      build([user('a'), assistant([text('b')]), user(result('9')), assistant([text('c')]), user('d')]),
    ).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [text('b'), text('c')] },
      { role: 'user', content: [text('d')] },
    ]);
  });

  test('a call whose id was used before is left out with its result', () => {
    expect(
      build([
        user('a'),
        assistant([call('1')]),
        user(result('1')),
        assistant([call('1'), text('x')]),
        user(result('1'), 'b'),
      ]),
    ).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [call('1')] },
      { role: 'user', content: [result('1')] },
      { role: 'assistant', content: [text('x')] },
      { role: 'user', content: [text('b')] },
    ]);
  });

  test('are never empty where the API refuses that', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } };
    const [, , answer] = build([
      user('a'),
      assistant([call('1'), call('2'), call('3')]),
      user(
        { type: 'tool_result', tool_use_id: '1', content: [text(''), image] },
        { type: 'tool_result', tool_use_id: '2', content: ' ', is_error: true },
        { type: 'tool_result', tool_use_id: '3', content: [text('')] },
      ),
    ]);
    expect(answer?.content).toEqual([
      { type: 'tool_result', tool_use_id: '1', content: [image] },
      { type: 'tool_result', tool_use_id: '2', content: '(no output)', is_error: true },
      { type: 'tool_result', tool_use_id: '3' },
    ]);
  });
});

describe('thinking', () => {
  const redacted = { type: 'redacted_thinking', data: 'EmwK' };

  test('goes back as it came, to the byte', () => {
    const blocks = [thinking('c2ln+/=', ''), redacted, text('a'), thinking('s2', 'ü\u2028'), call('1')];
    expect(build([user('a'), assistant(blocks), user(result('1'))])[1]?.content).toStrictEqual(blocks);
  });

  test('of the same family goes back, whatever the date in its id', () => {
    const reply = assistant([thinking(), text('b')], { model: 'claude-sonnet-5-5-20260901' });
    expect(build([user('a'), reply, user('c')])[1]?.content).toHaveLength(2);
  });

  test('of another model, or that nobody signed, is left out', () => {
    const other = assistant([thinking(), redacted, text('b')], { model: 'claude-opus-5-5' });
    expect(build([user('a'), other, user('c')])[1]?.content).toEqual([text('b')]);
    expect(build([user('a'), assistant([thinking(''), text('b')]), user('c')])[1]?.content).toEqual([
      text('b'),
    ]);
  });

  test('up to a cut is left out, behind it kept', () => {
    const messages = [
      user('a'),
      assistant([thinking('old'), text('b')], { uuid: 'r1' }),
      user('c'),
      assistant([thinking('new'), text('d')], { uuid: 'r2' }),
      user('e'),
    ];
    const built = build(messages, { thinkingVoidUpTo: 'r1' });
    expect(built[1]?.content).toEqual([text('b')]);
    expect(built[3]?.content).toEqual([thinking('new'), text('d')]);
  });

  test('is all left out when the place of the cut is gone', () => {
    const built = build([user('a'), assistant([thinking(), text('b')]), user('c')], {
      thinkingVoidUpTo: 'gone',
    });
    expect(built[1]?.content).toEqual([text('b')]);
  });

  test('at the end of a reply that was cut off there is left out', () => {
    expect(build([user('a'), assistant([text('b'), thinking()]), user('c')])[1]?.content).toEqual([
      text('b'),
    ]);
    expect(build([user('a'), assistant([thinking()]), user('c')])).toEqual([
      { role: 'user', content: [text('a'), text('c')] },
    ]);
  });

  test('keeps the white space before it that it is bound to, and only that', () => {
    const built = build([user('a'), assistant([text('\n\n'), thinking(), text('b'), text('\n')]), user('c')]);
    expect(built[1]?.content).toEqual([text('\n\n'), thinking(), text('b')]);
  });
});

describe('notices', () => {
  const notice: ModelInput = { type: 'notice', text: 'The mode is now plan.' };
  const asText = text('<system-reminder>\nThe mode is now plan.\n</system-reminder>');

  test('follow what was said as a system message, where the model takes those', () => {
    expect(build([user('a'), assistant([text('b')]), notice, user('c'), notice])).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [text('b')] },
      { role: 'user', content: [text('c')] },
      { role: 'system', content: [text('The mode is now plan.'), text('The mode is now plan.')] },
    ]);
  });

  test('go into the user message where the model doesn’t, or nothing was said', () => {
    const older = { model: 'claude-haiku-4-5' };
    expect(build([user('a'), notice], older)).toEqual([{ role: 'user', content: [text('a'), asText] }]);
    expect(build([user('a'), notice], { model: 'llama-4' })).toEqual([
      { role: 'user', content: [text('a'), asText] },
    ]);
    expect(build([user('a'), assistant([text('b')]), notice])).toEqual([
      { role: 'user', content: [text('a')] },
      { role: 'assistant', content: [text('b')] },
      { role: 'user', content: [asText] },
    ]);
  });

  test('stand behind the results they came between', () => {
    expect(
      build([
        user('a'),
        assistant([call('1'), call('2')]),
        user(result('1')),
        notice,
        user(result('2')),
      ]).slice(2),
    ).toEqual([
      { role: 'user', content: [result('1'), result('2')] },
      { role: 'system', content: [text('The mode is now plan.')] },
    ]);
  });
});

describe('the ends', () => {
  test('a reply that paused goes back as the last message', () => {
    const paused = assistant([{ type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }], {
      stop_reason: 'pause_turn',
    });
    expect(build([user('a'), paused]).at(-1)?.role).toBe('assistant');
  });

  test('any other reply as the last message is an error, and so is nothing at all', () => {
    for (const messages of [[user('a'), assistant([text('b')])], [], [user('')]]) {
      expect(() => build(messages)).toThrow(
        expect.objectContaining({ kind: 'invalid_request', code: 'nothing_asked' }),
      );
    }
  });

  test('a conversation that lost its beginning starts with a word of the user', () => {
    expect(build([assistant([text('b')]), user('c')])[0]).toEqual({
      role: 'user',
      content: [text('(The beginning of this conversation is missing.)')],
    });
  });

  test('a conversation of ten thousand turns comes out whole', () => {
    const turns = Array.from({ length: 10_000 }, (_, index) => [
      user(result(`${index - 1}`), `say ${index}`),
      assistant([thinking(), call(`${index}`)]),
    ]).flat();
    expect(build(turns)).toHaveLength(20_001);
  });
});
