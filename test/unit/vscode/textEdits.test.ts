import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TextReplacement, toTextReplacements } from '../../../src/vscode/textEdits.ts';

describe('replacements from one text to another', () => {
  it('are none when nothing changed', () => {
    expect(toTextReplacements('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  it('touch only the characters that differ', () => {
    expect(toTextReplacements('const a = 1;\n', 'const a = 42;\n')).toEqual([
      { start: 10, end: 11, text: '42' },
    ]);
  });

  it('leave the lines between two changes alone', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\n';
    const after = 'ONE\ntwo\nthree\nfour\nFIVE\n';
    expect(toTextReplacements(before, after)).toEqual([
      { start: 0, end: 3, text: 'ONE' },
      { start: 19, end: 23, text: 'FIVE' },
    ]);
  });

  it('insert and delete whole lines as such', () => {
    expect(toTextReplacements('a\nc\n', 'a\nb\nc\n')).toEqual([{ start: 2, end: 2, text: 'b\n' }]);
    expect(toTextReplacements('a\nb\nc\n', 'a\nc\n')).toEqual([{ start: 2, end: 4, text: '' }]);
  });

  it('never cut a line end or a character in two', () => {
    expect(toTextReplacements('a\r\n', 'a\r\r\n')).toEqual([{ start: 1, end: 1, text: '\r' }]);
    // Both characters begin with the same half.
    expect(toTextReplacements('😀', '😁')).toEqual([{ start: 0, end: 2, text: '😁' }]);
  });

  it('replace a text that has nothing in common as one', () => {
    const before = Array.from({ length: 800 }, (_, line) => `a${line}\n`).join('');
    const after = Array.from({ length: 800 }, (_, line) => `b${line}\n`).join('');
    const replacements = toTextReplacements(before, after);
    expect(replacements).toHaveLength(1);
    expect(apply(before, replacements)).toBe(after);
  });

  it('always give the other text, in order and without touching each other', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'ab\n', 'b\r\n', '😀\n', '😁\n', 'a', '\n', '\r\n');
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const replacements = toTextReplacements(before, after);
        expect(apply(before, replacements)).toBe(after);
        for (const [index, replacement] of replacements.entries()) {
          expect(replacement.start).toBeLessThanOrEqual(replacement.end);
          expect(replacement.start).toBeGreaterThanOrEqual(replacements[index - 1]?.end ?? 0);
        }
      }),
    );
  });
});

function apply(before: string, replacements: readonly TextReplacement[]): string {
  let text = before;
  for (const { start, end, text: inserted } of replacements.toReversed()) {
    text = text.slice(0, start) + inserted + text.slice(end);
  }
  return text;
}
