import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEditTool } from '../../../../src/core/tools/edit.ts';
import { createPathLocks } from '../../../../src/core/tools/pathLocks.ts';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createWriteTool } from '../../../../src/core/tools/write.ts';
import type { AcceptedText } from '../../../../src/protocol/permissions.ts';
import { createHarness } from './toolHarness.ts';

/** A file that the model has read (undefined: there is none), and its tools. */
async function withFile(content: string | Uint8Array | undefined) {
  const harness = await createHarness();
  const path = join(harness.folder, 'a.txt');
  const place = harness.context.workspace;
  const read = () => harness.run(createReadTool({ place, pdf: undefined }), { file_path: path });
  if (content !== undefined) {
    await fs.writeFile(path, content);
    await read();
  }
  const locks = createPathLocks();
  const edit = createEditTool({ place, locks });
  const write = createWriteTool({ place, locks });
  return {
    path,
    read,
    harness,
    edit: (old_string: string, new_string: string, accepted: AcceptedText) =>
      harness.run(edit, { file_path: 'a.txt', old_string, new_string }, { accepted }),
    write: (text: string, accepted: AcceptedText) =>
      harness.run(write, { file_path: 'a.txt', content: text }, { accepted }),
    now: () => fs.readFile(path, 'utf8'),
  };
}

const before = 'one\ntwo\nthree\nfour\nfive\n';
const proposal = 'ONE\ntwo\nthree\nfour\nFIVE\n';

describe('a text that a person has accepted', () => {
  it('is written in place of what the call would have made, and the model reads what became of its proposal', async () => {
    const { write, now } = await withFile(before);
    const content = 'ONE\ntwo\nthree\nfour\nfive\n';
    const { text, isError, output } = await write(proposal, {
      content,
      before,
      note: 'Leave the end alone.',
    });
    expect(isError).toBe(false);
    expect(await now()).toBe(content);
    expect(text).toBe(
      [
        'Changed a.txt.',
        'The user changed the proposal before accepting it: hunk 1 accepted, 2 rejected.',
        'Leave the end alone.',
        'What stands in the file differs from your proposal (-: as you proposed it, +: as the file now reads):',
        '@@ -2,4 +2,4 @@',
        ' two',
        ' three',
        ' four',
        '-FIVE',
        '+five',
      ].join('\n'),
    );
    expect(output).toMatchObject({ type: 'update', userModified: true, content });
  });

  it('stands for an edit, too, which needs no second reading afterwards', async () => {
    const { edit, now } = await withFile(before);
    const first = await edit('two', 'TWO', { content: before.replace('two', 'Two!'), before });
    expect(first.text).toContain('hunk 1 changed');
    expect(first.output).toMatchObject({ userModified: true, oldString: 'two' });
    const second = await edit('five', 'FIVE', {
      content: 'one\nTwo!\nthree\nfour\nFIVE\n',
      before: 'one\nTwo!\nthree\nfour\nfive\n',
    });
    expect(second.text).toBe('Changed a.txt.');
    expect(second.output).toMatchObject({ userModified: false });
    expect(await now()).toBe('one\nTwo!\nthree\nfour\nFIVE\n');
  });

  it('makes a new file', async () => {
    const { write, now } = await withFile(undefined);
    const { text, output } = await write('a\n', { content: 'b\n', before: null });
    expect(text).toMatch(/^Created a\.txt\.\nThe user changed the proposal/);
    expect(output).toMatchObject({ type: 'create', content: 'b\n' });
    expect(await now()).toBe('b\n');
  });

  it('keeps line ends, mixed ones too, the byte order mark and the encoding', async () => {
    const mixed = await withFile('\ufeffone\r\ntwo\nthree\r\n');
    await mixed.write('x\n', { content: 'one\nTWO\nthree\nfour\n', before: 'one\ntwo\nthree\n' });
    expect(await mixed.now()).toBe('\ufeffone\r\nTWO\nthree\r\nfour\r\n');
    const latin = await withFile(Uint8Array.of(0xe9, 0x0a));
    await latin.write('x\n', { content: 'è\n', before: 'é\n' });
    expect(new Uint8Array(await fs.readFile(latin.path))).toEqual(Uint8Array.of(0xe8, 0x0a));
    const refused = await latin.write('x\n', { content: '→\n', before: 'è\n' });
    expect([refused.isError, refused.text]).toEqual([
      true,
      expect.stringMatching(/was not written.*Latin-1/),
    ]);
  });

  it('is what the file then holds, whatever a person typed', async () => {
    const { write, now, path, read } = await withFile('x');
    const line = fc.constantFrom('a\n', 'b\n', '\n', 'é😀\n', ' \t\n');
    const anyText = fc
      .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('', 'end'))
      .map(([lines, end]) => lines.join('') + end);
    await fc.assert(
      fc.asyncProperty(anyText, anyText, fc.boolean(), async (old, content, isWindows) => {
        fc.pre(old !== content && old !== '');
        await fs.writeFile(path, isWindows ? old.replaceAll('\n', '\r\n') : old);
        await read();
        expect((await write('whatever', { content, before: old })).isError).toBe(false);
        const written = await now();
        expect(written.replaceAll('\r\n', '\n')).toBe(content);
        if (isWindows && old.includes('\n')) expect(written.replaceAll('\r\n', '')).not.toContain('\n');
      }),
      { numRuns: 150 },
    );
  });
});

