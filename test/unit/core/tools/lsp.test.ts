import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LanguageFeatures } from '../../../../src/core/ports.ts';
import { createBuiltinTools } from '../../../../src/core/tools/builtinTools.ts';
import { createLspTool } from '../../../../src/core/tools/lsp.ts';
import type { ToolContext } from '../../../../src/core/tools/tool.ts';
import type { LanguageAnswer, LanguageQuestion } from '../../../../src/protocol/languageFeatures.ts';
import { createHarness } from './toolHarness.ts';

/** A server that answers always the same, and a file to ask about. */
async function withServer(answer: LanguageAnswer | ((folder: string) => LanguageAnswer)) {
  const harness = await createHarness();
  const asked: LanguageQuestion[] = [];
  const features: LanguageFeatures = {
    async ask(question) {
      asked.push(question);
      return typeof answer === 'function' ? answer(harness.folder) : answer;
    },
  };
  const path = join(harness.folder, 'a.ts');
  await writeFile(path, 'const one = 1;\r\n\tuse(one);\r\n');
  const tool = createLspTool({ place: harness.context.workspace, features });
  const run = (input: object, changes?: Partial<ToolContext>) => harness.run(tool, input, changes);
  return { harness, asked, path, tool, run };
}

const at = { filePath: 'a.ts', line: 2, character: 6 };

describe('what the language servers know', () => {
  it('is asked with absolute paths, and places are told with the text of their lines', async () => {
    const { run, asked, path } = await withServer((folder) => ({
      kind: 'places',
      places: [
        { path: join(folder, 'a.ts'), line: 1, character: 7 },
        { path: join(folder, 'gone.ts'), line: 4, character: 1 },
      ],
      beyond: 0,
    }));
    const ran = await run({ operation: 'findReferences', ...at });
    expect(asked).toEqual([{ operation: 'findReferences', path, line: 2, character: 6 }]);
    expect(ran.text).toBe('a.ts:1:7  const one = 1;\ngone.ts:4:1');
    expect(ran.output).toMatchObject({
      operation: 'findReferences',
      filePath: path,
      resultCount: 2,
      fileCount: 2,
    });
  });

  it('is not told of files that the model could not read without asking, only how much that is', async () => {
    const { run, path } = await withServer((folder) => ({
      kind: 'places',
      places: [
        { path: '/etc/secret.ts', line: 1, character: 1 },
        { path: join(folder, 'a.ts'), line: 2, character: 6 },
        { path: '/etc/secret.ts', line: 2, character: 1 },
      ],
      beyond: 3,
    }));
    const asked: string[] = [];
    const mayReadUnasked = async (each: string) => {
      asked.push(each);
      return each === path;
    };
    const ran = await run({ operation: 'goToDefinition', ...at }, { mayReadUnasked });
    expect(ran.text).toBe(
      'a.ts:2:6  use(one);\n(2 results outside of what may be read without asking, not listed.)\n(3 results more, in no file or too many to list.)',
    );
    expect(asked).toEqual(['/etc/secret.ts', path]);
  });

  it('is told of symbols as a tree, of calls with their places, and of problems by file', async () => {
    const symbols = await withServer((folder) => ({
      kind: 'symbols',
      symbols: [
        { path: join(folder, 'a.ts'), line: 1, character: 7, name: 'Box', kind: 'class', depth: 0 },
        {
          path: join(folder, 'a.ts'),
          line: 2,
          character: 3,
          name: 'x\u202e',
          kind: 'field',
          container: 'Box',
          depth: 1,
        },
      ],
      beyond: 0,
    }));
    expect((await symbols.run({ operation: 'documentSymbol', filePath: 'a.ts' })).text).toBe(
      'class Box a.ts:1:7\n  field x\\u{202e} a.ts:2:3 (in Box)',
    );
    const calls = await withServer((folder) => ({
      kind: 'calls',
      calls: [
        {
          ...{ path: join(folder, 'a.ts'), line: 1, character: 7, name: 'main', kind: 'function', depth: 0 },
          sites: Array.from({ length: 12 }, (_, index) => ({ line: index + 1, character: 2 })),
        },
      ],
      beyond: 0,
    }));
    expect((await calls.run({ operation: 'incomingCalls', ...at })).text).toBe(
      'function main a.ts:1:7, called at 1:2, 2:2, 3:2, 4:2, 5:2, 6:2, 7:2, 8:2, 9:2, 10:2, …',
    );
    const problems = await withServer((folder) => ({
      kind: 'problems',
      files: [
        {
          path: join(folder, 'a.ts'),
          problems: [
            { severity: 'warning', line: 1, column: 1, message: 'unused' },
            { severity: 'error', line: 2, column: 3, message: 'no', source: 'ts', code: '1' },
          ],
        },
      ],
      beyond: 0,
    }));
    expect((await problems.run({ operation: 'diagnostics' })).text).toBe(
      'a.ts:\n  2:3 error: no (ts 1)\n  1:1 warning: unused',
    );
  });

  it('is not more than fits', async () => {
    const { run } = await withServer((folder) => ({
      kind: 'symbols',
      symbols: Array.from({ length: 250 }, (_, index) => ({
        ...{ path: join(folder, 'a.ts'), line: index + 1, character: 1, name: `n${index}` },
        ...{ kind: 'variable', depth: 0 },
      })),
      beyond: 0,
    }));
    const lines = (await run({ operation: 'workspaceSymbol', query: 'n' })).text.split('\n');
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toBe('(50 more. Narrow it down.)');
    const hover = await withServer({ kind: 'texts', texts: ['x'.repeat(20_000)] });
    expect((await hover.run({ operation: 'hover', ...at })).text).toBe(`${'x'.repeat(10_000)}\n… (cut)`);
  });

  it('can be nothing, and then the line is shown that was asked about', async () => {
    const { run } = await withServer({ kind: 'texts', texts: [' '] });
    expect((await run({ operation: 'hover', ...at })).text).toBe(
      'Nothing found at a.ts:2:6. The line reads: use(one);\nPerhaps the position is not on a name, or no language server knows this file.',
    );
    expect((await run({ operation: 'hover', ...at, line: 9 })).text).toContain('That line is empty.');
    const symbols = await withServer({ kind: 'symbols', symbols: [], beyond: 0 });
    expect((await symbols.run({ operation: 'workspaceSymbol' })).text).toBe('Nothing found.');
    const problems = await withServer({ kind: 'problems', files: [], beyond: 0 });
    expect((await problems.run({ operation: 'diagnostics' })).text).toBe('No errors or warnings are known.');
  });

  it('is an error when a server refuses or is late, and when there is no such file', async () => {
    const refused = await withServer({ kind: 'refused', reason: 'no' });
    const first = await refused.run({ operation: 'hover', ...at });
    expect(first).toMatchObject({ isError: true, text: 'The language server refused: no' });
    const late = await withServer({ kind: 'late', seconds: 10 });
    const second = await late.run({ operation: 'hover', ...at });
    expect(second.isError).toBe(true);
    expect(second.text).toContain('has not answered within 10 s');
    const gone = await late.run({ operation: 'documentSymbol', filePath: 'b.ts' });
    expect(gone).toMatchObject({ isError: true, text: 'b.ts does not exist.' });
    expect(await late.run({ operation: 'diagnostics', filePath: '.' })).toMatchObject({ isError: true });
    expect(late.asked).toHaveLength(1);
  });

  it('is lost when the call is stopped', async () => {
    const { run } = await withServer({ kind: 'refused', reason: 'It was stopped.' });
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(run({ operation: 'workspaceSymbol', query: 'x' }, { signal })).rejects.toThrow('stopped');
  });
});

