import { describe, expect, it } from 'vitest';
import { toHunks, toReviewLines } from '../../../src/core/review/reviewText.ts';
import {
  type FileVersions,
  noteChange,
  type ReviewedCheckpoint,
  type ReviewFile,
} from '../../../src/vscode/review/reviewFiles.ts';

const write = (turn: string): ReviewedCheckpoint => ({
  id: `checkpoint of ${turn}`,
  sessionId: 's',
  turn,
  what: 'write',
});
const agreed: ReviewedCheckpoint = { ...write('t9'), what: 'agreed' };
const modified = (before: string, after: string): FileVersions => ({
  path: '/w/a.txt',
  change: 'modified',
  before,
  after,
  binary: false,
  ids: { before: null, after: null },
});
const created = (after: string): FileVersions => ({
  ...modified('', after),
  change: 'created',
  before: null,
});
const deleted = (before: string): FileVersions => ({
  ...modified(before, ''),
  change: 'deleted',
  after: null,
});

/** "base -> agent" of what waits. */
function hunksOf(file: ReviewFile | undefined, now: string): readonly string[] {
  if (file?.kind !== 'text') return [];
  return toHunks(file.text, toReviewLines(now)).map(
    ({ base, agent }) => `${base.join('')}->${agent.join('')}`,
  );
}

describe('a file that Belay has changed', () => {
  it('waits, with the first checkpoint since it was agreed to', () => {
    const first = noteChange(undefined, modified('a\n', 'b\n'), write('t1'));
    const second = noteChange(first, modified('b\n', 'c\n'), write('t2'));
    expect(second).toMatchObject({ kind: 'text', change: 'modified', checkpointId: 'checkpoint of t1' });
    expect(hunksOf(second, 'c\n')).toEqual(['a\n->c\n']);
  });

  it('waits no longer when it is as it was', () => {
    const first = noteChange(undefined, modified('a\n', 'b\n'), write('t1'));
    expect(noteChange(first, modified('b\n', 'a\n'), write('t2'))).toBeUndefined();
    expect(noteChange(first, modified('b\n', 'a\n'), agreed)).toBeUndefined();
  });

  it('does not wait for what was seen before it was written, but for the rest', () => {
    expect(noteChange(undefined, modified('a\n', 'b\n'), agreed)).toBeUndefined();
    const first = noteChange(undefined, modified('a\nx\ny\n', 'b\nx\ny\n'), write('t1'));
    const second = noteChange(first, modified('b\nx\ny\n', 'b\nx\nY\n'), agreed);
    expect(hunksOf(second, 'b\nx\nY\n')).toEqual(['a\n->b\n']);
  });

  it('is new, gone, or was neither', () => {
    const made = noteChange(undefined, created('a\n'), write('t1'));
    expect(made).toMatchObject({ kind: 'text', change: 'created' });
    expect(noteChange(made, modified('a\n', 'b\n'), write('t2'))).toMatchObject({ change: 'created' });
    expect(noteChange(made, deleted('a\n'), write('t2'))).toBeUndefined();
    const gone = noteChange(undefined, deleted('a\n'), write('t1'));
    expect(gone).toMatchObject({ kind: 'text', change: 'deleted' });
    const back = noteChange(gone, created('b\n'), write('t2'));
    expect(back).toMatchObject({ change: 'modified' });
    expect(hunksOf(back, 'b\n')).toEqual(['a\n->b\n']);
    expect(noteChange(gone, created('a\n'), agreed)).toBeUndefined();
  });

  it('waits though it is empty, when it is new', () => {
    expect(noteChange(undefined, created(''), write('t1'))).toMatchObject({ change: 'created' });
  });

  it('is answered by its cells when it is a notebook', () => {
    const notebook = (...sources: readonly string[]): string =>
      JSON.stringify({ cells: sources.map((source, id) => ({ cell_type: 'code', id: `${id}`, source })) });
    const versions = { ...modified(notebook('a', 'b'), notebook('A', 'B')), path: '/w/a.ipynb' };
    const file = noteChange(undefined, versions, write('t1'));
    if (file?.kind !== 'notebook') throw new Error('no notebook');
    const sources = (lines: readonly string[]): unknown => lines.map((line) => JSON.parse(line).source);
    expect(
      file.text
        .filter(({ turns }) => turns.length > 0)
        .map(({ base, agent }) => [sources(base), sources(agent)]),
    ).toEqual([
      [['a'], ['A']],
      [['b'], ['B']],
    ]);
    const back = { ...modified(notebook('A', 'B'), notebook('a', 'b')), path: '/w/a.ipynb' };
    expect(noteChange(file, back, agreed)).toBeUndefined();
    const broken = { ...modified(notebook('A', 'B'), '{'), path: '/w/a.ipynb' };
    expect(noteChange(file, broken, write('t2'))).toMatchObject({ kind: 'whole', change: 'modified' });
  });

  it.each([
    ['binary', { ...modified('', ''), before: null, after: null, binary: true }],
    ['large', modified('a\n', 'b'.repeat(2_000_001))],
    ['a notebook that can’t be read', { ...modified('{}', '{"a":1}'), path: '/w/a.ipynb' }],
  ])('is answered as a whole when it is %s', (_what, versions) => {
    const file = noteChange(undefined, versions, write('t1'));
    expect(file).toMatchObject({ kind: 'whole', turns: ['t1'] });
    expect(noteChange(file, versions, write('t2'))).toMatchObject({ kind: 'whole', turns: ['t1', 't2'] });
    expect(noteChange(file, versions, agreed)).toBeUndefined();
  });
});
