import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContentBlock } from '../../../src/protocol/blocks.ts';
import type { ApiReply, BlockDelta, StreamEvent } from '../../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../../src/stream/accumulator.ts';

const start: StreamEvent = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 5 },
  },
};
const stop: StreamEvent = { type: 'message_stop' };

function began(index: number, content_block: object): StreamEvent {
  return { type: 'content_block_start', index, content_block: content_block as ContentBlock };
}
function delta(index: number, change: object): StreamEvent {
  return { type: 'content_block_delta', index, delta: change as BlockDelta };
}
function ended(index: number): StreamEvent {
  return { type: 'content_block_stop', index };
}
function changed(stop_reason: string, usage: object): StreamEvent {
  return { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage };
}
function toolUse(index: number, ...json: string[]): StreamEvent[] {
  return [
    began(index, { type: 'tool_use', id: `toolu_${index}`, name: 'Read', input: {} }),
    ...json.map((partial_json) => delta(index, { type: 'input_json_delta', partial_json })),
  ];
}
function accumulate(...events: StreamEvent[]): Accumulator {
  const accumulator = new Accumulator();
  for (const event of events) accumulator.push(event);
  return accumulator;
}
function contentOf(...events: StreamEvent[]): readonly unknown[] {
  return accumulate(start, ...events, stop).finish().content;
}

describe('a whole reply', () => {
  test('is what the events said, with the usage of the end', () => {
    const reply: ApiReply = accumulate(
      start,
      { type: 'ping' },
      began(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Let me ' }),
      delta(0, { type: 'thinking_delta', thinking: 'look.' }),
      delta(0, { type: 'signature_delta', signature: 'c2ln' }),
      ended(0),
      began(1, { type: 'text', text: '', citations: null }),
      delta(1, { type: 'text_delta', text: 'I read ' }),
      delta(1, { type: 'text_delta', text: 'it.' }),
      ended(1),
      ...toolUse(2, '', '{"file_', 'path":"a.ts"}'),
      ended(2),
      changed('tool_use', { output_tokens: 40, input_tokens: null }),
      stop,
    ).finish();
    expect(reply).toStrictEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content: [
        { type: 'thinking', thinking: 'Let me look.', signature: 'c2ln' },
        { type: 'text', text: 'I read it.', citations: null },
        { type: 'tool_use', id: 'toolu_2', name: 'Read', input: { file_path: 'a.ts' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 40, cache_read_input_tokens: 5 },
    });
  });

  test('counts of message_delta replace, however often they come', () => {
    const reply = accumulate(
      start,
      changed('end_turn', { output_tokens: 3, cache_creation: { ephemeral_5m_input_tokens: 7 } }),
      changed('end_turn', { output_tokens: 9, server_tool_use: { web_search_requests: 1 } }),
      stop,
    ).finish();
    expect(reply.usage).toEqual({
      input_tokens: 10,
      output_tokens: 9,
      cache_read_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 7 },
      server_tool_use: { web_search_requests: 1 },
    });
  });

  test('fields of message_delta that came later than this code are kept', () => {
    const event = {
      type: 'message_delta',
      delta: { stop_reason: 'refusal', stop_sequence: null, stop_details: { category: 'cyber' } },
      usage: { output_tokens: 1 },
    } as StreamEvent;
    expect(accumulate(start, event, stop).finish()).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { category: 'cyber' },
    });
  });

  test('an empty reply is a reply', () => {
    expect(contentOf(changed('end_turn', { output_tokens: 0 }))).toEqual([]);
  });
});

