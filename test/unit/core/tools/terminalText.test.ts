import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanTerminalText, TerminalText } from '../../../../src/core/tools/terminalText.ts';

const dirty = [
  ['\x1b[31mred\x1b[0m', 'red'],
  ['\x1b]0;title\x07text', 'text'],
  ['\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
  ['10%\r20%\r100%\ndone\r\n', '100%\ndone\n'],
  ['a\x07b\x08c\x00d\ttab', 'abcd\ttab'],
  ['\x1b[2K\x1b[1Gline', 'line'],
  ['\x1b(Bplain\x1b=', 'plain'],
  ['\u009b1mbold', 'bold'],
  ['\r', ''],
  ['', ''],
] as const;

describe('terminal text', () => {
  it.each(dirty)('%j reads %j', (text, clean) => {
    expect(cleanTerminalText(text)).toBe(clean);
  });

  it('is the same in pieces as in one, however it is cut', async () => {
    const part = fc.constantFrom('a', '\n', '\r', '\r\n', '\x1b[1;31m', '\x1b]0;t\x07', 'word ', '\x07', '€');
    await fc.assert(
      fc.property(
        fc.array(part, { maxLength: 30 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (parts, cuts) => {
          const text = parts.join('');
          const stream = new TerminalText();
          let at = 0;
          let pieces = '';
          for (const cut of [...cuts].sort((a, b) => a - b)) {
            pieces += stream.push(text.slice(at, cut));
            at = Math.max(at, Math.min(cut, text.length));
          }
          pieces += stream.push(text.slice(at)) + stream.end();
          expect(pieces).toBe(cleanTerminalText(text));
        },
      ),
    );
  });

  it('passes a line without end on in pieces, and keeps a progress bar short', () => {
    const stream = new TerminalText();
    expect(stream.push('x'.repeat(100_000)).length).toBe(100_000);
    for (let index = 0; index < 1000; index += 1) expect(stream.push(`${'#'.repeat(100)}\r`)).toBe('');
    expect(stream.push('done\n')).toBe('done\n');
  });
});
