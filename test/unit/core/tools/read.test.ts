import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createNodePdfReader } from '../../../../src/node/pdf.ts';
import { createHarness, type Harness } from './toolHarness.ts';

function toolFor({ context }: Harness, pdf = createNodePdfReader()) {
  return createReadTool({ place: context.workspace, pdf });
}

async function readFile(content: string | Uint8Array, more: Record<string, unknown> = {}, name = 'file.txt') {
  const harness = await createHarness();
  await fs.writeFile(join(harness.folder, name), content);
  const ran = await harness.run(toolFor(harness), { file_path: name, ...more });
  return { ...ran, harness, path: join(harness.folder, name) };
}

describe('text', () => {
  it('comes with line numbers, whatever its line ends', async () => {
    const { text, output, isError } = await readFile('one\r\n\ttwo\nthree');
    expect(text).toBe('     1\tone\n     2\t\ttwo\n     3\tthree');
    expect(isError).toBe(false);
    expect(output).toMatchObject({ type: 'text', file: { numLines: 3, startLine: 1, totalLines: 3 } });
  });

  it('is read from an offset, up to a limit, and tells how to go on', async () => {
    const lines = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join('\n');
    const { text } = await readFile(`${lines}\n`, { offset: 4, limit: 2 });
    expect(text).toBe(
      '     4\tline 4\n     5\tline 5\n(These are lines 4 to 5 of 10. Read on with offset 6.)',
    );
    expect((await readFile(lines, { offset: 9 })).text).toBe('     9\tline 9\n    10\tline 10');
    expect((await readFile(lines, { offset: 11 })).text).toMatch(/only 10 lines; there is no line 11/);
  });

  it('is cut after 2000 lines, and long lines after 2000 characters', async () => {
    const { text } = await readFile(`${'x'.repeat(2500)}\n${'y\n'.repeat(3000)}`);
    expect(text).toContain('x [… 500 more characters in this line]\n');
    expect(text).toMatch(/\(These are lines 1 to 2000 of 3001\. Read on with offset 2001\.\)$/);
  });

  it('is cut after what fits into a conversation, later when that is allowed', async () => {
    const content = `${'z'.repeat(999)}\n`.repeat(1000);
    const usual = await readFile(content);
    expect(usual.text.length).toBeLessThan(110_000);
    const large = await readFile(content, { allow_large: true });
    expect(large.text.length).toBeGreaterThan(390_000);
    expect(large.text.length).toBeLessThan(410_000);
  });

  it('tells an empty file, and other encodings than UTF-8', async () => {
    expect((await readFile('')).text).toBe('(The file is empty.)');
    expect((await readFile(Uint8Array.of(0x63, 0xe9))).text).toBe(
      '     1\tcé\n(The file is encoded in latin-1.)',
    );
    expect((await readFile(Uint8Array.of(0xff, 0xfe, 0x61, 0))).text).toContain('     1\ta\n');
  });

  it('is remembered as it was seen', async () => {
    const whole = await readFile('a\nb\n');
    expect(whole.harness.context.readState.get(whole.path)).toMatchObject({ partial: false });
    const part = await readFile('a\nb\n', { limit: 1 });
    expect(part.harness.context.readState.get(part.path)).toMatchObject({ partial: true });
  });

  it('may be under ~, or absolute', async () => {
    const harness = await createHarness();
    await fs.writeFile(join(harness.context.workspace.home, 'x'), 'at home');
    expect((await harness.run(toolFor(harness), { file_path: '~/x' })).text).toContain('at home');
    const absolute = join(harness.context.workspace.home, 'x');
    expect((await harness.run(toolFor(harness), { file_path: absolute })).text).toContain('at home');
  });
});

