import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonLinesChannel, type JsonLinesChannel } from '../../../src/channel/jsonLines.ts';
import { anyCharacter } from '../../support/anyCharacter.ts';

interface Setup {
  readonly channel: JsonLinesChannel;
  readonly problems: string[];
  /** Everything written so far, as text. */
  readonly written: () => string;
}

interface SetupOptions {
  readonly pieces?: readonly Uint8Array[];
  readonly maxLineBytes?: number;
  readonly output?: WritableStream<Uint8Array>;
}

function setUp({ pieces = [], maxLineBytes, output }: SetupOptions): Setup {
  const problems: string[] = [];
  let written = '';
  const decoder = new TextDecoder();
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const channel = createJsonLinesChannel({
    input,
    output:
      output ??
      new WritableStream({
        write(bytes) {
          written += decoder.decode(bytes, { stream: true });
        },
      }),
    onProblem: (problem) => problems.push(problem),
    ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
  });
  return { channel, problems, written: () => written };
}

async function readAll(channel: JsonLinesChannel): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of channel.messages) messages.push(message);
  return messages;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The bytes, cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  return ends.map((end) => {
    const piece = bytes.subarray(start, end);
    start = end;
    return piece;
  });
}

const value = fc.jsonValue({ maxDepth: 3, stringUnit: anyCharacter });

describe('reading JSON lines', () => {
  it('finds the same messages wherever the bytes are cut or glued, within a character too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value), fc.array(fc.nat()), fc.boolean(), async (values, places, hasEnd) => {
        const text = values.map((one) => JSON.stringify(one)).join('\n') + (hasEnd ? '\n' : '');
        const { channel, problems } = setUp({ pieces: cut(encode(text), places) });
        expect(await readAll(channel)).toEqual(values.map((one) => JSON.parse(JSON.stringify(one))));
        expect(problems).toEqual([]);
      }),
    );
  });

  it('finds what lies between lines that can not be read, wherever the bytes are cut', async () => {
    const bad = fc.constantFrom('{', 'nonsense', `"${'x'.repeat(200)}"`, '\u00ff'.repeat(150));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bad, fc.nat(9))), fc.array(fc.nat()), async (lines, places) => {
        const text = lines.map(([line, number]) => `${line}\n${number}\n`).join('');
        const { channel, problems } = setUp({ pieces: cut(encode(text), places), maxLineBytes: 100 });
        expect(await readAll(channel)).toEqual(lines.map(([, number]) => number));
        expect(problems).toHaveLength(lines.length);
      }),
    );
  });

  it('ends a line at a line feed alone', async () => {
    const { channel } = setUp({ pieces: [encode('"a\u2028b\u2029c\u0085d"\r\n"e"\r\n')] });
    expect(await readAll(channel)).toEqual(['a\u2028b\u2029c\u0085d', 'e']);
  });

  it('skips blank lines without a word', async () => {
    const { channel, problems } = setUp({ pieces: [encode('\n \r\n1\n\n\n2\n')] });
    expect(await readAll(channel)).toEqual([1, 2]);
    expect(problems).toEqual([]);
  });

  it('takes a line of exactly the limit, and says of a longer one what is wrong with it', async () => {
    const { channel, problems } = setUp({ pieces: [encode('"123456"\n"1234567"\n3\n')], maxLineBytes: 8 });
    expect(await readAll(channel)).toEqual(['123456', 3]);
    expect(problems).toEqual(['A line of the input is longer than 8 bytes and was skipped.']);
  });

  it('says of bytes that are no text that they are none', async () => {
    const { channel, problems } = setUp({ pieces: [new Uint8Array([34, 0xff, 34, 10, 49, 10])] });
    expect(await readAll(channel)).toEqual([1]);
    expect(problems).toEqual(['A line of the input is not UTF-8 and was skipped.']);
  });

  it('does not mind that the memory of a piece is used again', async () => {
    const memory = encode('"one');
    let enqueue: (piece: Uint8Array) => void = () => undefined;
    let end: () => void = () => undefined;
    const input = new ReadableStream<Uint8Array>({
      start(controller) {
        enqueue = (piece) => controller.enqueue(piece);
        end = () => controller.close();
      },
    });
    const channel = createJsonLinesChannel({
      input,
      output: new WritableStream(),
      onProblem: () => undefined,
    });
    const reading = readAll(channel);
    enqueue(memory);
    await new Promise((resolve) => setTimeout(resolve, 0));
    memory.fill(0);
    enqueue(encode(' two"\n'));
    end();
    expect(await reading).toEqual(['one two']);
  });

  it('tells a broken input and ends', async () => {
    const problems: string[] = [];
    const channel = createJsonLinesChannel({
      input: new ReadableStream({ start: (controller) => controller.error(new Error('unplugged')) }),
      output: new WritableStream(),
      onProblem: (problem) => problems.push(problem),
    });
    expect(await readAll(channel)).toEqual([]);
    expect(problems).toEqual(['The input could not be read any further: Error: unplugged']);
  });
});

describe('writing JSON lines', () => {
  it('writes one line a message, in which no reader sees another line end', async () => {
    const { channel, written } = setUp({});
    await channel.send({ text: 'a\nb\u2028c\u2029d' });
    expect(written()).toBe('{"text":"a\\nb\\u2028c\\u2029d"}\n');
  });

  it('waits for the reader: a message is sent when the one before it has been taken', async () => {
    const releases: (() => void)[] = [];
    const output = new WritableStream<Uint8Array>({
      write: () => new Promise<void>((resolve) => releases.push(resolve)),
    });
    const { channel } = setUp({ output });
    const sent: string[] = [];
    const first = channel.send(1).then(() => sent.push('first'));
    const second = channel.send(2).then(() => sent.push('second'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect({ sent, writes: releases.length }).toEqual({ sent: [], writes: 1 });
    releases[0]?.();
    await first;
    expect(sent).toEqual(['first']);
    await new Promise((resolve) => setTimeout(resolve, 0));
    releases[1]?.();
    await second;
    expect(sent).toEqual(['first', 'second']);
  });

  it('writes to the end what was sent before it was closed', async () => {
    const { channel, written } = setUp({});
    void channel.send(1);
    void channel.send(2);
    channel.close();
    await channel.flushed;
    expect(written()).toBe('1\n2\n');
  });

  it('closes when nobody reads any more, says so once, and never throws', async () => {
    const output = new WritableStream<Uint8Array>({
      write: () => Promise.reject(new Error('EPIPE')),
    });
    const { channel, problems } = setUp({ output });
    await channel.send(1);
    await channel.send(2);
    await channel.flushed;
    expect(problems).toEqual(['The output could not be written: Error: EPIPE']);
  });
});
