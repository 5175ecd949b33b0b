import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallChange, keepParts, mergeChange } from '../../../../src/core/proposals/callParts.ts';

const left = 'a\nb\nc\nd\ne\nf\ng\n';
const first: CallChange = { before: left, after: left.replace('b', 'B') };
const second: CallChange = { before: left, after: left.replace('f\n', 'F\nF2\n') };
const both = left.replace('b', 'B').replace('f\n', 'F\nF2\n');

describe('changes of several calls', () => {
  it('stand on top of each other', () => {
    expect(mergeChange(second, first.after)).toBe(both);
    expect(mergeChange({ before: null, after: 'new\n' }, '')).toBe('new\n');
  });

  it('do not where they touch the same lines', () => {
    expect(mergeChange({ before: left, after: left.replace('b', 'other') }, first.after)).toBeUndefined();
  });

  it('still know their call, also when a person has changed them', () => {
    const right = both.replace('B', 'B!').replace('F2', 'F3');
    const keep = (kept: number) => keepParts({ left, right }, [first, second], (index) => index === kept);
    expect(keep(0)).toBe(left.replace('b', 'B!'));
    expect(keep(1)).toBe(left.replace('f\n', 'F\nF3\n'));
  });

  it('give what a person adds elsewhere to the first', () => {
    const right = both.replace('d', 'D');
    const keep = (kept: number) => keepParts({ left, right }, [first, second], (index) => index === kept);
    expect(keep(0)).toBe(left.replace('b', 'B').replace('d', 'D'));
    expect(keep(1)).toBe(second.after);
  });

  it('written one after the other are what was visible, whatever a person typed', () => {
    const anyLines = fc
      .array(fc.constantFrom('a\n', 'b\n', 'B\n', 'c\n', 'd\n', 'F\n', 'x\n', '\n'), { maxLength: 12 })
      .map((lines) => lines.join(''));
    fc.assert(
      fc.property(anyLines, (right) => {
        const calls = [first, second];
        expect(keepParts({ left, right }, calls, () => true)).toBe(right);
        expect(keepParts({ left, right }, calls, () => false)).toBe(left);
      }),
      { numRuns: 2_000 },
    );
  });
});
