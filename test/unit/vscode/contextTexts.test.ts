import { describe, expect, it } from 'vitest';
import { findMentions } from '../../../src/core/input/findMentions.ts';
import { askToFix, type Place, toMention } from '../../../src/vscode/context/contextTexts.ts';
import { toLines } from '../../../src/vscode/context/selectedLines.ts';

const base = { cwd: '/w', platform: 'linux' } as const;

describe('a place as a mention', () => {
  it.each<[Place, string]>([
    [{ path: '/w/src/a.ts' }, '@src/a.ts'],
    [{ path: '/w/src/a.ts', lines: { from: 3, to: 3 } }, '@src/a.ts#L3'],
    [{ path: '/w/my notes.md', lines: { from: 3, to: 5 } }, '@"my notes.md#L3-5"'],
    [{ path: '/other/a.ts' }, '@/other/a.ts'],
  ])('%j is %s, and is read so', (place, mention) => {
    expect(toMention(place, base)).toBe(mention);
    const [read] = findMentions(`See ${mention} there`);
    expect(read).toEqual({ path: place.path.replace('/w/', ''), ...(place.lines && { lines: place.lines }) });
  });

  it('has slashes on Windows', () => {
    const place = { path: 'C:\\w\\src\\a.ts' };
    expect(toMention(place, { cwd: 'c:\\w', platform: 'win32' })).toBe('@src/a.ts');
  });
});

describe('selected lines', () => {
  it.each([
    [{ line: 1 }, { line: 3, character: 2 }, { from: 2, to: 4 }],
    [{ line: 1 }, { line: 3, character: 0 }, { from: 2, to: 3 }],
    [{ line: 1 }, { line: 1, character: 4 }, { from: 2, to: 2 }],
  ])('from %j to %j are %j', (start, end, lines) => {
    expect(toLines(start, end)).toEqual(lines);
  });
});

describe('a problem to fix', () => {
  it('is named with where it comes from', () => {
    const problem = { message: 'No such\n  name.', source: 'ts', code: '2304' };
    expect(askToFix('@a.ts#L3', [problem])).toBe('Fix this problem in @a.ts#L3: No such name. (ts 2304)');
  });

  it('is one of several, of which not all are named', () => {
    const problems = Array.from({ length: 12 }, (_, index) => ({ message: `m${index}` }));
    const lines = askToFix('@a.ts', problems).split('\n');
    expect([lines[0], lines[1], lines.at(-1)]).toEqual([
      'Fix these problems in @a.ts:',
      '- m0',
      '- and 2 more',
    ]);
  });
});