describe('blocks', () => {
  test('citations are added to those the block began with', () => {
    expect(
      contentOf(
        began(0, { type: 'text', text: '', citations: [] }),
        delta(0, { type: 'citations_delta', citation: { cited_text: 'a' } }),
        delta(0, { type: 'text_delta', text: 'x' }),
        delta(0, { type: 'citations_delta', citation: { cited_text: 'b' } }),
        ended(0),
      ),
    ).toEqual([{ type: 'text', text: 'x', citations: [{ cited_text: 'a' }, { cited_text: 'b' }] }]);
  });

  test('redacted thinking, server tools and unknown blocks come through as they came', () => {
    const blocks = [
      { type: 'redacted_thinking', data: 'EmwKAhgB' },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result' }] },
      { type: 'something_new', payload: { deep: [1] } },
    ];
    expect(contentOf(...blocks.flatMap((block, index) => [began(index, block), ended(index)]))).toEqual(
      blocks,
    );
  });

  test('the input of a server tool is read like that of any other', () => {
    expect(
      contentOf(
        began(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
        delta(0, { type: 'input_json_delta', partial_json: '"x"}' }),
        ended(0),
      ),
    ).toEqual([{ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } }]);
  });

  test('a delta of an unknown type adds to the field it names, on an unknown block', () => {
    expect(
      contentOf(
        began(0, { type: 'compaction', content: null }),
        delta(0, { type: 'compaction_delta', content: 'So ' }),
        delta(0, { type: 'compaction_delta', content: 'far.', encrypted: { a: 1 } }),
        ended(0),
      ),
    ).toEqual([{ type: 'compaction', content: 'So far.', encrypted: { a: 1 } }]);
  });

  test('an event of an unknown type is left out', () => {
    expect(contentOf({ type: 'weather_report', index: 9 } as unknown as StreamEvent)).toEqual([]);
  });

  test('push returns a block when it is complete, and only then', () => {
    const accumulator = new Accumulator();
    const returned = [start, ...toolUse(4, '{"a":1}'), ended(4), stop].map((event) =>
      accumulator.push(event),
    );
    expect(returned.map((block) => block?.index)).toEqual([undefined, undefined, undefined, 4, undefined]);
    expect(returned[3]?.block).toEqual({ type: 'tool_use', id: 'toolu_4', name: 'Read', input: { a: 1 } });
    expect(returned[3]?.inputProblem).toBeUndefined();
  });
});

describe('the input of a tool call', () => {
  test('can be read while it comes, and stands in the block when it is complete', () => {
    const accumulator = accumulate(start, ...toolUse(0, '{"file_path":"src/', 'a.ts","n":[1,2'));
    const [block] = accumulator.blocks;
    expect(block?.complete).toBe(false);
    expect(block?.partialInput).toEqual({ file_path: 'src/a.ts', n: [1] });
    expect(block?.block).toMatchObject({ input: {} });
    accumulator.push(delta(0, { type: 'input_json_delta', partial_json: '2]}' }));
    accumulator.push(ended(0));
    expect(block?.complete).toBe(true);
    expect(block?.block).toMatchObject({ input: { file_path: 'src/a.ts', n: [1, 22] } });
  });

  test('that is empty in all means no arguments', () => {
    const accumulator = accumulate(start, ...toolUse(0, ''), ended(0));
    expect(accumulator.blocks[0]).toMatchObject({
      inputProblem: undefined,
      partialInput: {},
      block: { input: {} },
    });
  });

  test('that came whole with the start of the block is kept', () => {
    const whole = { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: 'a' } };
    const accumulator = accumulate(start, began(0, whole), ended(0));
    expect(accumulator.blocks[0]?.block).toEqual(whole);
    expect(accumulator.blocks[0]?.partialInput).toEqual({ file_path: 'a' });
  });

  test.each([
    ['{"file_path": !', 'expected a value, found "!", at character 14'],
    ['{"file_path": "a', 'it ends in the middle'],
    ['["a"]', 'it is not an object'],
    ['null', 'it is not an object'],
    ['12', 'it is not an object'],
  ])('that is %j is a problem of the block and never thrown', (json, problem) => {
    const block = accumulate(start, ...toolUse(0, ...json), ended(0)).blocks[0];
    expect(block?.inputProblem).toBe(problem);
    expect(block?.block).toMatchObject({ input: {} });
  });
});

describe('what changed can be told cheaply', () => {
  test('a version grows with each change of its block and of no other', () => {
    const accumulator = accumulate(
      start,
      began(0, { type: 'text', text: '' }),
      began(1, { type: 'text', text: '' }),
    );
    const versions = () => accumulator.blocks.map(({ version }) => version);
    const [first, second] = versions() as [number, number];
    accumulator.push(delta(1, { type: 'text_delta', text: 'x' }));
    expect(versions()).toEqual([first, second + 1]);
    accumulator.push({ type: 'ping' });
    const { version } = accumulator;
    accumulator.push(ended(1));
    expect(versions()).toEqual([first, second + 2]);
    expect(accumulator.version).toBe(version + 1);
  });

  test('snapshots are the same object until something changes, and don’t change afterwards', () => {
    const accumulator = accumulate(start, began(0, { type: 'text', text: '' }));
    const [block] = accumulator.blocks;
    const before = block?.block;
    const message = accumulator.message;
    expect(block?.block).toBe(before);
    expect(accumulator.message).toBe(message);
    accumulator.push(delta(0, { type: 'text_delta', text: 'x' }));
    expect(before).toEqual({ type: 'text', text: '' });
    expect(message?.content).toEqual([{ type: 'text', text: '' }]);
    expect(block?.block).toEqual({ type: 'text', text: 'x' });
  });
});

