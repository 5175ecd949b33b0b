import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineBytes } from '../../../src/channel/lineBytes.ts';
import { anyCharacter } from '../../support/anyCharacter.ts';

function toText(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return pieces.map((piece) => decoder.decode(piece)).join('');
}

it('gives each message once, as a line, whenever it is asked', () => {
  const message = fc.jsonValue({ maxDepth: 2, stringUnit: anyCharacter });
  fc.assert(
    fc.property(fc.array(fc.array(message)), (rounds) => {
      const lines = new LineBytes();
      for (const messages of rounds) {
        for (const one of messages) lines.push(one);
        const read = toText(lines.take()).split('\n').slice(0, -1);
        expect(read.map((line) => JSON.parse(line))).toEqual(
          messages.map((one) => JSON.parse(JSON.stringify(one))),
        );
      }
    }),
  );
});

it('has much in pieces of whole lines, and says how much there is until it is taken', () => {
  const lines = new LineBytes();
  const messages = Array.from({ length: 5000 }, (_, index) => ({ index, text: 'ä'.repeat(50) }));
  for (const message of messages) lines.push(message);
  const expected = messages.map((message) => JSON.stringify(message));
  expect(lines.waiting).toBe(expected.join('').length);
  const pieces = lines.take();
  expect(pieces.length).toBeGreaterThan(2);
  for (const piece of pieces) expect(piece.at(-1)).toBe(10);
  expect(toText(pieces)).toBe(`${expected.join('\n')}\n`);
  expect({ waiting: lines.waiting, pieces: lines.take() }).toEqual({ waiting: 0, pieces: [] });
});

it('ends a line where every reader does, and nowhere else', () => {
  const lines = new LineBytes();
  lines.push('a\u2028b\u2029c\nd');
  expect(toText(lines.take())).toBe('"a\\u2028b\\u2029c\\nd"\n');
});
