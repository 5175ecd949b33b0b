import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Diagnostics, FileError, type LanguageFeatures } from '../../../../src/core/ports.ts';
import { createEditTool } from '../../../../src/core/tools/edit.ts';
import { createPathLocks } from '../../../../src/core/tools/pathLocks.ts';
import { applyReplacements } from '../../../../src/core/tools/planRename.ts';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createRenameSymbolTool } from '../../../../src/core/tools/renameSymbol.ts';
import type { ToolContext } from '../../../../src/core/tools/tool.ts';
import type { LanguageAnswer, LanguageFileEdit } from '../../../../src/protocol/languageFeatures.ts';
import type { Problem } from '../../../../src/protocol/problems.ts';
import { createHarness } from './toolHarness.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A server that renames `old` in these files. */
async function withFiles(files: Files, answered?: LanguageAnswer) {
  const harness = await createHarness();
  for (const [name, content] of Object.entries(files)) await writeFile(join(harness.folder, name), content);
  const features: LanguageFeatures = {
    async ask(question) {
      if (answered !== undefined) return answered;
      if (question.operation !== 'rename') throw new Error('only a rename was expected');
      const edits = Object.entries(files).map(async ([name]) => {
        const path = join(harness.folder, name);
        return { path, replacements: findOld(await readFile(path, 'utf8'), question.newName) };
      });
      return { kind: 'edit', files: await Promise.all(edits), others: false };
    },
  };
  const place = harness.context.workspace;
  const locks = createPathLocks();
  const tool = createRenameSymbolTool({ place, locks, features });
  const input = { filePath: 'a.ts', line: 1, character: 1, newName: 'fresh' };
  return {
    ...{ harness, tool, input, place, locks },
    run: (changes?: Partial<ToolContext>) => harness.run(tool, input, changes),
    text: (name: string) => readFile(join(harness.folder, name), 'utf8'),
  };
}

function findOld(text: string, newName: string): LanguageFileEdit['replacements'] {
  return text.split(/\r?\n/).flatMap((line, index) =>
    [...line.matchAll(/\bold\b/g)].map((match) => ({
      start: { line: index + 1, character: match.index + 1 },
      end: { line: index + 1, character: match.index + 4 },
      text: newName,
    })),
  );
}

const FILES = { 'a.ts': 'old(old);\r\nold\r\n', 'b.ts': '// b\nold;\n', 'c.ts': 'nothing\n' };