describe('events that contradict each other', () => {
  const text = began(0, { type: 'text', text: '' });
  test.each<[string, StreamEvent[]]>([
    ['not_started', [text]],
    ['not_started', [stop]],
    ['started_twice', [start, start]],
    ['wrong_block', [start, delta(0, { type: 'text_delta', text: 'x' })]],
    ['wrong_block', [start, ended(3)]],
    ['wrong_block', [start, text, text]],
    ['wrong_block', [start, text, ended(0), delta(0, { type: 'text_delta', text: 'x' })]],
    ['wrong_block', [start, text, ended(0), ended(0)]],
    ['open_block', [start, text, stop]],
    ['after_end', [start, stop, text]],
    ['after_end', [start, stop, stop]],
  ])('are refused as %s (case %#)', (kind, events) => {
    expect(() => accumulate(...events)).toThrow(expect.objectContaining({ name: 'StreamError', kind }));
  });

  test('a reply without its end is not given out as whole', () => {
    for (const events of [[], [start], [start, text, ended(0), changed('end_turn', {})]]) {
      expect(() => accumulate(...events).finish()).toThrow(expect.objectContaining({ kind: 'incomplete' }));
    }
  });

  test('what was there before a contradiction can still be read', () => {
    const accumulator = accumulate(start, text, delta(0, { type: 'text_delta', text: 'kept' }));
    expect(() => accumulator.push(ended(7))).toThrow();
    expect(accumulator.message?.content).toEqual([{ type: 'text', text: 'kept' }]);
  });
});

/** Whole replies of any shape, their texts cut anywhere. */
const anyReply: fc.Arbitrary<StreamEvent[]> = fc
  .array(
    fc.oneof(
      fc.array(fc.string()).map((texts) => ({
        block: { type: 'text', text: '' },
        deltas: texts.map((text) => ({ type: 'text_delta', text })),
      })),
      fc.tuple(fc.array(fc.string()), fc.base64String()).map(([texts, signature]) => ({
        block: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          ...texts.map((thinking) => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature },
        ],
      })),
      fc.tuple(fc.json(), fc.nat()).map(([json, cut]) => ({
        block: { type: 'tool_use', id: 'toolu_1', name: 'Edit', input: {} },
        deltas: [json.slice(0, cut % json.length), json.slice(cut % json.length)].map((partial_json) => ({
          type: 'input_json_delta',
          partial_json,
        })),
      })),
      fc.constant({ block: { type: 'redacted_thinking', data: 'x' }, deltas: [] }),
      fc.constant({
        block: { type: 'brand_new', note: '' },
        deltas: [
          { type: 'brand_new_delta', note: 'a' },
          { type: 'brand_new_delta', note: 'b' },
        ],
      }),
    ),
    { maxLength: 6 },
  )
  .map((blocks) => [
    start,
    ...blocks.flatMap(({ block, deltas }, index) => [
      began(index, block),
      ...deltas.map((change) => delta(index, change)),
      ended(index),
    ]),
    changed('end_turn', { output_tokens: 12 }),
    stop,
  ]);

describe('a state told again as events', () => {
  test('is the same state, at every point of any reply', () => {
    fc.assert(
      fc.property(anyReply, (events) => {
        const accumulator = new Accumulator();
        for (const event of events) {
          accumulator.push(event);
          const again = accumulate(...accumulator.toEvents());
          expect(again.message).toStrictEqual(accumulator.message);
          expect(again.blocks.map(stateOf)).toStrictEqual(accumulator.blocks.map(stateOf));
        }
      }),
    );
  });

  test('takes one delta for each block, however many came', () => {
    const many = Array.from({ length: 500 }, () => delta(0, { type: 'text_delta', text: 'ab' }));
    const accumulator = accumulate(start, began(0, { type: 'text', text: '' }), ...many);
    expect(accumulator.toEvents()).toEqual([
      start,
      began(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'ab'.repeat(500) }),
    ]);
  });

  test('before the reply began is nothing', () => {
    expect(new Accumulator().toEvents()).toEqual([]);
    expect(new Accumulator().message).toBeUndefined();
  });
});

function stateOf(block: Accumulator['blocks'][number]): object {
  const { index, block: content, complete, partialInput, inputProblem } = block;
  return { index, content, complete, partialInput, inputProblem };
}
