import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agreed,
  isHunk,
  keepHunks,
  noteRewind,
  noteWrite,
  type ReviewText,
  toAgentText,
  toBaseline,
  toHunks,
  toReviewLines,
  undoHunks,
} from '../../../../src/core/review/reviewText.ts';
import { toSegments } from '../../../../src/core/review/segments.ts';

const lines = (text: string): readonly string[] => toReviewLines(text);
const all = (): boolean => true;
const baselineOf = (text: ReviewText, now: readonly string[]) => toBaseline(toSegments(text, now));

describe('a change of the agent', () => {
  it('waits for an answer, where it is', () => {
    const text = noteWrite(undefined, { before: lines('a\nb\nc\n'), after: lines('a\nB\nc\nd\n') }, 't1');
    const now = lines('a\nB\nc\nd\n');
    expect(toHunks(text, now)).toEqual([
      {
        kind: 'pending',
        ...{ base: ['b\n'], agent: ['B\n'], current: ['B\n'] },
        ...{ currentStart: 1, turns: ['t1'] },
      },
      {
        kind: 'pending',
        ...{ base: [], agent: ['d\n'], current: ['d\n'] },
        ...{ currentStart: 3, turns: ['t1'] },
      },
    ]);
    expect(baselineOf(text, now)).toEqual(lines('a\nb\nc\n'));
  });

  it('stays where it is while the user writes above, below and right behind it', () => {
    const text = noteWrite(undefined, { before: lines('a\nb\n'), after: lines('a\nB\n') }, 't1');
    const now = lines('mine\na\nB\nmine too\n');
    expect(toSegments(text, now).map(({ kind, current }) => [kind, current.join('')])).toEqual([
      ['user', 'mine\n'],
      ['same', 'a\n'],
      ['pending', 'B\n'],
      ['user', 'mine too\n'],
    ]);
    expect(baselineOf(text, now).join('')).toBe('mine\na\nb\nmine too\n');
    expect(undoHunks(text, now, all).current.join('')).toBe('mine\na\nb\nmine too\n');
  });

  it('is told apart from what the user made of it', () => {
    const text = noteWrite(undefined, { before: lines('a\n'), after: lines('x\ny\nz\n') }, 't1');
    expect(toHunks(text, lines('mine\n')).map(({ kind }) => kind)).toEqual(['mixed']);
    const between = toSegments(text, lines('x\nmine\nz\n'));
    expect(between.map(({ kind, base, current }) => [kind, base.join(''), current.join('')])).toEqual([
      ['pending', 'a\n', 'x\n'],
      ['undone', '', ''],
      ['user', '', 'mine\n'],
      ['pending', '', 'z\n'],
    ]);
  });

  it('is gone when the user has undone it, and back when the editor takes that back', () => {
    const text = noteWrite(undefined, { before: lines('a\nb\n'), after: lines('a\n') }, 't1');
    const undone = undoHunks(text, lines('a\n'), all);
    expect(undone).toEqual({ current: lines('a\nb\n'), text });
    expect(toHunks(text, undone.current)).toEqual([]);
    expect(toHunks(text, lines('a\n'))).toHaveLength(1);
  });

  it('is the user\u2019s when it is kept; the next one waits again', () => {
    const first = noteWrite(undefined, { before: lines('a\nb\n'), after: lines('A\nb\n') }, 't1');
    const kept = keepHunks(first, lines('A\nb\n'), all);
    expect(toHunks(kept, lines('A\nb\n'))).toEqual([]);
    const second = noteWrite(kept, { before: lines('A\nb\n'), after: lines('A\nB\n') }, 't2');
    expect(toHunks(second, lines('A\nB\n')).map(({ base, turns }) => [base, turns])).toEqual([
      [['b\n'], ['t2']],
    ]);
  });

  it('has the turns that made it', () => {
    const first = noteWrite(undefined, { before: lines('a\nb\nc\n'), after: lines('A\nb\nc\n') }, 't1');
    const second = noteWrite(first, { before: lines('A\nb\nc\n'), after: lines('A\nB\n') }, 't2');
    expect(toHunks(second, lines('A\nB\n')).map(({ turns }) => turns)).toEqual([['t1'], ['t2']]);
  });

  it('does not make the user\u2019s changes of before its own', () => {
    const first = noteWrite(undefined, { before: lines('a\nb\nc\nd\n'), after: lines('A\nb\nc\nd\n') }, 't1');
    const now = lines('A!\nb\nmine\nd\n');
    const second = noteWrite(first, { before: now, after: lines('A!\nb\nmine\nD\n') }, 't2');
    expect(toHunks(second, lines('A!\nb\nmine\nD\n')).map(({ kind, base }) => [kind, base])).toEqual([
      ['mixed', ['a\n']],
      ['pending', ['d\n']],
    ]);
  });
});