describe('a rename', () => {
  it('says beforehand which files it would write, and how', async () => {
    const { harness, tool, input } = await withFiles(FILES);
    const [a, b] = ['a.ts', 'b.ts'].map((name) => join(harness.folder, name));
    expect(await tool.effects(input, harness.context)).toEqual([
      { kind: 'read', path: a },
      { kind: 'write', path: a },
      { kind: 'write', path: b },
    ]);
    expect(await tool.previewFiles?.(input, harness.context)).toEqual([
      { path: a, before: 'old(old);\nold\n', after: 'fresh(fresh);\nfresh\n' },
      { path: b, before: '// b\nold;\n', after: '// b\nfresh;\n' },
    ]);
    expect(tool.isReadOnly(input)).toBe(false);
    expect(tool.title(input)).toBe('Rename a.ts:1 to fresh');
  });

  it('changes all files, each with its own line ends, and tells where', async () => {
    const { run, text } = await withFiles(FILES);
    const ran = await run();
    expect(ran.text).toBe('Renamed to fresh in 2 files:\na.ts: lines 1, 2\nb.ts: line 2');
    expect(ran.output).toMatchObject({
      newName: 'fresh',
      files: [{}, { structuredPatch: [{ oldStart: 1 }] }],
    });
    expect([await text('a.ts'), await text('b.ts'), await text('c.ts')]).toEqual([
      'fresh(fresh);\r\nfresh\r\n',
      '// b\nfresh;\n',
      'nothing\n',
    ]);
  });

  it('is made as it was shown, whatever the server would say now', async () => {
    const { harness, tool, input, run, text } = await withFiles(FILES);
    await tool.effects(input, harness.context);
    await writeFile(join(harness.folder, 'b.ts'), 'old; // by hand\n');
    const ran = await run();
    expect(ran).toMatchObject({
      isError: true,
      text: 'Nothing was renamed: b.ts has changed meanwhile. Try again.',
    });
    expect([await text('a.ts'), await text('b.ts')]).toEqual([FILES['a.ts'], 'old; // by hand\n']);
  });

  it('is taken back where one file can not be written', async () => {
    const { harness, run, text } = await withFiles(FILES);
    const { files } = harness.context;
    const stubborn: ToolContext['files'] = {
      ...files,
      write: async (path, bytes) => {
        if (path.endsWith('b.ts')) throw new FileError('EACCES', path, 'no');
        return files.write(path, bytes);
      },
    };
    const ran = await run({ files: stubborn });
    expect(ran.isError).toBe(true);
    expect(ran.text).toMatch(/^Nothing was renamed\. .*b\.ts may not be accessed/);
    expect(await text('a.ts')).toBe(FILES['a.ts']);
  });

  it('says what could not be taken back', async () => {
    const { harness, run } = await withFiles(FILES);
    const { files } = harness.context;
    let writes = 0;
    const stubborn: ToolContext['files'] = {
      ...files,
      write: async (path, bytes) => {
        writes += 1;
        if (writes > 1) throw new FileError('ENOSPC', path, 'full');
        return files.write(path, bytes);
      },
    };
    const ran = await run({ files: stubborn });
    expect(ran.text).toMatch(
      /^The rename failed, and a\.ts could not be put back as it was: read it again\./,
    );
  });

  it('leaves the model knowing what it knew: a file it has read it may edit, another it must read', async () => {
    const { harness, run, place, locks } = await withFiles(FILES);
    await harness.run(createReadTool({ place, pdf: undefined }), { file_path: 'a.ts' });
    await run();
    const edit = createEditTool({ place, locks });
    const change = (file_path: string) =>
      harness.run(edit, { file_path, old_string: 'fresh', new_string: 'x', replace_all: true });
    expect((await change('a.ts')).isError).toBe(false);
    expect((await change('b.ts')).text).toContain('You have not read b.ts');
  });

  it('is refused as the server refuses it, or when it would do more than to change text', async () => {
    const reason = async (answer: LanguageAnswer) => {
      const { harness, tool, input, run } = await withFiles(FILES, answer);
      const path = join(harness.folder, 'a.ts');
      expect(await tool.effects(input, harness.context)).toEqual([{ kind: 'read', path }]);
      expect(await tool.previewFiles?.(input, harness.context)).toBeUndefined();
      const ran = await run();
      expect(ran.isError).toBe(true);
      return ran.text;
    };
    expect(await reason({ kind: 'refused', reason: 'You cannot rename this element.' })).toBe(
      'Nothing was renamed. The language server refused: You cannot rename this element.',
    );
    expect(await reason({ kind: 'late', seconds: 10 })).toContain('has not answered within 10 s');
    expect(await reason({ kind: 'edit', files: [], others: true })).toContain(
      'would do more than to change the text',
    );
    expect(await reason({ kind: 'edit', files: [], others: false })).toContain('would change nothing');
    const start = { line: 99, character: 1 };
    const elsewhere = { path: '/nowhere/x.ts', replacements: [{ start, end: start, text: 'x' }] };
    expect(await reason({ kind: 'edit', files: [elsewhere], others: false })).toContain("can't be read");
  });

  it('is refused where the server sees another text', async () => {
    const { harness } = await withFiles(FILES);
    const path = join(harness.folder, 'a.ts');
    const start = { line: 99, character: 1 };
    const features: LanguageFeatures = {
      ask: async () => ({
        kind: 'edit',
        files: [{ path, replacements: [{ start, end: start, text: 'x' }] }],
        others: false,
      }),
    };
    const tool = createRenameSymbolTool({
      place: harness.context.workspace,
      locks: createPathLocks(),
      features,
    });
    const ran = await harness.run(tool, { filePath: 'a.ts', line: 1, character: 1, newName: 'x' });
    expect(ran.text).toBe(
      'Nothing was renamed. The language server sees another text in a.ts than stands there. Try again.',
    );
  });
});

