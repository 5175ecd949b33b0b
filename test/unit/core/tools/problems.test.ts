import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareProblems, describeProblems } from '../../../../src/core/tools/problems.ts';
import type { Problem, ProblemBaseline } from '../../../../src/protocol/problems.ts';

const at = (line: number, message: string, more: Partial<Problem> = {}): Problem => ({
  severity: 'error',
  line,
  column: 1,
  message,
  ...more,
});
const earlier = (problems: readonly Problem[], more: Partial<ProblemBaseline> = {}): ProblemBaseline => ({
  path: '/w/a.ts',
  problems: [...problems],
  isKnown: true,
  lineCount: 100,
  waitedMs: 0,
  ...more,
});
const later = (problems: readonly Problem[], lineCount = 100) => ({ problems: [...problems], lineCount });

describe('the problems of a changed file', () => {
  it('are none when they are the same, wherever they stand now', () => {
    const old = [at(5, 'a'), at(9, 'b', { code: '1' })];
    expect(compareProblems(earlier(old), later([at(25, 'b', { code: '1' }), at(1, 'a')]))).toBeUndefined();
    expect(compareProblems(earlier([]), later([]))).toBeUndefined();
  });

  it('are those that nobody has told of before, errors first, and the number of those that are gone', () => {
    const change = compareProblems(
      earlier([at(5, 'a'), at(9, 'gone'), at(11, 'same words', { code: '1' })]),
      later([
        at(8, 'hm', { severity: 'warning' }),
        at(7, 'new'),
        at(5, 'a'),
        at(11, 'same words', { code: '2' }),
      ]),
    );
    expect(change).toEqual({
      added: [at(7, 'new'), at(11, 'same words', { code: '2' }), at(8, 'hm', { severity: 'warning' })],
      more: 0,
      gone: 2,
    });
  });

  it('that say the same are told apart by where they stood, also when the lines have moved', () => {
    expect(compareProblems(earlier([at(5, 'x')]), later([at(3, 'x'), at(5, 'x')]))?.added).toEqual([
      at(3, 'x'),
    ]);
    const moved = compareProblems(
      earlier([at(5, 'x'), at(9, 'x')]),
      later([at(3, 'x'), at(7, 'x'), at(11, 'x')], 102),
    );
    expect(moved).toEqual({ added: [at(3, 'x')], more: 0, gone: 0 });
    expect(compareProblems(earlier([at(5, 'x'), at(9, 'x')]), later([at(70, 'x')]))).toEqual({
      added: [],
      more: 0,
      gone: 1,
    });
  });

  it('may be older where it is not known what there was, and then none is said to be gone', () => {
    expect(compareProblems(earlier([at(1, 'a')], { isKnown: false }), later([at(2, 'b')]))).toEqual({
      added: [at(2, 'b')],
      more: 0,
      gone: 0,
      mayBeOlder: true,
    });
  });

  it('are counted right, whatever they are', () => {
    const problems = fc.array(
      fc.record({ line: fc.integer({ min: 1, max: 6 }), message: fc.constantFrom('a', 'b', 'c') }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(problems, problems, fc.integer({ min: -3, max: 3 }), (old, found, shift) => {
        const toProblems = (list: typeof old) => list.map(({ line, message }) => at(line, message));
        const change = compareProblems(earlier(toProblems(old)), later(toProblems(found), 100 + shift));
        const count = (list: typeof old, message: string) =>
          list.filter((each) => each.message === message).length;
        for (const message of ['a', 'b', 'c']) {
          const grown = count(found, message) - count(old, message);
          const added = change?.added.filter((each) => each.message === message) ?? [];
          expect(added).toHaveLength(Math.max(0, grown));
          for (const each of added) expect(toProblems(found)).toContainEqual(each);
        }
        const gone = ['a', 'b', 'c'].map((message) =>
          Math.max(0, count(old, message) - count(found, message)),
        );
        expect(change?.gone ?? 0).toBe(gone.reduce((sum, each) => sum + each, 0));
      }),
    );
  });
});

describe('what the model reads of them', () => {
  it('is a line each, with place, severity, words and origin', () => {
    const added = [
      at(3, 'Type "string" is not\n  assignable.', { column: 7, source: 'ts', code: '2322' }),
      at(2, 'Unused.', { severity: 'warning', cell: 4 }),
    ];
    expect(describeProblems({ added, more: 0, gone: 1 })).toBe(
      `The editor finds 2 new problems in the file:
3:7 error: Type "string" is not assignable. (ts 2322)
cell 4, 2:1 warning: Unused.
1 problem of before is gone.`,
    );
    expect(describeProblems({ added: [], more: 0, gone: 2 })).toBe('2 problems of before are gone.');
    expect(describeProblems({ added: [at(1, 'x')], more: 0, gone: 0, mayBeOlder: true })).toBe(
      'The editor finds 1 problem in the file (it was not open before, so some may be older):\n1:1 error: x',
    );
  });

  it('is not more than twenty of them and four hundred characters each, and nothing invisible', () => {
    const change = compareProblems(
      earlier([]),
      later(Array.from({ length: 25 }, (_, index) => at(index + 1, `${'x'.repeat(1000)}${index}`))),
    );
    const lines = describeProblems(change ?? { added: [], more: 0, gone: 0 }).split('\n');
    expect(lines).toHaveLength(22);
    expect(lines[0]).toBe('The editor finds 25 new problems in the file:');
    expect(lines[1]).toBe(`1:1 error: ${'x'.repeat(400)}…`);
    expect(lines.at(-1)).toBe('… and 5 more');
    const hidden = describeProblems({ added: [at(1, 'a\u202eb\u200bc\u001b[31m')], more: 0, gone: 0 });
    expect(hidden.split('\n')[1]).toBe('1:1 error: a b c [31m');
  });
});
