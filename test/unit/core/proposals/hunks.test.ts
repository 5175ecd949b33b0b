import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFates, findFates } from '../../../../src/core/proposals/hunkFates.ts';
import { findHunks, keepHunks, splitLines } from '../../../../src/core/proposals/lineHunks.ts';

/** Few different lines, so that they repeat; the last one may lack its newline. */
const anyText = fc
  .tuple(
    fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', '  a\r\n'), { maxLength: 14 }),
    fc.constantFrom('', 'z'),
  )
  .map(([lines, rest]) => lines.join('') + rest);

const RUNS = { numRuns: 3_000 };

describe('hunks', () => {
  it('of which all are made give the right text, of which none are the left', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const [left, right] = [splitLines(before), splitLines(after)];
        const hunks = findHunks(left, right);
        expect(keepHunks({ left, right }, hunks, () => true)).toBe(after);
        expect(keepHunks({ left, right }, hunks, () => false)).toBe(before);
      }),
      RUNS,
    );
  });

  it('stand in order, each with something in it, and with a common line between', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const [left, right] = [splitLines(before), splitLines(after)];
        let [leftAt, rightAt] = [-1, -1];
        for (const hunk of findHunks(left, right)) {
          expect(hunk.leftStart).toBeGreaterThan(leftAt);
          expect(hunk.rightStart).toBeGreaterThan(rightAt);
          expect(hunk.leftEnd - hunk.leftStart + hunk.rightEnd - hunk.rightStart).toBeGreaterThan(0);
          [leftAt, rightAt] = [hunk.leftEnd, hunk.rightEnd];
        }
      }),
      RUNS,
    );
  });

  it('can be made one by one in any order: each subset is the text with exactly those lines', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.array(fc.boolean(), { maxLength: 14 }), (before, after, choice) => {
        const [left, right] = [splitLines(before), splitLines(after)];
        const hunks = findHunks(left, right);
        const text = keepHunks({ left, right }, hunks, (_hunk, index) => choice[index] === true);
        let [expected, at] = ['', 0];
        for (const [index, hunk] of hunks.entries()) {
          expected += left.slice(at, hunk.leftStart).join('');
          expected +=
            choice[index] === true
              ? right.slice(hunk.rightStart, hunk.rightEnd).join('')
              : left.slice(hunk.leftStart, hunk.leftEnd).join('');
          at = hunk.leftEnd;
        }
        expect(text).toBe(expected + left.slice(at).join(''));
      }),
      RUNS,
    );
  });

  it('are one where too much differs', () => {
    const lines = (name: string): string[] =>
      Array.from({ length: 3_000 }, (_, index) => `${name} ${index}\n`);
    const hunks = findHunks(['same\n', ...lines('old'), 'end\n'], ['same\n', ...lines('new'), 'end\n']);
    expect(hunks).toEqual([{ leftStart: 1, leftEnd: 3_001, rightStart: 1, rightEnd: 3_001 }]);
  });
});

describe('what became of the hunks', () => {
  const left = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
  const proposed = 'ONE\ntwo\nthree\nFOUR\nfive\nsix\nSEVEN\neight\n';
  const tell = (visible: string) => describeFates(findFates({ left, proposed, visible }));

  it('is told by their numbers', () => {
    expect(tell(proposed)).toBe('hunks 1, 2 and 3 accepted');
    expect(tell('ONE\ntwo\nthree\nfour\nfive\nsix\nSEVEN\neight\n')).toBe(
      'hunks 1 and 3 accepted, 2 rejected',
    );
    expect(tell('one\ntwo\nthree\nfour\nfive\nsix\nseven\n')).toBe('hunks 1, 2 and 3 rejected');
    expect(tell('one\ntwo\nthree\nFour!\nfive\nsix\nSEVEN\neight\n')).toBe(
      'hunk 3 accepted, 1 rejected, 2 changed',
    );
  });

  it('says that a person has changed more than that', () => {
    expect(tell('ONE\ntwo\nthree\nFOUR\nfive\nsix, of mine\nSEVEN\neight\n')).toBe(
      'hunks 1, 2 and 3 accepted, other lines changed too',
    );
    expect(tell('one\ntwo\nmine\nthree\nfour\nfive\nsix\nseven\n')).toBe(
      'hunks 1, 2 and 3 rejected, other lines changed too',
    );
  });

  it('is what a person has chosen, for every choice of hunks that lie apart', () => {
    const hunksOf = findHunks(splitLines(left), splitLines(proposed));
    fc.assert(
      fc.property(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), (choice) => {
        const visible = keepHunks(
          { left: splitLines(left), right: splitLines(proposed) },
          hunksOf,
          (_hunk, index) => choice[index] === true,
        );
        expect(findFates({ left, proposed, visible })).toEqual({
          fates: choice.map((isKept) => (isKept ? 'accepted' : 'rejected')),
          changesMore: false,
        });
      }),
    );
  });

  it('has one fate for each hunk, whatever a person typed', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, wanted, visible) => {
        const { fates } = findFates({ left: before, proposed: wanted, visible });
        expect(fates).toHaveLength(findHunks(splitLines(before), splitLines(wanted)).length);
        if (visible === wanted) expect(fates.every((fate) => fate === 'accepted')).toBe(true);
        if (visible === before) expect(fates.includes('changed')).toBe(false);
      }),
      RUNS,
    );
  });
});
