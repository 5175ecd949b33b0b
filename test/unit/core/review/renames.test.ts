import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MovedSide, matchRenames } from '../../../../src/core/review/renames.ts';
import { toReviewLines } from '../../../../src/core/review/reviewText.ts';

const file = (path: string, text: string): MovedSide => ({ path, lines: toReviewLines(text) });
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index + 100}\n`).join('');

describe('files that went and files that came', () => {
  it('are one that was moved where all is the same, also beside one that is nearly so', () => {
    const gone = [file('/w/a.ts', lines(0, 10)), file('/w/b.ts', lines(0, 9))];
    const come = [file('/w/c.ts', lines(0, 9)), file('/w/d.ts', lines(0, 10))];
    expect(matchRenames(gone, come)).toEqual([
      { from: '/w/b.ts', to: '/w/c.ts' },
      { from: '/w/a.ts', to: '/w/d.ts' },
    ]);
  });

  it('are one that was moved and changed where half of the larger one is the same', () => {
    const gone = [file('/w/a.ts', lines(0, 10))];
    expect(matchRenames(gone, [file('/w/b.ts', lines(5, 15))])).toEqual([{ from: '/w/a.ts', to: '/w/b.ts' }]);
    expect(matchRenames(gone, [file('/w/b.ts', lines(6, 16))])).toEqual([]);
    expect(matchRenames(gone, [file('/w/b.ts', lines(0, 21))])).toEqual([]);
  });

  it('go together by the most that is the same, and by their names where that is alike', () => {
    const gone = [file('/w/old/a.ts', lines(0, 10)), file('/w/old/b.ts', lines(0, 10))];
    const come = [file('/w/new/b.ts', lines(0, 10)), file('/w/new/a.ts', lines(0, 10))];
    expect(matchRenames(gone, come)).toEqual([
      { from: '/w/old/b.ts', to: '/w/new/b.ts' },
      { from: '/w/old/a.ts', to: '/w/new/a.ts' },
    ]);
    const changed = [file('/w/new/b.ts', lines(1, 10)), file('/w/new/c.ts', lines(2, 10))];
    expect(matchRenames([file('/w/old/b.ts', lines(0, 10))], changed)).toEqual([
      { from: '/w/old/b.ts', to: '/w/new/b.ts' },
    ]);
  });

  it('are never one when they are empty', () => {
    expect(matchRenames([file('/w/a', '')], [file('/w/b', '')])).toEqual([]);
  });

  it('are compared by all of their content alone where there are very many', () => {
    const gone = Array.from({ length: 400 }, (_, index) => file(`/w/a${index}`, `${lines(0, 5)}${index}\n`));
    const come = gone.map(({ lines }, index) => ({ path: `/w/b${index}`, lines: [...lines, 'more\n'] }));
    expect(matchRenames(gone, come)).toEqual([]);
    expect(matchRenames(gone, [...come, file('/w/same', `${lines(0, 5)}7\n`)])).toEqual([
      { from: '/w/a7', to: '/w/same' },
    ]);
  });

  it('are each in one of them at most, and all of those that are the same are found', () => {
    const text = fc.constantFrom('', 'a\n', 'b\n', 'a\nb\n', 'a\nb\nc\n', 'a\na\n');
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (left, right) => {
        const gone = left.map((each, index) => file(`/gone/${index}`, each));
        const come = right.map((each, index) => file(`/come/${index}`, each));
        const renames = matchRenames(gone, come);
        const paths = renames.flatMap(({ from, to }) => [from, to]);
        expect(new Set(paths).size).toBe(paths.length);
        for (const each of new Set(left.filter((one) => one !== ''))) {
          const count = (all: readonly string[]): number => all.filter((one) => one === each).length;
          const same = renames.filter(
            ({ from, to }) => left[Number(from.slice(6))] === each && right[Number(to.slice(6))] === each,
          );
          expect(same.length).toBe(Math.min(count(left), count(right)));
        }
      }),
    );
  });
});
