import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCells, toOutline } from '../../../../src/core/review/notebookCells.ts';
import { toNotebookLines, writeNotebook } from '../../../../src/core/review/notebookText.ts';
import {
  keepHunks,
  type Lines,
  noteWrite,
  type ReviewText,
  toHunks,
  undoHunks,
} from '../../../../src/core/review/reviewText.ts';

interface Cell {
  readonly id?: string;
  readonly cell_type: 'code' | 'markdown';
  readonly source: string;
  readonly outputs?: readonly unknown[];
}

const toSource = (source: string): readonly string[] => source.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** As Jupyter writes it, indented by one. */
function notebook(cells: readonly Cell[], metadata: unknown = { kernelspec: { name: 'python3' } }): string {
  const written = cells.map(({ cell_type, id, outputs, source }) => ({
    ...{ cell_type, id, metadata: {}, outputs },
    source: toSource(source),
  }));
  return `${JSON.stringify({ cells: written, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function linesOf(text: string): Lines {
  const lines = toNotebookLines(text);
  if (lines === undefined) throw new Error('no notebook');
  return lines;
}

const code = (id: string, source: string): Cell => ({ id, cell_type: 'code', source, outputs: [] });
const cells = [code('a', 'one = 1\ntwo = 2'), code('b', 'print(one)'), code('c', 'print(two)')] as const;

describe('a notebook as lines', () => {
  it('is all but its cells, and each cell, the same however it is written', () => {
    const text = notebook([code('a', 'one\ntwo')]);
    expect(linesOf(text).map((line) => JSON.parse(line))).toEqual([
      { metadata: { kernelspec: { name: 'python3' } }, nbformat: 4, nbformat_minor: 5 },
      { id: 'a', cell_type: 'code', source: 'one\ntwo', outputs: [], metadata: {} },
    ]);
    const other = JSON.stringify({
      ...{ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: 'python3' } } },
      cells: [{ source: 'one\ntwo', outputs: [], metadata: {}, id: 'a', cell_type: 'code' }],
    });
    expect(toNotebookLines(other)).toEqual(toNotebookLines(text));
  });

  it('is none where there are no cells', () => {
    expect(['', '[]', '{"cells": 1}', '{"cells": [{}]}', '{"cells": ['].map(toNotebookLines)).toEqual(
      [1, 2, 3, 4, 5].map(() => undefined),
    );
  });

  it('keeps the bytes of what is the same, and writes the rest as Jupyter does', () => {
    const odd = notebook(cells)
      .replace('"print(one)"', '"print(\\u006fne)"')
      .replace('"id": "c"', '"id":"c"');
    const [head = '', first = '', second = '', third = ''] = linesOf(odd);
    const changed = first.replace('two = 2', 'two = 3');
    expect(writeNotebook(odd, [head, changed, second, third])).toBe(odd.replace('two = 2', 'two = 3'));
    expect(writeNotebook(odd, [head, first, third])).toBe(
      notebook([cells[0], cells[2]]).replace('"id": "c"', '"id":"c"'),
    );
    expect(writeNotebook(odd, [head])).toContain('"cells": []');
    const metadata = head.replace('python3', 'julia');
    expect(writeNotebook(odd, [metadata, first, second, third])).toBe(odd.replace('python3', 'julia'));
  });

  it('gives back the lines that were written, whatever stood there', () => {
    const source = fc.constantFrom('', 'a', 'a\n', 'a\nb', '"\\\n\t', 'é😀\n\n');
    const output = fc.record({
      output_type: fc.constantFrom('stream', 'display_data'),
      text: fc.constantFrom('x\ny\n', ['x\n', 'y']),
      data: fc.constantFrom({ 'text/plain': ['1'] }, { 'application/json': ['1'], 'image/png': 'AAA' }),
    });
    const cell = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      cell_type: fc.constantFrom('code' as const, 'markdown' as const),
      source,
      outputs: fc.array(output, { maxLength: 2 }),
    });
    const metadata = fc.constantFrom({}, { a: 1 }, { a: { b: 2 } });
    const any = fc.tuple(fc.array(cell, { maxLength: 5 }), metadata, fc.boolean());
    fc.assert(
      fc.property(any, any, ([left, leftHead, isDense], [right, rightHead]) => {
        const text = isDense
          ? JSON.stringify(JSON.parse(notebook(left, leftHead)))
          : notebook(left, leftHead);
        const lines = linesOf(notebook(right, rightHead));
        expect(toNotebookLines(writeNotebook(text, lines))).toEqual(lines);
        expect(writeNotebook(text, linesOf(text))).toBe(text);
      }),
    );
  });
});

describe('the changes of a notebook', () => {
  const write = (before: readonly Cell[], after: readonly Cell[]): readonly [ReviewText, Lines] => {
    const lines = { before: linesOf(notebook(before)), after: linesOf(notebook(after)) };
    return [splitCells(noteWrite(undefined, lines, 't')), lines.after];
  };
  const sources = (lines: Lines): readonly string[] => lines.map((line) => String(JSON.parse(line).source));
  const describeHunks = ([text, current]: readonly [ReviewText, Lines]): readonly unknown[] =>
    toHunks(text, current).map(({ base, current: now }) => [sources(base), sources(now)]);

  it('are one for each cell, by its id', () => {
    const changed = [code('a', 'one = 1\ntwo = 3'), code('n', 'new'), code('b', 'print(ONE)')];
    expect(describeHunks(write(cells, changed))).toEqual([
      [['one = 1\ntwo = 2'], ['one = 1\ntwo = 3']],
      [[], ['new']],
      [['print(one)'], ['print(ONE)']],
      [['print(two)'], []],
    ]);
  });

  it('can be read', () => {
    expect(
      toOutline(linesOf(notebook([code('a', 'one\ntwo'), { cell_type: 'markdown', source: '# Hi' }]))),
    ).toBe('# cell a (code)\none\ntwo\n\n# cell 2 (markdown)\n# Hi\n');
  });

  it('are one for each cell also without ids, by what stands in it', () => {
    const plain = (source: string): Cell => ({ cell_type: 'code', source });
    const before = [plain('one\ntwo'), plain('three\nfour')];
    const after = [plain('quite another\ncell'), plain('one\nTWO'), plain('three\nFOUR')];
    expect(describeHunks(write(before, after))).toEqual([
      [[], ['quite another\ncell']],
      [['one\ntwo'], ['one\nTWO']],
      [['three\nfour'], ['three\nFOUR']],
    ]);
  });

  it('are kept and undone one by one: what is left is what stood there, what was kept, and what the user has made', () => {
    const cell = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      cell_type: fc.constant('code' as const),
      source: fc.constantFrom('x', 'y', 'z'),
    });
    const some = fc.uniqueArray(cell, { maxLength: 5, selector: ({ id }) => id });
    fc.assert(
      fc.property(
        some,
        some,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        (before, after, picks) => {
          const same = code('m', 'stands between');
          const [text, agent] = write([...before, same], [...after, same]);
          const [, users = ''] = linesOf(notebook([code('u', 'my own')]));
          const current = [...agent, users];
          const base = [...linesOf(notebook([...before, same])), users];
          const hunks = toHunks(text, current);
          const isPicked = ({ currentStart, base: was }: { currentStart: number; base: Lines }): boolean =>
            picks[hunks.findIndex((each) => each.currentStart === currentStart && each.base === was)] ===
            true;
          // Keep some, then undo the rest: only what was kept is left of the agent's.
          const kept = keepHunks(text, current, isPicked);
          expect(undoHunks(kept, current, () => true).current).toEqual(
            undoHunks(text, current, (hunk) => !isPicked(hunk)).current,
          );
          expect(undoHunks(text, current, () => true).current).toEqual(base);
          expect(
            toHunks(
              keepHunks(text, current, () => true),
              current,
            ),
          ).toEqual([]);
        },
      ),
    );
  });
});
