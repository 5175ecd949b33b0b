// A notebook with unsaved changes, told from what was saved.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EditedCell, toEditedLines } from '../../../../src/core/review/editedNotebook.ts';
import { toCellLine, toNotebookLines, toNotebookText } from '../../../../src/core/review/notebookText.ts';

const HEAD = '{"metadata":{},"nbformat":4,"nbformat_minor":5}';
const outputs = [{ name: 'stdout', output_type: 'stream', text: 'printed\n' }];

function saved(source: string, id?: string): string {
  const own = id === undefined ? {} : { id };
  return toCellLine({
    cell_type: 'code',
    execution_count: 1,
    metadata: { tags: ['t'] },
    outputs,
    source,
    ...own,
  });
}

function edited(source: string, id?: string, type: EditedCell['type'] = 'code'): EditedCell {
  return { type, source, id };
}

const [one, two] = [saved('one\n1', 'a'), saved('two', 'b')];
const toCells = (lines: readonly string[]) => lines.slice(1).map((line) => JSON.parse(line));

describe('a notebook with unsaved changes', () => {
  it('has a cell that nobody has changed as it was saved, wherever it stands now', () => {
    const cells = [edited('two', 'b'), edited('one\r\n1', 'a')];
    expect(toEditedLines([HEAD, one, two], cells)).toEqual([HEAD, two, one]);
    expect(toEditedLines([HEAD, one, two], [])).toEqual([HEAD]);
  });

  it('has the text of a cell that was changed, with its outputs; one that was made has none', () => {
    const cells = [edited('ONE', 'a'), edited('new', 'n'), edited('two', 'b', 'markdown')];
    expect(toCells(toEditedLines([HEAD, one, two], cells))).toEqual([
      { ...JSON.parse(one), source: 'ONE' },
      { cell_type: 'code', execution_count: null, id: 'n', metadata: {}, outputs: [], source: 'new' },
      { cell_type: 'markdown', id: 'b', metadata: { tags: ['t'] }, source: 'two' },
    ]);
  });

  it('tells cells without ids by their texts, and one that was changed by its place', () => {
    const [first, second, third] = [saved('1'), saved('2'), saved('3')];
    const cells = [edited('1'), edited('TWO'), edited('3'), edited('new')];
    expect(toCells(toEditedLines([HEAD, first, second, third], cells))).toEqual([
      JSON.parse(first),
      { ...JSON.parse(second), source: 'TWO' },
      JSON.parse(third),
      { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: 'new' },
    ]);
  });

  it('has the cells of the editor in their order, whatever was saved, and what is the same is the same line', () => {
    const source = fc.constantFrom('', 'a', 'b', 'a\nb');
    const id = fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined });
    const type = fc.constantFrom('code' as const, 'markdown' as const, 'raw' as const);
    const any = fc.array(fc.record({ source, id, type }), { maxLength: 6 });
    fc.assert(
      fc.property(any, any, (before, after) => {
        const lines = [
          HEAD,
          ...before.map(({ type: cell_type, id: own, ...rest }) =>
            toCellLine({ cell_type, metadata: {}, ...rest, ...(own === undefined ? {} : { id: own }) }),
          ),
        ];
        const told = toEditedLines(lines, after);
        expect(toCells(told).map((cell) => [cell.cell_type, cell.source])).toEqual(
          after.map((cell) => [cell.type, cell.source]),
        );
        expect(toNotebookLines(toNotebookText(told))).toEqual(told);
        expect(
          toEditedLines(
            lines,
            before.map((cell) => cell),
          ),
        ).toEqual(lines);
      }),
      { numRuns: 1000 },
    );
  });
});