describe('what the editor finds wrong behind a rename', () => {
  it('is told of all files, by name, once all of them stand there', async () => {
    const { run, harness } = await withFiles(FILES);
    const { diagnostics, asked } = createComplainer();
    const ran = await run({ diagnostics });
    expect(ran.text).toBe(
      'Renamed to fresh in 2 files:\na.ts: lines 1, 2\nb.ts: line 2\nThe editor finds 1 new problem in these files:\nb.ts:2:1 error: fresh is taken',
    );
    const path = join(harness.folder, 'b.ts');
    const added = [{ severity: 'error', line: 2, column: 1, message: 'fresh is taken', path }];
    expect(ran.output).toMatchObject({ problems: { added, more: 0, gone: 0 } });
    expect(asked).toEqual([
      'before a.ts',
      'before b.ts',
      'after a.ts',
      'after b.ts',
      'after a.ts',
      'after b.ts',
    ]);
  });

  it('is nothing where there is nothing new, where nothing was written, and where no editor looks', async () => {
    const { diagnostics } = createComplainer();
    const quiet = await withFiles({ 'a.ts': 'old\n' });
    expect((await quiet.run({ diagnostics })).output).not.toHaveProperty('problems');
    const unwatched = await withFiles(FILES);
    expect((await unwatched.run()).output).not.toHaveProperty('problems');
    const failing = await withFiles(FILES);
    const { files } = failing.harness.context;
    const write = async (path: string): Promise<never> => {
      throw new FileError('EACCES', path, 'denied');
    };
    const ran = await failing.run({ diagnostics, files: { ...files, write } });
    expect([ran.isError, ran.text.includes('The editor finds')]).toEqual([true, false]);
  });

  it('is looked for in ten files, and said of how many it is not known', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `b${10 + index}.ts`);
    const { run } = await withFiles(Object.fromEntries(names.map((name) => [name, '// b\nold;\n'])));
    const { diagnostics, asked } = createComplainer();
    const ran = await run({ diagnostics });
    expect(ran.text).toContain('The editor finds 10 new problems in these files:\nb10.ts:2:1 error');
    expect(ran.text).toMatch(/\(The last 2 files were not looked at\.\)$/);
    expect(asked.filter((each) => each.startsWith('before'))).toHaveLength(10);
  });
});

/** An editor that says at first of all files that the name is unknown there, and then, of those named b, that it is taken. */
function createComplainer() {
  const asked: string[] = [];
  const rounds = new Map<string, number>();
  const diagnostics: Diagnostics = {
    async before(path) {
      asked.push(`before ${basename(path)}`);
      return { path, problems: [], isKnown: true, lineCount: 2, waitedMs: 0 };
    },
    async after({ path }) {
      asked.push(`after ${basename(path)}`);
      const text = await readFile(path, 'utf8');
      const round = (rounds.get(path) ?? 0) + 1;
      rounds.set(path, round);
      const problem = { severity: 'error', line: 2, column: 1 } as const;
      const isB = basename(path).startsWith('b');
      const problems: Problem[] = !text.includes('fresh')
        ? []
        : round === 1 && text.includes('fresh(')
          ? [{ ...problem, message: 'fresh is unknown' }]
          : isB
            ? [{ ...problem, message: 'fresh is taken' }]
            : [];
      return { problems, lineCount: 2 };
    },
  };
  return { diagnostics, asked };
}

describe('replacements in a text', () => {
  it('fit lines that end in any way, and are none where they overlap or lie beyond', () => {
    const put = (line: number, from: number, to: number, text: string) => ({
      start: { line, character: from },
      end: { line, character: to },
      text,
    });
    expect(
      applyReplacements('ab\r\ncd\ref\ngh', [put(4, 1, 3, 'H'), put(2, 1, 2, 'C'), put(3, 3, 3, '!')]),
    ).toBe('ab\r\nCd\ref!\nH');
    expect(applyReplacements('abcd', [put(1, 1, 3, 'x'), put(1, 2, 4, 'y')])).toBeUndefined();
    expect(applyReplacements('abcd', [put(1, 1, 9, 'x')])).toBeUndefined();
    expect(applyReplacements('abcd', [put(2, 1, 1, 'x')])).toBeUndefined();
  });

  it('rename every occurrence and nothing else, whatever the text', () => {
    const piece = fc.constantFrom('old', ' ', '\n', '\r\n', 'é', '😀', 'x', ';');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        expect(applyReplacements(text, findOld(text, 'fresh'))).toBe(text.replaceAll(/\bold\b/g, 'fresh'));
      }),
    );
  });
});