describe('what is no text', () => {
  it('is refused when it is binary, a folder, a pipe, a device or not there', async () => {
    expect((await readFile(Uint8Array.of(1, 0, 2))).text).toMatch(/binary file \(3 bytes\)/);
    const harness = await createHarness();
    const tool = toolFor(harness);
    execFileSync('mkfifo', [join(harness.folder, 'pipe')]);
    for (const [path, problem] of [
      ['.', /folder/],
      ['pipe', /pipe/],
      ['/dev/zero', /device/],
      ['none', /does not exist/],
      ['none/none', /folder does not exist either/],
    ] as const) {
      const { isError, text } = await harness.run(tool, { file_path: path });
      expect([path, isError]).toEqual([path, true]);
      expect(text).toMatch(problem);
    }
  });

  it('may have been meant under another ending', async () => {
    const harness = await createHarness();
    await fs.writeFile(join(harness.folder, 'app.tsx'), '');
    await fs.writeFile(join(harness.folder, 'app.secret'), '');
    const mayRead = (path: string) => !path.endsWith('.secret');
    const { text } = await harness.run(toolFor(harness), { file_path: 'App.ts' }, { mayRead });
    expect(text).toBe('App.ts does not exist. Did you mean app.tsx?');
  });
});

describe('very large files', () => {
  it('are refused at once when they are to be read whole, and can be read in part', async () => {
    const harness = await createHarness();
    const tool = toolFor(harness);
    const path = join(harness.folder, 'huge.log');
    await fs.writeFile(path, 'first\nsecond\nthird\n');
    await fs.truncate(path, 1_000_000_000);
    const whole = await harness.run(tool, { file_path: path });
    expect(whole).toMatchObject({
      isError: true,
      text: expect.stringMatching(/1\.0 GB: too large.*offset and limit/),
    });
    const part = await harness.run(tool, { file_path: path, limit: 2 });
    expect(part.text).toMatch(/binary/);
  });

  it('give any range of lines', async () => {
    const harness = await createHarness();
    const path = join(harness.folder, 'large.log');
    const line = (index: number) => `${index}: é€😀 ${'.'.repeat(80)}`;
    const all = Array.from({ length: 300_000 }, (_, index) => line(index + 1));
    await fs.writeFile(path, `${all.join('\r\n')}\r\n${'w'.repeat(10_000)}`);
    const read = async (offset: number, limit: number) =>
      (await harness.run(toolFor(harness), { file_path: path, offset, limit })).text;
    expect(await read(1, 1)).toBe(`     1\t${line(1)}\n(The file goes on. Read on with offset 2.)`);
    expect(await read(250_000, 2)).toBe(
      `250000\t${line(250_000)}\n250001\t${line(250_001)}\n(The file goes on. Read on with offset 250002.)`,
    );
    expect(await read(300_001, 5)).toBe(`300001\t${'w'.repeat(2000)} [… 8000 more characters in this line]`);
    expect(await read(300_002, 5)).toMatch(/only 300001 lines/);
  }, 60_000);

  it('stop being read when the turn is stopped', async () => {
    const harness = await createHarness();
    const path = join(harness.folder, 'large.log');
    await fs.writeFile(path, 'x'.repeat(25_000_000));
    const reason = new Error('stopped');
    const stopped = harness.run(
      toolFor(harness),
      { file_path: path, offset: 2 },
      { signal: AbortSignal.abort(reason) },
    );
    await expect(stopped).rejects.toBe(reason);
  });
});

describe('images', () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );

  it('become image blocks of the type their bytes tell', async () => {
    const { content, output } = await readFile(png, {}, 'picture.jpg');
    expect(content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png.toString('base64') } },
    ]);
    expect(output).toMatchObject({ file: { dimensions: { originalWidth: 1, originalHeight: 1 } } });
  });

  it('are refused when damaged, too large or too wide', async () => {
    expect((await readFile(png.subarray(0, 40))).text).toMatch(/damaged or cut off/);
    expect((await readFile(Buffer.concat([png, Buffer.alloc(4_000_000)]))).text).toMatch(
      /4\.0 MB, more than/,
    );
    const wide = Buffer.from(png);
    wide.writeUInt32BE(9000, 16);
    expect((await readFile(wide)).text).toMatch(/9000 × 1 pixels/);
  });
});