describe('nothing is written', () => {
  it('when something else stands in the file than the person saw', async () => {
    const { write, now, path, read } = await withFile(before);
    await fs.writeFile(path, 'somebody else\n');
    const unseen = await write(proposal, { content: proposal, before });
    expect([unseen.isError, unseen.text]).toEqual([
      true,
      expect.stringContaining('changed since you last saw it'),
    ]);
    await read();
    const seen = await write(proposal, { content: proposal, before });
    expect([seen.isError, seen.text]).toEqual([
      true,
      expect.stringMatching(/changed while the user looked.*Read it again/),
    ]);
    expect(await now()).toBe('somebody else\n');
  });

  it('when the file was made or removed meanwhile', async () => {
    const made = await withFile('there\n');
    expect((await made.write('a\n', { content: 'a\n', before: null })).text).toContain('Read it again');
    const removed = await withFile(before);
    await fs.rm(removed.path);
    expect((await removed.write('a\n', { content: 'a\n', before })).isError).toBe(true);
    await expect(removed.now()).rejects.toThrow('ENOENT');
  });

  it('when the model has not read the file, or it is no text', async () => {
    const { write, path } = await withFile(undefined);
    await fs.writeFile(path, 'unread\n');
    expect((await write('a\n', { content: 'a\n', before: 'unread\n' })).text).toContain('have not read');
    const binary = await withFile(Uint8Array.of(0, 1));
    expect((await binary.write('a\n', { content: 'a\n', before: '' })).isError).toBe(true);
  });

  it('when every hunk was rejected, and the model reads so', async () => {
    const { write } = await withFile(before);
    const { isError, text } = await write(proposal, { content: before, before, note: 'No.' });
    expect(isError).toBe(true);
    expect(text).toMatch(/^a\.txt was not changed: it is as it was\.\n.*hunks 1 and 2 rejected\.\nNo\./);
  });
});

describe('a proposal that was merged into what stands there', () => {
  it('is written though the model has not seen all of it, and only over what the person saw', async () => {
    const { edit, now, path } = await withFile(before);
    await fs.writeFile(path, `zero\n${before}`);
    const proposed = `zero\n${before.replace('two', 'TWO')}`;
    const stale = await edit('two', 'TWO', { content: proposed, before, proposed });
    expect(stale.isError).toBe(true);
    const { text, isError } = await edit('two', 'TWO', {
      content: proposed,
      before: `zero\n${before}`,
      proposed,
    });
    expect([isError, text]).toEqual([false, 'Changed a.txt.']);
    expect(await now()).toBe(proposed);
  });
});
