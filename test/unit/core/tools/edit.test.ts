import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../../../src/core/ports.ts';
import { createEditTool } from '../../../../src/core/tools/edit.ts';
import { createPathLocks } from '../../../../src/core/tools/pathLocks.ts';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createNodeFileSystem } from '../../../../src/node/fileSystem.ts';
import { createHarness, type Harness } from './toolHarness.ts';

const node = createNodeFileSystem({ platform: 'linux' });

/** A harness with one file that the model has read. */
async function withFile(content: string | Uint8Array, files: FileSystem = node) {
  const harness = await createHarness({ files });
  const path = join(harness.folder, 'a.ts');
  await fs.writeFile(path, content);
  await read(harness);
  const tool = createEditTool({ place: harness.context.workspace, locks: createPathLocks() });
  const edit = (old_string: string, new_string: string, more: Record<string, unknown> = {}) =>
    harness.run(tool, { file_path: 'a.ts', old_string, new_string, ...more });
  return { harness, path, tool, edit };
}

async function read(harness: Harness): Promise<void> {
  const tool = createReadTool({ place: harness.context.workspace, pdf: undefined });
  const { isError, text } = await harness.run(tool, { file_path: 'a.ts' });
  if (isError) throw new Error(text);
}

describe('an edit', () => {
  it('changes the place, and tells where', async () => {
    const { edit, path } = await withFile('const a = 1;\nconst b = 2;\n');
    const { text, isError, output } = await edit('b = 2', 'b = 3');
    expect([text, isError]).toEqual(['Edited a.ts at line 2.', false]);
    expect(await fs.readFile(path, 'utf8')).toBe('const a = 1;\nconst b = 3;\n');
    expect(output).toMatchObject({
      filePath: path,
      replaceAll: false,
      structuredPatch: [{ oldStart: 1, lines: [' const a = 1;', '-const b = 2;', '+const b = 3;'] }],
    });
  });

  it('may be followed by another without reading again', async () => {
    const { edit, path } = await withFile('a\n');
    await edit('a', 'b');
    expect((await edit('b', 'c')).isError).toBe(false);
    expect(await fs.readFile(path, 'utf8')).toBe('c\n');
  });

  it('replaces all occurrences when asked', async () => {
    const { edit, path } = await withFile('x y x\nx');
    expect((await edit('x', 'z')).text).toMatch(/3 times/);
    expect((await edit('x', 'z', { replace_all: true })).text).toBe('Edited a.ts in 3 places.');
    expect(await fs.readFile(path, 'utf8')).toBe('z y z\nz');
  });

  it('makes a new file from an empty old_string, with its folders', async () => {
    const { harness, tool } = await withFile('');
    const made = await harness.run(tool, { file_path: 'new/dir/b.ts', old_string: '', new_string: 'hi' });
    expect(made.text).toBe('Created new/dir/b.ts.');
    expect(await fs.readFile(join(harness.folder, 'new/dir/b.ts'), 'utf8')).toBe('hi');
    const missing = await harness.run(tool, { file_path: 'c.ts', old_string: 'x', new_string: 'y' });
    expect(missing).toMatchObject({ isError: true, text: expect.stringContaining('does not exist') });
  });

  it('goes through a link to the file behind it', async () => {
    const { harness, tool, path } = await withFile('a');
    await fs.rename(path, join(harness.folder, 'real.ts'));
    await fs.symlink('real.ts', path);
    await read(harness);
    await harness.run(tool, { file_path: 'a.ts', old_string: 'a', new_string: 'b' });
    expect(await fs.readlink(path)).toBe('real.ts');
    expect(await fs.readFile(path, 'utf8')).toBe('b');
  });

  it('tells what a formatter made of it, and takes that as seen', async () => {
    const formatter: FileSystem = {
      ...node,
      writeFile: async (path, bytes) => {
        const formatted = new TextEncoder().encode(new TextDecoder().decode(bytes).replace('b=2', 'b = 2;'));
        await node.writeFile(path, formatted);
        return { bytes: formatted, changedOnSave: true };
      },
    };
    const { edit } = await withFile('a\nb\n', formatter);
    expect((await edit('b', 'b=2')).text).toBe(
      'Edited a.ts at line 2.\nWhen the file was saved, the editor changed it further (a formatter):\n@@ -1,2 +1,2 @@\n a\n-b=2\n+b = 2;',
    );
    expect((await edit('b = 2;', 'c')).isError).toBe(false);
  });
});

