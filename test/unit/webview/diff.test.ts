import { describe, expect, test } from 'vitest';
import { colourLines } from '../../../webview/diff/colourLines.ts';
import { diffTexts, toLineDiff } from '../../../webview/diff/diffLines.ts';
import { parseHunks } from '../../../webview/diff/parseHunks.ts';

const shown = (before: string, after: string): readonly string[] =>
  diffTexts(before, after).lines.map(
    ({ kind, oldNumber, newNumber, text }) => `${kind} ${oldNumber ?? '-'} ${newNumber ?? '-'} ${text}`,
  );

describe('a change', () => {
  test('is the lines that go and come, with what stands around them', () => {
    const before = Array.from({ length: 12 }, (_, index) => `line ${index + 1}\n`).join('');
    const after = before.replace('line 7\n', 'line seven\nand more\n');
    expect(shown(before, after)).toEqual([
      'gap - - 3 unchanged lines',
      'context 4 4 line 4',
      'context 5 5 line 5',
      'context 6 6 line 6',
      'removed 7 - line 7',
      'added - 7 line seven',
      'added - 8 and more',
      'context 8 9 line 8',
      'context 9 10 line 9',
      'context 10 11 line 10',
    ]);
    expect(diffTexts(before, after)).toMatchObject({ insertions: 2, deletions: 1 });
  });

  test('of a new, an emptied and an unchanged file', () => {
    expect(shown('', 'a\nb\n')).toEqual(['added - 1 a', 'added - 2 b']);
    expect(shown('a\n', '')).toEqual(['removed 1 - a']);
    expect(shown('a\n', 'a\n')).toEqual([]);
  });

  test('says when the end of the file has no line break', () => {
    expect(shown('a\n', 'a')).toEqual([
      'removed 1 - a',
      'added - 1 a',
      'gap - - No line break at the end of the file',
    ]);
  });

  test('tells how much stands between two hunks', () => {
    const lines = (text: string): string =>
      Array.from({ length: 20 }, (_, index) => (index === 0 || index === 19 ? text : `${index}`)).join('\n');
    expect(
      shown(lines('a'), lines('b'))
        .filter((line) => line.startsWith('gap'))
        .slice(0, 1),
    ).toEqual(['gap - - 12 unchanged lines']);
  });

  test('too large to be compared is all gone and all new', () => {
    const text = (seed: number): string =>
      Array.from({ length: 60_000 }, (_, index) => `${(index * seed) % 60_013}\n`).join('');
    const diff = diffTexts(text(7), text(11));
    expect(diff).toMatchObject({ insertions: 60_000, deletions: 60_000 });
  });
});

test('hunks are read from the result of a tool, where there are any', () => {
  const hunk = { oldStart: 3, oldLines: 1, newStart: 3, newLines: 1, lines: ['-a', '+b'] };
  const hunks = parseHunks({ structuredPatch: [hunk], more: true });
  expect(hunks).toEqual([hunk]);
  expect(toLineDiff(hunks ?? []).lines.map(({ kind }) => kind)).toEqual(['gap', 'removed', 'added']);
  for (const other of [
    undefined,
    null,
    'text',
    {},
    { structuredPatch: [] },
    { structuredPatch: [{ lines: [1] }] },
  ]) {
    expect(parseHunks(other)).toBeNull();
  }
});

test('each side of a change has the colours of its own text', () => {
  const { lines } = diffTexts('const a = "x";\n', 'let a = 1;\n');
  const coloured = colourLines(lines, 'ts');
  expect(coloured?.map((line) => line?.find(({ token }) => token === 'keyword')?.text)).toEqual([
    'const',
    'let',
  ]);
  expect(coloured?.map((line) => line?.map(({ text }) => text).join(''))).toEqual(
    lines.map(({ text }) => text),
  );
  expect(colourLines(lines, 'no such language')).toBeNull();
});
