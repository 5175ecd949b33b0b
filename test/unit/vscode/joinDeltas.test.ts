import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDelta, joinDeltas } from '../../../src/vscode/joinDeltas.ts';

describe('joining the deltas of a frame', () => {
  it('makes one message of adjacent text of a block', () => {
    expect(joinDeltas([text(0, 'Hel'), text(0, 'lo '), text(0, 'there')])).toEqual([text(0, 'Hello there')]);
  });

  it('keeps the deltas of different blocks, kinds and threads apart', () => {
    const messages = [
      text(0, 'a'),
      text(1, 'b'),
      event(1, { type: 'input_json_delta', partial_json: '{"x"' }),
      { ...text(1, 'c'), parent_tool_use_id: 'toolu_1' },
    ];
    expect(joinDeltas(messages)).toEqual(messages);
  });

  it('does not join across another message', () => {
    const stop = { ...text(0, ''), event: { type: 'content_block_stop', index: 0 } };
    expect(joinDeltas([text(0, 'a'), stop, text(0, 'b')])).toEqual([text(0, 'a'), stop, text(0, 'b')]);
  });

  it('joins thinking, tool input and tool output as well', () => {
    expect(
      joinDeltas([
        event(0, { type: 'thinking_delta', thinking: 'hm' }),
        event(0, { type: 'thinking_delta', thinking: 'm' }),
        event(1, { type: 'input_json_delta', partial_json: '{"path":' }),
        event(1, { type: 'input_json_delta', partial_json: '"a"}' }),
        progress('toolu_1', 'one\n', 0.1),
        progress('toolu_1', 'two\n', 0.2),
        progress('toolu_2', 'three\n', 0.3),
      ]),
    ).toEqual([
      event(0, { type: 'thinking_delta', thinking: 'hmm' }),
      event(1, { type: 'input_json_delta', partial_json: '{"path":"a"}' }),
      progress('toolu_1', 'one\ntwo\n', 0.2),
      progress('toolu_2', 'three\n', 0.3),
    ]);
  });

  it('changes none of the messages it is given', () => {
    const messages = [text(0, 'a'), text(0, 'b')];
    joinDeltas(messages);
    expect(messages).toEqual([text(0, 'a'), text(0, 'b')]);
  });

  it('leaves every block with the same text, however the text was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.string())), (pieces) => {
        const messages = pieces.map(([index, piece]) => text(index, piece));
        expect(textOf(joinDeltas(messages))).toEqual(textOf(messages));
      }),
    );
  });

  it('lets only deltas wait for the frame', () => {
    expect(isDelta(text(0, 'a'))).toBe(true);
    expect(isDelta(progress('toolu_1', '', 1))).toBe(true);
    expect(isDelta({ type: 'stream_event', event: { type: 'message_stop' } })).toBe(false);
    expect(isDelta({ type: 'assistant' })).toBe(false);
    expect(isDelta(null)).toBe(false);
  });
});

function text(index: number, content: string) {
  return event(index, { type: 'text_delta', text: content });
}

function event(index: number, delta: object) {
  return {
    type: 'stream_event',
    uuid: 'u',
    session_id: 's',
    parent_tool_use_id: null,
    event: { type: 'content_block_delta', index, delta },
  };
}

function progress(toolUseId: string, output: string, seconds: number) {
  return {
    type: 'tool_progress',
    uuid: 'u',
    session_id: 's',
    parent_tool_use_id: null,
    tool_use_id: toolUseId,
    tool_name: 'Bash',
    elapsed_time_seconds: seconds,
    output,
  };
}

function textOf(messages: readonly unknown[]): Record<number, string> {
  const texts: Record<number, string> = {};
  for (const message of messages as ReturnType<typeof text>[]) {
    const { index, delta } = message.event as { index: number; delta: { text: string } };
    texts[index] = (texts[index] ?? '') + delta.text;
  }
  return texts;
}
