import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostics } from '../../../../src/core/ports.ts';
import { createBuiltinTools } from '../../../../src/core/tools/builtinTools.ts';
import type { Problem } from '../../../../src/protocol/problems.ts';
import { createHarness, type Harness } from './toolHarness.ts';

/** An editor that has one complaint for each `bad` in a file, at its line. */
function createComplainer() {
  const asked: string[] = [];
  const look = async (path: string) => {
    const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
    const problems = lines.flatMap((line, index): Problem[] =>
      line.includes('bad') ? [{ severity: 'error', line: index + 1, column: 1, message: line }] : [],
    );
    return { problems, lineCount: lines.length };
  };
  const diagnostics: Diagnostics = {
    async before(path) {
      asked.push(`before ${path}`);
      return { path, ...(await look(path)), isKnown: true, waitedMs: 0 };
    },
    async after({ path }) {
      asked.push(`after ${path}`);
      return look(path);
    },
  };
  return { diagnostics, asked };
}

function find({ context: { workspace } }: Harness, name: string) {
  const tool = createBuiltinTools({ workspace, shellName: 'bash' }).find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool;
}

describe('a tool that changes a file, where an editor looks at it', () => {
  it('tells the new problems of a written file, in its output and to the model', async () => {
    const harness = await createHarness();
    const { diagnostics, asked } = createComplainer();
    const path = join(harness.folder, 'a.txt');
    const ran = await harness.run(
      find(harness, 'Write'),
      { file_path: 'a.txt', content: 'ok\nbad\n' },
      { diagnostics },
    );
    expect(ran.text).toBe(
      'Created a.txt (2 lines).\nThe editor finds 1 new problem in the file:\n2:1 error: bad',
    );
    expect(ran.output).toMatchObject({
      type: 'create',
      problems: { added: [{ severity: 'error', line: 2, column: 1, message: 'bad' }], more: 0, gone: 0 },
    });
    expect(asked).toEqual([`before ${path}`, `after ${path}`]);
  });

  it('tells of an edited file only what is new, and what is gone', async () => {
    const harness = await createHarness();
    const { diagnostics } = createComplainer();
    const path = join(harness.folder, 'a.txt');
    await writeFile(path, 'bad one\nbad two\n');
    await harness.run(find(harness, 'Read'), { file_path: path });
    const edit = (old_string: string, new_string: string) =>
      harness.run(find(harness, 'Edit'), { file_path: path, old_string, new_string }, { diagnostics });
    expect((await edit('bad one', 'fine\nbad three')).text).toBe(
      'Edited a.txt at line 1.\nThe editor finds 1 new problem in the file:\n2:1 error: bad three\n1 problem of before is gone.',
    );
    const same = await edit('fine', 'fine\nand more');
    expect(same.text).toBe('Edited a.txt at line 1.');
    expect(same.output).not.toHaveProperty('problems');
  });

  it('tells those of a notebook', async () => {
    const harness = await createHarness();
    const { diagnostics } = createComplainer();
    const path = join(harness.folder, 'n.ipynb');
    const cell = {
      cell_type: 'code',
      id: 'c1',
      source: ['ok'],
      metadata: {},
      outputs: [],
      execution_count: null,
    };
    await writeFile(
      path,
      JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1),
    );
    await harness.run(find(harness, 'Read'), { file_path: path });
    const input = { notebook_path: path, cell_id: 'c1', new_source: 'bad' };
    const ran = await harness.run(find(harness, 'NotebookEdit'), input, { diagnostics });
    expect(ran.output).toMatchObject({ problems: { added: [{ severity: 'error' }], more: 0, gone: 0 } });
  });

  it('asks nothing more about a file that it has not changed', async () => {
    const harness = await createHarness();
    const { diagnostics, asked } = createComplainer();
    const path = join(harness.folder, 'a.txt');
    await writeFile(path, 'bad\n');
    const ran = await harness.run(find(harness, 'Write'), { file_path: path, content: 'x' }, { diagnostics });
    expect(ran.isError).toBe(true);
    expect(ran.text).toContain('You have not read a.txt');
    expect(asked).toEqual([`before ${path}`]);
  });

  it('says nothing where nobody looks', async () => {
    const harness = await createHarness();
    const { asked, diagnostics } = createComplainer();
    const blind: Diagnostics = { ...diagnostics, before: async () => undefined };
    const ran = await harness.run(
      find(harness, 'Write'),
      { file_path: 'a.txt', content: 'bad' },
      { diagnostics: blind },
    );
    expect(ran.text).toBe('Created a.txt (1 line).');
    expect(asked).toEqual([]);
  });

  it('writes nothing when it is stopped while it is asked what there was', async () => {
    const harness = await createHarness();
    const stop = new AbortController();
    const diagnostics: Diagnostics = {
      ...createComplainer().diagnostics,
      async before() {
        stop.abort(new Error('stopped'));
        return undefined;
      },
    };
    const running = harness.run(
      find(harness, 'Write'),
      { file_path: 'a.txt', content: 'bad' },
      { diagnostics, signal: stop.signal },
    );
    await expect(running).rejects.toThrow('stopped');
    await expect(readFile(join(harness.folder, 'a.txt'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
