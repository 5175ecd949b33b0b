import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPathLocks } from '../../../../src/core/tools/pathLocks.ts';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createWriteTool } from '../../../../src/core/tools/write.ts';
import { createHarness } from './toolHarness.ts';

/** Writes over a file with this content, which the model has read. */
async function writeOver(before: Uint8Array | string | undefined, content: string, how = { read: true }) {
  const harness = await createHarness();
  const path = join(harness.folder, 'a.txt');
  const tool = createWriteTool({ place: harness.context.workspace, locks: createPathLocks() });
  if (before !== undefined) await fs.writeFile(path, before);
  if (before !== undefined && how.read) {
    await harness.run(createReadTool({ place: harness.context.workspace, pdf: undefined }), {
      file_path: path,
    });
  }
  const ran = await harness.run(tool, { file_path: 'a.txt', content });
  return { ...ran, bytes: new Uint8Array(await fs.readFile(path)), path, harness, tool };
}

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('a new file', () => {
  it('is made as given, with its folders', async () => {
    const { text, bytes, output, harness, tool } = await writeOver(undefined, 'a\r\nb\nc');
    expect(text).toBe('Created a.txt (3 lines).');
    expect(bytes).toEqual(utf8('a\r\nb\nc'));
    expect(output).toMatchObject({ type: 'create', content: 'a\r\nb\nc' });
    await harness.run(tool, { file_path: 'deep/er/x', content: '' });
    expect(await fs.readFile(join(harness.folder, 'deep/er/x'), 'utf8')).toBe('');
  });

  it('can be written again without being read', async () => {
    const { harness, tool, path } = await writeOver(undefined, 'one\n');
    const again = await harness.run(tool, { file_path: path, content: 'two\n' });
    expect(again.text).toBe('Wrote a.txt (1 line).');
    expect(await fs.readFile(path, 'utf8')).toBe('two\n');
  });
});

describe('an existing file', () => {
  it('keeps its line ends, the usual ones where they are mixed', async () => {
    expect((await writeOver('a\r\nb\r\n', 'x\ny\n')).bytes).toEqual(utf8('x\r\ny\r\n'));
    expect((await writeOver('a\nb\n', 'x\r\ny\r\n')).bytes).toEqual(utf8('x\ny\n'));
    expect((await writeOver('a\r\nb\r\nc\n', 'x\ny')).bytes).toEqual(utf8('x\r\ny'));
    expect((await writeOver('a', 'x\r\ny\n')).bytes).toEqual(utf8('x\r\ny\n'));
  });

  it('keeps its encoding and its mark, once', async () => {
    expect((await writeOver('\ufeffa', 'b')).bytes).toEqual(utf8('\ufeffb'));
    expect((await writeOver('\ufeffa', '\ufeffb')).bytes).toEqual(utf8('\ufeffb'));
    const utf16 = Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0d, 0, 0x0a, 0);
    expect((await writeOver(utf16, 'b\n')).bytes).toEqual(
      Uint8Array.of(0xff, 0xfe, 0x62, 0, 0x0d, 0, 0x0a, 0),
    );
    expect((await writeOver(Uint8Array.of(0xe9), 'è')).bytes).toEqual(Uint8Array.of(0xe8));
  });

  it('stays as it is when its encoding can not hold the new text', async () => {
    const { isError, text, bytes } = await writeOver(Uint8Array.of(0xe9), '→');
    expect(isError).toBe(true);
    expect(text).toMatch(/a\.txt was not written.*Latin-1/);
    expect(bytes).toEqual(Uint8Array.of(0xe9));
  });

  it('must have been read, unless it is empty', async () => {
    const unread = await writeOver('a', 'b', { read: false });
    expect(unread).toMatchObject({ isError: true, text: expect.stringContaining('have not read a.txt') });
    expect((await writeOver('', 'b', { read: false })).isError).toBe(false);
  });

  it('must be as it was read; the refusal does not show what it holds now', async () => {
    const { harness, tool, path } = await writeOver('a', 'b');
    await fs.writeFile(path, 'a secret');
    const { isError, text } = await harness.run(tool, { file_path: path, content: 'c' });
    expect(isError).toBe(true);
    expect(text).toContain('has changed since');
    expect(text).not.toContain('secret');
  });
});

describe('the call', () => {
  it('says what it touches, and shows the change beforehand', async () => {
    const { harness, tool, path } = await writeOver('a\r\n', 'b\n');
    const input = { file_path: path, content: 'c\r\n' };
    expect(await tool.effects(input, harness.context)).toEqual([{ kind: 'write', path }]);
    expect(await tool.preview?.(input, harness.context)).toEqual({ path, before: 'b\n', after: 'c\n' });
    await fs.writeFile(path, Uint8Array.of(0));
    expect(await tool.preview?.(input, harness.context)).toEqual({ path, before: null, after: 'c\n' });
    expect(tool.title({ file_path: path, content: '' })).toBe('Write a.txt');
  });

  it('refuses a folder', async () => {
    const { harness, tool } = await writeOver(undefined, 'x');
    const { isError, text } = await harness.run(tool, { file_path: harness.folder, content: '' });
    expect([isError, text]).toEqual([true, '. is a folder, not a file.']);
  });
});