describe('a rewind', () => {
  const first = noteWrite(undefined, { before: lines('a\nb\n'), after: lines('A1\nb\n') }, 't1');
  const second = noteWrite(first, { before: lines('A1\nb\n'), after: lines('A2\nb\n') }, 't2');

  it('to before everything leaves nothing to answer', () => {
    const back = noteRewind(second, { before: lines('A2\nb\n'), after: lines('a\nb\n') });
    expect(toHunks(back, lines('a\nb\n'))).toEqual([]);
  });

  it('of a part leaves the rest', () => {
    const back = noteRewind(second, { before: lines('A2\nb\n'), after: lines('A1\nb\n') });
    expect(toHunks(back, lines('A1\nb\n')).map(({ base, agent }) => [base, agent])).toEqual([
      [['a\n'], ['A1\n']],
    ]);
  });

  it('of what was kept is what the user wants', () => {
    const kept = keepHunks(second, lines('A2\nb\n'), all);
    const back = noteRewind(kept, { before: lines('A2\nb\n'), after: lines('a\nb\n') });
    expect(toHunks(back, lines('a\nb\n'))).toEqual([]);
    expect(baselineOf(back, lines('a\nb\n'))).toEqual(lines('a\nb\n'));
  });
});

describe('lines', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\r\nb\r\n', ['a\n', 'b\n']],
    ['\uFEFFa\n\n', ['a\n', '\n']],
  ])('of %j', (text, expected) => {
    expect(toReviewLines(text)).toEqual(expected);
  });
});

/** Random work on one text; every line the agent or the user writes is one of a kind. */
type Step =
  | { readonly kind: 'agent' | 'user'; readonly at: number; readonly removed: number; readonly added: number }
  | { readonly kind: 'keep' | 'undo'; readonly which: number };

const edit = (kind: 'agent' | 'user') =>
  fc.record({ kind: fc.constant(kind), at: fc.nat(1000), removed: fc.nat(3), added: fc.nat(3) });
const answer = (kind: 'keep' | 'undo') => fc.record({ kind: fc.constant(kind), which: fc.nat(0xffff) });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: edit('agent') },
    { weight: 3, arbitrary: edit('user') },
    { weight: 1, arbitrary: answer('keep') },
    { weight: 1, arbitrary: answer('undo') },
  ),
  { maxLength: 12 },
);

interface World {
  text: ReviewText;
  now: readonly string[];
  count: number;
}

function editOf(
  world: World,
  { kind, at, removed, added }: Extract<Step, { at: number }>,
): readonly string[] {
  const start = at % (world.now.length + 1);
  const put = Array.from({ length: added }, () => {
    world.count += 1;
    return `${kind} ${world.count}\n`;
  });
  return [...world.now.slice(0, start), ...put, ...world.now.slice(start + removed)];
}

function checkWhole({ text, now }: World): void {
  const segments = toSegments(text, now);
  expect(segments.flatMap(({ base }) => base)).toEqual(text.flatMap(({ base }) => base));
  expect(segments.flatMap(({ agent }) => agent)).toEqual(toAgentText(text));
  expect(segments.flatMap(({ current }) => current)).toEqual(now);
  let at = 0;
  for (const { current, currentStart } of segments) {
    expect(currentStart).toBe(at);
    at += current.length;
  }
}