describe('PDF documents', () => {
  async function pdfOf(pages: number): Promise<Uint8Array> {
    const document = await PDFDocument.create();
    for (let page = 0; page < pages; page += 1) document.addPage([100 + page, 100]);
    return document.save();
  }

  async function sizesIn(content: unknown): Promise<number[]> {
    const [block] = content as { source: { data: string } }[];
    const document = await PDFDocument.load(Buffer.from(block?.source.data ?? '', 'base64'));
    return document.getPages().map((page) => page.getWidth() - 99);
  }

  it('become document blocks, whole or some pages', async () => {
    const whole = await readFile(await pdfOf(3), {}, 'a.pdf');
    expect(whole.text).toBe('[document]\nPages 1 to 3 of 3.');
    expect(await sizesIn(whole.content)).toEqual([1, 2, 3]);
    const some = await readFile(await pdfOf(30), { pages: '4-6' });
    expect(await sizesIn(some.content)).toEqual([4, 5, 6]);
    expect(await sizesIn((await readFile(await pdfOf(30), { pages: '30' })).content)).toEqual([30]);
    expect(await sizesIn((await readFile(await pdfOf(30), { pages: '29-' })).content)).toEqual([29, 30]);
  });

  it('that are long, damaged or asked for wrongly are refused with advice', async () => {
    expect((await readFile(await pdfOf(21))).text).toMatch(/21 pages\. Say which with pages/);
    expect((await readFile(await pdfOf(30), { pages: '1-25' })).text).toMatch(/at most 20 pages/);
    expect((await readFile(await pdfOf(3), { pages: '5' })).text).toMatch(/has 3 pages/);
    expect((await readFile(await pdfOf(3), { pages: 'all' })).text).toMatch(/must be like/);
    expect((await readFile('%PDF-1.7 nothing behind')).text).toMatch(/damaged, or locked/);
    expect((await readFile('text', { pages: '1' })).text).toMatch(/no PDF/);
  });
});

describe('notebooks', () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const notebook = {
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
    cells: [
      { id: 'intro', cell_type: 'markdown', source: ['# Title\n', 'text'], metadata: {} },
      {
        cell_type: 'code',
        source: 'plot()',
        metadata: {},
        execution_count: 1,
        outputs: [
          { output_type: 'stream', name: 'stdout', text: ['10%\r100%\n'] },
          { output_type: 'display_data', data: { 'image/png': png, 'text/plain': '<Figure>' } },
          { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['\x1b[31mTrace\x1b[0m'] },
        ],
      },
    ],
  };

  it('are shown as cells with their outputs', async () => {
    const { text, content } = await readFile(JSON.stringify(notebook), {}, 'a.ipynb');
    expect(text).toBe(
      '[Cell intro, markdown]\n# Title\ntext\n[Cell cell-1, code, python]\nplot()\n[Output of cell-1]\n100%\n\n<Figure>\nTrace\n[image]',
    );
    expect(content).toContainEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: png },
    });
  });

  it('are cut when they are long', async () => {
    const cells = Array.from({ length: 30 }, () => ({
      cell_type: 'code',
      source: 'x'.repeat(9000),
      outputs: [],
    }));
    const { text } = await readFile(JSON.stringify({ ...notebook, cells }), {}, 'a.ipynb');
    expect(text).toMatch(/These are the first 11 of 30 cells/);
  });

  it('that are none are read as text', async () => {
    expect((await readFile('{"no": "cells"}', {}, 'a.ipynb')).text).toBe('     1\t{"no": "cells"}');
  });
});

describe('the call', () => {
  it('says what it reads', async () => {
    const harness = await createHarness();
    const tool = toolFor(harness);
    expect(await tool.effects({ file_path: '../x' }, harness.context)).toEqual([
      { kind: 'read', path: join(harness.folder, '..', 'x') },
    ]);
    await expect(tool.effects({ file_path: 'a\0b' }, harness.context)).rejects.toThrow('NUL');
    expect([tool.isReadOnly({ file_path: 'x' }), tool.isConcurrencySafe({ file_path: 'x' })]).toEqual([
      true,
      true,
    ]);
  });

  it('has a title for people', async () => {
    const harness = await createHarness();
    const { title } = toolFor(harness);
    expect(title({})).toBe('Read');
    expect(title({ file_path: join(harness.folder, 'src', 'app.ts') })).toBe('Read src/app.ts');
    expect(title({ file_path: 'a', offset: 5 })).toBe('Read a, from line 5');
    expect(title({ file_path: 'a', offset: 5, limit: 10 })).toBe('Read a, lines 5–14');
    expect(title({ file_path: 'a.pdf', pages: '1-2' })).toBe('Read a.pdf, pages 1-2');
  });
});