describe('an edit is refused', () => {
  it('when the file was not read', async () => {
    const { harness, tool } = await withFile('a');
    await fs.writeFile(join(harness.folder, 'b.ts'), 'a');
    const { isError, text } = await harness.run(tool, {
      file_path: 'b.ts',
      old_string: 'a',
      new_string: 'b',
    });
    expect([isError, text]).toEqual([
      true,
      'You have not read b.ts in this session. Read it first, then change it.',
    ]);
  });

  it('when the file has changed since, and shows where', async () => {
    const { edit, path, harness } = await withFile('one\ntwo\nthree\n');
    await fs.writeFile(path, 'one\nTWO\nand more\nthree\n');
    const { isError, text } = await edit('three', 'drei');
    expect(isError).toBe(true);
    expect(text).toMatch(/has changed since you last saw it[\s\S]*now read:\n {5}2\tTWO\n {5}3\tand more$/);
    expect(await fs.readFile(path, 'utf8')).toBe('one\nTWO\nand more\nthree\n');
    await read(harness);
    expect((await edit('three', 'drei')).isError).toBe(false);
  });

  it('when lines have gone, the file has gone, or something else stands there', async () => {
    const { edit, path } = await withFile('one\ntwo\nthree\n');
    await fs.writeFile(path, 'one\nthree\n');
    expect((await edit('three', 'x')).text).toMatch(/1 line before line 2 has been removed/);
    await fs.rm(path);
    expect((await edit('three', 'x')).text).toMatch(/does not exist/);
    await fs.mkdir(path);
    expect((await edit('three', 'x')).text).toMatch(/is a folder/);
  });

  it('when another edit of the same file ran beside it and changed what it needs', async () => {
    const { edit, path } = await withFile('count = 0\n');
    const results = await Promise.all([1, 2, 3].map((value) => edit('count = 0', `count = ${value}`)));
    expect(results.map((result) => result.isError)).toEqual([false, true, true]);
    expect(await fs.readFile(path, 'utf8')).toBe('count = 1\n');
  });

  it('and the file stays, when the disk is full', async () => {
    const { edit, path } = await withFile('a', {
      ...node,
      writeFile: (file) =>
        createNodeFileSystem({
          platform: 'linux',
          operations: new Proxy({} as never, {
            get: () => async () => {
              throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
            },
          }),
        }).writeFile(file, new Uint8Array()),
    });
    const { isError, text } = await edit('a', 'b');
    expect([isError, text]).toEqual([true, expect.stringContaining('no space left')]);
    expect(await fs.readFile(path, 'utf8')).toBe('a');
  });
});

describe('the call', () => {
  it('says what it touches, and shows the change beforehand', async () => {
    const { harness, tool, path } = await withFile('\ufeffa\r\nb\r\n');
    const input = { file_path: 'a.ts', old_string: 'b', new_string: 'c' };
    expect(await tool.effects(input, harness.context)).toEqual([
      { kind: 'read', path },
      { kind: 'write', path },
    ]);
    expect(await tool.preview?.(input, harness.context)).toEqual({ path, before: 'a\nb\n', after: 'a\nc\n' });
    expect(await tool.preview?.({ ...input, old_string: 'none' }, harness.context)).toBeUndefined();
    const fresh = { file_path: 'new.ts', old_string: '', new_string: 'x' };
    expect(await tool.preview?.(fresh, harness.context)).toMatchObject({ before: null, after: 'x' });
    expect([tool.isReadOnly(input), tool.isConcurrencySafe(input)]).toEqual([false, false]);
    expect([tool.title({}), tool.title({ file_path: path })]).toEqual(['Edit', 'Edit a.ts']);
  });
});