describe('the tool LSP', () => {
  it('reads the file it is asked about, or all folders', async () => {
    const { tool, harness, path } = await withServer({ kind: 'texts', texts: [] });
    const { context, folder } = harness;
    expect(await tool.effects({ operation: 'hover', ...at }, context)).toEqual([{ kind: 'read', path }]);
    for (const operation of ['workspaceSymbol', 'diagnostics'] as const)
      expect(await tool.effects({ operation }, context)).toEqual([{ kind: 'read', path: folder }]);
    expect(tool.isReadOnly({ operation: 'hover', ...at })).toBe(true);
  });

  it('refuses what can not be meant', async () => {
    const { tool, harness } = await withServer({ kind: 'texts', texts: [] });
    const effects = (input: object) => tool.effects(tool.inputSchema.parse(input), harness.context);
    await expect(effects({ operation: 'hover', filePath: 'a.ts' })).rejects.toThrow(
      'needs line and character',
    );
    await expect(effects({ operation: 'documentSymbol' })).rejects.toThrow('needs filePath');
    expect(tool.inputSchema.safeParse({ operation: 'rename' }).success).toBe(false);
    expect(tool.inputSchema.safeParse({ operation: 'hover', ...at, line: 0 }).success).toBe(false);
  });

  it('is there only where there is an editor', async () => {
    const { harness } = await withServer({ kind: 'texts', texts: [] });
    const parts = { workspace: harness.context.workspace, shellName: 'bash' };
    const languageFeatures: LanguageFeatures = { ask: async () => ({ kind: 'texts', texts: [] }) };
    const names = (tools: ReturnType<typeof createBuiltinTools>) => tools.map(({ name }) => name);
    const without = names(createBuiltinTools(parts));
    const added = names(createBuiltinTools({ ...parts, languageFeatures })).filter(
      (name) => !without.includes(name),
    );
    expect(added).toEqual(['LSP', 'RenameSymbol']);
  });
});
