// What the user has made of the agent's text, where lines are alike: they have done as little as can be.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../../src/core/review/lineDiff.ts';
import { type Lines, noteWrite, toHunks } from '../../../../src/core/review/reviewText.ts';
import { findUserChanges } from '../../../../src/core/review/userChanges.ts';

const toLines = (text: string): Lines => [...text].map((letter) => `${letter}\n`);

function hunksOf(base: string, agent: string, current: string): readonly string[] {
  const text = noteWrite(undefined, { before: toLines(base), after: toLines(agent) }, 't');
  return toHunks(text, toLines(current)).map(({ kind }) => kind);
}

describe('a change that the user has undone by hand', () => {
  it.each([
    ['which put a line in, with the same one put in above', 'accbx', 'accbbx', 'accabx'],
    ['which took a line away, with one put in behind', 'bcccccaca', 'bcccccaa', 'bcccccaabca'],
    ['which put a line in, with others put in before it', 'rqciqlr', 'rqceiqlr', 'rqneciqlr'],
    ['which replaced lines, with one behind them taken away', 'loqonqhi', 'lonqhi', 'oqonqhi'],
  ])('%s, does not wait', (_what, base, agent, current) => {
    expect(hunksOf(base, agent, current)).toEqual([]);
  });

  it('waits where it is the lesser change that it still stands there', () => {
    expect(hunksOf('bbaac', 'bbaaac', 'bbaacac')).toEqual(['pending']);
    expect(hunksOf('ab', 'aXb', 'aXbc')).toEqual(['pending']);
  });

  it('does not wait with a change of the user’s beside it, whatever lines are the same', {
    timeout: 60_000,
  }, () => {
    const letters = (maxLength: number) =>
      fc.array(fc.constantFrom(...'abc'), { maxLength }).map((all) => all.join(''));
    const edit = fc.record({ at: fc.nat(12), gone: fc.nat(2), put: letters(2) });
    const apply = (text: string, { at, gone, put }: { at: number; gone: number; put: string }): string =>
      text.slice(0, at) + put + text.slice(at + gone);
    const sizeOf = (left: string, right: string): number =>
      diffLines(toLines(left), toLines(right)).reduce(
        (sum, each) => sum + each.leftEnd - each.leftStart + each.rightEnd - each.rightStart,
        0,
      );
    fc.assert(
      fc.property(letters(12), edit, edit, (base, byAgent, byUser) => {
        const [agent, current] = [apply(base, byAgent), apply(base, byUser)];
        const isLesser = sizeOf(base, current) < sizeOf(agent, current);
        if (isLesser) expect(hunksOf(base, agent, current)).not.toContain('pending');
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('the changes of the user', () => {
  it('are in order, apart, and lead from the agent’s text to the one that stands there', {
    timeout: 60_000,
  }, () => {
    const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 14 });
    const place = fc.record({
      start: fc.nat(14),
      length: fc.nat(3),
      base: fc.array(fc.constantFrom('a\n', 'b\n'), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(lines, lines, fc.array(place, { maxLength: 4 }), (agent, current, given) => {
        let at = 0;
        const places = given.flatMap(({ start, length, base }) => {
          const from = at + start;
          if (from + length > agent.length) return [];
          at = from + length + 1;
          return [{ start: from, end: from + length, base }];
        });
        const made: string[] = [];
        let [left, right] = [0, 0];
        for (const change of findUserChanges({ agent, places }, current)) {
          expect(change.leftStart - left).toBe(change.rightStart - right);
          expect(change.leftStart).toBeGreaterThanOrEqual(left);
          expect(change.leftEnd).toBeGreaterThanOrEqual(change.leftStart);
          expect(change.rightEnd).toBeGreaterThanOrEqual(change.rightStart);
          made.push(
            ...agent.slice(left, change.leftStart),
            ...current.slice(change.rightStart, change.rightEnd),
          );
          [left, right] = [change.leftEnd, change.rightEnd];
        }
        expect([...made, ...agent.slice(left)]).toEqual(current);
      }),
      { numRuns: 10_000 },
    );
  });
});
