import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStreamEvent } from '../../../../src/core/model/parseStreamEvent.ts';
import { ServerSentEventReader } from '../../../../src/core/model/serverSentEvents.ts';
import { wholeCharacter } from '../../../support/anyCharacter.ts';

interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
}

function read(...pieces: (string | Uint8Array)[]): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const reader = new ServerSentEventReader((name, data) => events.push({ name, data }));
  for (const piece of pieces)
    reader.push(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
  reader.end();
  return events;
}

describe('bytes become events', () => {
  test.each<[string, string, ServerSentEvent[]]>([
    ['one event', 'event: ping\ndata: {}\n\n', [{ name: 'ping', data: '{}' }]],
    ['no space after the colon', 'event:ping\ndata:{}\n\n', [{ name: 'ping', data: '{}' }]],
    ['only one space is taken away', 'data:  x\n\n', [{ name: '', data: ' x' }]],
    ['data over several lines', 'data: a\ndata\ndata: b\n\n', [{ name: '', data: 'a\n\nb' }]],
    [
      'CRLF',
      'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n',
      [
        { name: 'a', data: '1' },
        { name: '', data: '2' },
      ],
    ],
    [
      'CR',
      'event: a\rdata: 1\r\rdata: 2\r\r',
      [
        { name: 'a', data: '1' },
        { name: '', data: '2' },
      ],
    ],
    [
      'all line ends in one stream',
      'data: 1\n\ndata: 2\r\n\r\ndata: 3\r\rdata: 4\n\r\n',
      [1, 2, 3, 4].map((n) => ({ name: '', data: `${n}` })),
    ],
    ['a byte order mark', '\ufeffdata: x\n\n', [{ name: '', data: 'x' }]],
    ['comments', ': keep-alive\n\n:\ndata: x\n: more\n\n', [{ name: '', data: 'x' }]],
    ['fields of no use', 'id: 7\nretry: 10\nfoo: bar\nnonsense\ndata: x\n\n', [{ name: '', data: 'x' }]],
    ['an event without data', 'event: a\n\ndata: x\n\n', [{ name: '', data: 'x' }]],
    ['a colon in the data', 'data: {"a":"b: c"}\n\n', [{ name: '', data: '{"a":"b: c"}' }]],
    [
      'an event that lacks its empty line at the end',
      'data: x\n\ndata: y',
      [
        { name: '', data: 'x' },
        { name: '', data: 'y' },
      ],
    ],
    ['nothing', '', []],
    ['empty lines', '\n\r\n\r\n\n', []],
  ])('%s', (_name, text, events) => {
    expect(read(text)).toEqual(events);
  });

  test('F15 the events are the same wherever the bytes are cut', () => {
    const line = fc.constantFrom(
      'event: ping',
      'data: {"a":"ü😀é"}',
      'data: x',
      'data:',
      ': comment',
      'id: 1',
      '',
      '',
      '',
      '\ufeffdata: y',
      'data: \u2028',
    );
    const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), fc.boolean(), (lines, cuts, mark) => {
        const text = (mark ? '\ufeff' : '') + lines.flat().join('');
        const bytes = new TextEncoder().encode(text);
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const whole = read(bytes);
        expect(read(...pieces)).toEqual(whole);
        expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('an event of several megabytes comes whole, cut into small pieces', () => {
    const long = 'x'.repeat(5_000_000);
    const bytes = new TextEncoder().encode(`data: ${long}\n\n`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) =>
      bytes.subarray(i * 1000, (i + 1) * 1000),
    );
    expect(read(...pieces)).toEqual([{ name: '', data: long }]);
  });

  test('many lone carriage returns are line ends', () => {
    expect(read('data: x\r'.repeat(200_000))[0]?.data).toHaveLength(399_999);
  });

  test('an event that never ends is given up', () => {
    const reader = new ServerSentEventReader(() => {});
    const megabyte = new TextEncoder().encode('x'.repeat(1024 * 1024));
    const pushAll = () => {
      for (let count = 0; count <= 64; count += 1) reader.push(megabyte);
    };
    expect(pushAll).toThrow(expect.objectContaining({ kind: 'bad_response', code: 'too_large' }));
  });
});

describe('the data of an event becomes an event of a reply', () => {
  const parse = (data: unknown, name = '') =>
    parseStreamEvent(name, typeof data === 'string' ? data : JSON.stringify(data));
  const delta = { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'ü' } };

  test('as it is', () => {
    expect(parse(delta)).toEqual(delta);
  });

  test('the short way reads what the parser would', () => {
    const kind = fc.constantFrom(
      ['text_delta', 'text'],
      ['thinking_delta', 'thinking'],
      ['input_json_delta', 'partial_json'],
    );
    fc.assert(
      fc.property(
        kind,
        fc.string({ unit: wholeCharacter }),
        fc.nat({ max: 12 }),
        fc.constantFrom('', ' ', '    '),
        ([type = '', field = ''], value, index, space) => {
          const json = JSON.stringify({
            type: 'content_block_delta',
            index,
            delta: { type, [field]: value },
          });
          const padded = `${json.slice(0, -2)}${space}}${space}}${space}`;
          expect(parse(padded)).toEqual(JSON.parse(json));
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","text":"b"}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","note":"b"}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"x":"b"}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"},"x":{"y":"}}"}}',
    '{ "type": "content_block_delta", "index": 0, "delta": { "text": "a", "type": "text_delta" } }',
  ])('and leaves to the parser what it does not know: %s', (data) => {
    const { index, delta: change } = JSON.parse(data) as { index: number; delta: object };
    expect(parse(data)).toEqual({ type: 'content_block_delta', index, delta: change });
  });

  test('wrapped as base64 bytes, bare or in a chunk', () => {
    const bytes = Buffer.from(JSON.stringify(delta)).toString('base64');
    expect(parse({ bytes })).toEqual(delta);
    expect(parse({ chunk: { bytes }, p: 'padding' }, 'chunk')).toEqual(delta);
  });

  test('with the type taken from the name of the event where it says none', () => {
    expect(parse({ index: 2 }, 'content_block_stop')).toEqual({ type: 'content_block_stop', index: 2 });
  });

  test('an error is told from a reply', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(parse(body, 'error')).toEqual({ type: 'error', body });
  });

  test('F16 unknown events are left out, unknown deltas and blocks kept', () => {
    expect(parse({ type: 'brand_new', x: 1 })).toEqual(undefined);
    expect(parse('[DONE]')).toEqual(undefined);
    const unknown = { type: 'content_block_delta', index: 0, delta: { type: 'new_delta', value: 1 } };
    expect(parse(unknown)).toEqual(unknown);
  });

  test('what a sloppy server leaves out is filled in', () => {
    expect(
      parse({
        type: 'message_start',
        message: { id: 'x', usage: { input_tokens: null, output_tokens: '7' } },
      }),
    ).toEqual({
      type: 'message_start',
      message: {
        id: 'x',
        type: 'message',
        role: 'assistant',
        model: '',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    });
    expect(parse({ type: 'message_delta' })).toEqual({
      type: 'message_delta',
      delta: { stop_reason: null, stop_sequence: null },
      usage: {},
    });
  });

  test.each([
    'not json',
    '[1]',
    'null',
    '{"bytes":"%%%"}',
    `{"bytes":"${Buffer.from('not json').toString('base64')}"}`,
    '{"type":"message_start"}',
    '{"type":"message_start","message":{}}',
    '{"type":"content_block_start","index":0}',
    '{"type":"content_block_start","index":0,"content_block":{}}',
    '{"type":"content_block_start","index":"0","content_block":{"type":"text","text":""}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta"}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":{}}}',
    '{"type":"content_block_delta","index":0.5,"delta":{"type":"text_delta","text":""}}',
    '{"type":"content_block_stop"}',
  ])('%s is refused', (data) => {
    expect(() => parse(data)).toThrow(
      expect.objectContaining({ kind: 'bad_response', code: 'malformed_event' }),
    );
  });
});
