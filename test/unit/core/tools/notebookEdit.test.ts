import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findElements, findMembers, findRoot } from '../../../../src/core/tools/jsonSpans.ts';
import { createNotebookEditTool } from '../../../../src/core/tools/notebookEdit.ts';
import { createPathLocks } from '../../../../src/core/tools/pathLocks.ts';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createHarness } from './toolHarness.ts';

/** As Jupyter writes it, with numbers and escapes that writing it anew would change. */
const notebook = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "intro",
   "metadata": {},
   "source": [
    "# T\\u00eftle\\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "code",
   "metadata": {"scale": 1.0, "big": 12345678901234567890},
   "outputs": [
    {"output_type": "stream", "name": "stdout", "text": ["]}\\"\\n"]}
   ],
   "source": "print(1)"
  }
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

async function editNotebook(content: string, input: Record<string, unknown>) {
  const harness = await createHarness();
  const path = join(harness.folder, 'a.ipynb');
  await fs.writeFile(path, content);
  const place = harness.context.workspace;
  await harness.run(createReadTool({ place, pdf: undefined }), { file_path: path });
  const tool = createNotebookEditTool({ place, locks: createPathLocks() });
  const full = { notebook_path: 'a.ipynb', new_source: '', ...input };
  const preview = await tool.preview?.(tool.inputSchema.parse(full), harness.context);
  const ran = await harness.run(tool, full);
  const after = await fs.readFile(path, 'utf8');
  if (!ran.isError) expect(preview?.after).toBe(after.replaceAll('\r\n', '\n'));
  return { ...ran, after, path, tool, harness };
}

describe('a cell', () => {
  it('gets new source, and nothing else changes', async () => {
    const { text, after } = await editNotebook(notebook, { cell_id: 'intro', new_source: '# New\nmore' });
    expect(text).toBe('Replaced the markdown cell intro in a.ipynb.');
    expect(after).toBe(notebook.replace('"# T\\u00eftle\\n",\n    "text"', '"# New\\n",\n    "more"'));
  });

  it('of code loses its outputs with its source', async () => {
    const { after, output } = await editNotebook(notebook, { cell_id: 'code', new_source: 'print(2)' });
    expect(after).toBe(
      notebook
        .replace(/\[\n {4}\{"output_type".*\n {3}\]/, '[]')
        .replace('"execution_count": 3', '"execution_count": null')
        .replace('print(1)', 'print(2)'),
    );
    expect(output).toMatchObject({ old_source: 'print(1)', new_source: 'print(2)', language: 'python' });
  });

  it('becomes one of the other kind', async () => {
    const { after } = await editNotebook(notebook, {
      cell_id: 'code',
      new_source: 'hi',
      cell_type: 'markdown',
    });
    expect(JSON.parse(after).cells[1]).toEqual({
      cell_type: 'markdown',
      id: 'code',
      metadata: { scale: 1, big: 12345678901234567000 },
      source: ['hi'],
    });
  });

  it('is inserted behind another, at the beginning, or into nothing', async () => {
    const behind = await editNotebook(notebook, {
      cell_id: 'intro',
      edit_mode: 'insert',
      cell_type: 'code',
      new_source: 'a\nb',
    });
    const { cells } = JSON.parse(behind.after);
    expect(cells.map((cell: { id: string }) => cell.id)).toEqual([
      'intro',
      expect.stringMatching(/^[0-9a-f]{8}$/),
      'code',
    ]);
    expect(cells[1]).toMatchObject({ cell_type: 'code', outputs: [], source: ['a\n', 'b'] });
    const added = behind.after.split('\n').filter((line) => !notebook.split('\n').includes(line));
    expect(added.length).toBeLessThan(8);
    const first = await editNotebook(notebook, {
      edit_mode: 'insert',
      cell_type: 'markdown',
      new_source: 'x',
    });
    expect(JSON.parse(first.after).cells[0].source).toEqual(['x']);
    const empty = notebook.replace(/"cells": \[[\s\S]*\n {1}\],/, '"cells": [],');
    const only = await editNotebook(empty, { edit_mode: 'insert', cell_type: 'markdown', new_source: 'x' });
    expect(JSON.parse(only.after).cells).toHaveLength(1);
  });

  it('is deleted: the first, the last, the only one', async () => {
    const ids = (text: string) => JSON.parse(text).cells.map((cell: { id: string }) => cell.id);
    const first = await editNotebook(notebook, { cell_id: 'intro', edit_mode: 'delete' });
    expect(ids(first.after)).toEqual(['code']);
    const last = await editNotebook(notebook, { cell_id: 'code', edit_mode: 'delete' });
    expect(ids(last.after)).toEqual(['intro']);
    const only = await editNotebook(last.after, { cell_id: 'intro', edit_mode: 'delete' });
    expect(ids(only.after)).toEqual([]);
  });

  it('of an old notebook is named by its place', async () => {
    const old = notebook
      .replaceAll(/ {3}"id": ".*",\n/g, '')
      .replace('"nbformat_minor": 5', '"nbformat_minor": 4');
    const { after, text } = await editNotebook(old, { cell_id: 'cell-0', new_source: 'x' });
    expect(text).toContain('cell-0');
    expect(JSON.parse(after).cells[0].source).toEqual(['x']);
    const inserted = await editNotebook(old, {
      edit_mode: 'insert',
      cell_id: 'cell-1',
      cell_type: 'markdown',
      new_source: 'x',
    });
    expect(JSON.parse(inserted.after).cells[2]).toEqual({
      cell_type: 'markdown',
      metadata: {},
      source: ['x'],
    });
  });

  it('keeps line ends and a notebook in one line as they are', async () => {
    const windows = await editNotebook(notebook.replaceAll('\n', '\r\n'), {
      cell_id: 'intro',
      new_source: 'a\nb',
    });
    expect(windows.after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const flat = JSON.stringify(JSON.parse(notebook));
    const edited = await editNotebook(flat, { edit_mode: 'insert', cell_type: 'code', new_source: 'a\nb' });
    expect(edited.after).not.toContain('\n');
    expect(JSON.parse(edited.after).cells).toHaveLength(3);
  });
});

describe('what can not be done', () => {
  it.each([
    [{ cell_id: 'none' }, /no cell "none"\. Its cells are: intro, code\./],
    [{}, /Say which cell/],
    [{ edit_mode: 'insert', cell_id: 'intro' }, /cell_type is missing/],
    [{ edit_mode: 'insert', cell_id: 'none', cell_type: 'code' }, /no cell "none"/],
  ])('%j', async (input, problem) => {
    const { isError, text, after } = await editNotebook(notebook, input);
    expect(isError).toBe(true);
    expect(text).toMatch(problem);
    expect(after).toBe(notebook);
  });

  it('a notebook that is none, or was not read', async () => {
    expect((await editNotebook('{"a": 1}', { cell_id: 'x' })).text).toMatch(/not a notebook/);
    const { harness, tool } = await editNotebook(notebook, {});
    await fs.writeFile(join(harness.folder, 'b.ipynb'), notebook);
    const unread = await harness.run(tool, { notebook_path: 'b.ipynb', cell_id: 'intro', new_source: '' });
    expect(unread.text).toMatch(/not read b\.ipynb/);
    const none = await harness.run(tool, { notebook_path: 'c.ipynb', cell_id: 'intro', new_source: '' });
    expect(none.text).toMatch(/does not exist/);
  });
});

it('says what it touches', async () => {
  const { tool, harness, path } = await editNotebook(notebook, {});
  const input = { notebook_path: 'a.ipynb', new_source: '' };
  expect(await tool.effects(input, harness.context)).toEqual([
    { kind: 'read', path },
    { kind: 'write', path },
  ]);
  expect(tool.title({})).toBe('Edit a notebook');
  expect(tool.title({ notebook_path: path, edit_mode: 'insert' })).toBe('Insert a cell in a.ipynb');
});

describe('spans of JSON', () => {
  it('are those of the values, in any text', async () => {
    await fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom('', ' ', '\t', 1, 3), (json, space) => {
        const value: unknown = JSON.parse(json);
        const text = ` ${JSON.stringify(value, null, space)}\n`;
        const root = findRoot(text);
        expect(JSON.parse(text.slice(root.start, root.end))).toEqual(value);
        const parse = (span: { start: number; end: number }): unknown =>
          JSON.parse(text.slice(span.start, span.end));
        if (Array.isArray(value)) expect(findElements(text, root).map(parse)).toEqual(value);
        else if (typeof value === 'object' && value !== null) {
          const members = [...findMembers(text, root)].map(([name, span]) => [name, parse(span)]);
          expect(members).toEqual(Object.entries(value));
        }
      }),
      { numRuns: 500 },
    );
  });
});