function runStep(world: World, step: Step): void {
  switch (step.kind) {
    case 'agent': {
      const after = editOf(world, step);
      world.text = noteWrite(world.text, { before: world.now, after }, `turn ${world.count}`);
      world.now = after;
      // What the agent has just written waits, unless it is what the user had agreed to.
      return;
    }
    case 'user':
      world.now = editOf(world, step);
      return;
    case 'keep': {
      const before = world.now;
      world.text = keepHunks(world.text, world.now, pick(world, step.which));
      expect(world.now).toBe(before);
      return;
    }
    case 'undo': {
      const hunks = toHunks(world.text, world.now);
      const chosen = hunks.filter(pick(world, step.which)).filter(({ kind }) => kind === 'pending');
      const usersBefore = world.now.filter((line) => line.startsWith('user'));
      const names = new Set(chosen.map((hunk) => JSON.stringify(hunk)));
      const undone = undoHunks(world.text, world.now, (hunk) => names.has(JSON.stringify(hunk)));
      world.now = undone.current;
      world.text = undone.text;
      // The user's own lines stay, in their order.
      const usersAfter = world.now.filter((line) => line.startsWith('user'));
      expect(usersAfter.filter((line) => usersBefore.includes(line))).toEqual(usersBefore);
    }
  }
}

/** Some of the hunks that wait. */
function pick(world: World, which: number): (hunk: { readonly currentStart: number }) => boolean {
  const starts = toHunks(world.text, world.now).map(({ currentStart }) => currentStart);
  return ({ currentStart }) => ((which >> (starts.indexOf(currentStart) % 16)) & 1) === 1;
}

/** Of a kind each, or with lines that are the same, as code has. */
type Start = (size: number) => readonly string[];
const different: Start = (size) => Array.from({ length: size }, (_, index) => `line ${index}\n`);
const alike: Start = (size) =>
  Array.from({ length: size }, (_, index) => (index % 4 === 3 ? '\n' : `line ${index % 3}\n`));

function play(work: readonly Step[], start: readonly string[]): World {
  const world: World = { text: [agreed(start)], now: start, count: 0 };
  for (const step of work) {
    runStep(world, step);
    checkWhole(world);
  }
  return world;
}

const RUNS = { numRuns: 10_000 };

describe('after any work of both', () => {
  it('nothing is lost where lines are the same', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(steps, fc.nat(12), (work, size) => {
        const world = play(work, alike(size));
        const undone = undoHunks(world.text, world.now, all).current;
        expect(undone).toEqual(baselineOf(world.text, world.now));
        const users = (lines: readonly string[]) => lines.filter((line) => line.startsWith('user'));
        const mixed = toHunks(world.text, world.now).filter(({ kind }) => kind === 'mixed');
        const givenUp = new Set(mixed.flatMap(({ current }) => current));
        for (const line of users(world.now)) if (!givenUp.has(line)) expect(undone).toContain(line);
      }),
      RUNS,
    );
  });

  it('what is kept, what waits and what is the user\u2019s are the text, exactly', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(steps, fc.nat(12), (work, size) => {
        const world = play(work, different(size));
        expect(
          toHunks(world.text, world.now)
            .filter(({ kind }) => kind === 'pending')
            .flatMap(({ current }) => current)
            .filter((line) => line.startsWith('user')),
        ).toEqual([]);
        const kept = keepHunks(world.text, world.now, all);
        expect(toHunks(kept, world.now)).toEqual([]);
        expect(baselineOf(kept, world.now)).toEqual(world.now);
      }),
      RUNS,
    );
  });

  it('undoing all leaves nothing that waits', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(steps, fc.nat(12), (work, size) => {
        const world = play(work, different(size));
        const undone = undoHunks(world.text, world.now, all);
        expect(undone.current).toEqual(baselineOf(world.text, world.now));
        expect(toSegments(undone.text, undone.current).filter(isHunk)).toEqual([]);
      }),
      RUNS,
    );
  });
});
