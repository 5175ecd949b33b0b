// What language servers find and would change goes through the permission layer like all else.

import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LayeredRule } from '../../../../src/core/permissions/decidePermission.ts';
import type { LanguageFeatures, Workspace } from '../../../../src/core/ports.ts';
import { createLspTool } from '../../../../src/core/tools/lsp.ts';
import { createPathLocks } from '../../../../src/core/tools/pathLocks.ts';
import { createRenameSymbolTool } from '../../../../src/core/tools/renameSymbol.ts';
import { createNodeFileSystem } from '../../../../src/node/fileSystem.ts';
import type { LanguageAnswer } from '../../../../src/protocol/languageFeatures.ts';
import { createHarness } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';
import { temporaryFolder } from '../../node/temporaryFolder.ts';
import { call, lastBlocks, resultsOf, text } from '../hooks/hookHarness.ts';

const deny = (ruleContent: string): LayeredRule => ({
  toolName: ruleContent.startsWith('//') ? 'Read' : 'Edit',
  ruleContent,
  behavior: 'deny',
  layer: 'user',
});

/** A folder with two files, and a server that answers always the same. */
async function open(answer: (folder: string) => LanguageAnswer, rules: readonly LayeredRule[] = []) {
  const folder = await temporaryFolder();
  for (const name of ['a.ts', 'b.ts']) await writeFile(join(folder, name), 'old\n');
  const workspace: Workspace = {
    ...{ cwd: folder, roots: [folder], home: join(folder, 'home'), platform: 'linux' },
    ...{ trusted: true, osDescription: 'Linux' },
  };
  const features: LanguageFeatures = { ask: async () => answer(folder) };
  const input = { filePath: 'a.ts', line: 1, character: 1 };
  const run = async (tool: 'LSP' | 'RenameSymbol', more: object) => {
    const harness = createHarness({
      replies: [reply([call('t1', tool, { ...input, ...more })]), reply([text('done')])],
      tools: [
        createLspTool({ place: workspace, features }),
        createRenameSymbolTool({ place: workspace, features, locks: createPathLocks() }),
      ],
      ports: { workspace, files: createNodeFileSystem({ platform: 'linux' }) },
      options: { rules },
    });
    await harness.ask('go');
    const [result] = resultsOf(lastBlocks(harness, 2));
    await harness.agent.close();
    return { questions: harness.questions, result };
  };
  return { folder, run, content: (name: string) => readFile(join(folder, name), 'utf8') };
}

function renameAll(folder: string): LanguageAnswer {
  const replacements = [{ start: { line: 1, character: 1 }, end: { line: 1, character: 4 }, text: 'new' }];
  const files = ['a.ts', 'b.ts'].map((name) => ({ path: join(folder, name), replacements }));
  return { kind: 'edit', files, others: false };
}

it('a rename is asked about once, with all it would change', async () => {
  const { folder, run, content } = await open(renameAll);
  const { questions, result } = await run('RenameSymbol', { newName: 'new' });
  expect(questions).toHaveLength(1);
  expect(questions[0]).toMatchObject({
    title: 'Rename a.ts:1 to new',
    previews: ['a.ts', 'b.ts'].map((name) => ({ path: join(folder, name), before: 'old\n', after: 'new\n' })),
  });
  expect(questions[0]).not.toHaveProperty('preview');
  expect(result).toEqual({
    isError: false,
    content: 'Renamed to new in 2 files:\na.ts: line 1\nb.ts: line 1',
  });
  expect([await content('a.ts'), await content('b.ts')]).toEqual(['new\n', 'new\n']);
});

it('a rename that would write a file that is denied writes none', async () => {
  const { run, content } = await open(renameAll, [deny('b.ts')]);
  const { questions, result } = await run('RenameSymbol', { newName: 'new' });
  expect(questions).toEqual([]);
  expect(result?.isError).toBe(true);
  expect([await content('a.ts'), await content('b.ts')]).toEqual(['old\n', 'old\n']);
});

it('places are told that may be read without asking, wherever links lead; the others are counted', async () => {
  const outside = join(await temporaryFolder(), 'secret.ts');
  await writeFile(outside, 'secret line\n');
  const places = (folder: string): LanguageAnswer => ({
    kind: 'places',
    places: [join(folder, 'a.ts'), join(folder, 'b.ts'), join(folder, 'link.ts'), outside].map((path) => ({
      ...{ path, line: 1, character: 1 },
    })),
    beyond: 0,
  });
  const { folder, run } = await open(places, [deny('//**/b.ts')]);
  await symlink(outside, join(folder, 'link.ts'));
  const { questions, result } = await run('LSP', { operation: 'findReferences' });
  expect(questions).toEqual([]);
  expect(result).toEqual({
    isError: false,
    content: 'a.ts:1:1  old\n(3 results outside of what may be read without asking, not listed.)',
  });
});

it('a file outside of the workspace is asked about, and one that is denied is not asked about at the server', async () => {
  const answer: LanguageAnswer = { kind: 'texts', texts: ['what it is'] };
  const { run } = await open(() => answer, [deny('//**/a.ts')]);
  const outside = join(await temporaryFolder(), 'c.ts');
  await writeFile(outside, 'x\n');
  const asked = await run('LSP', { operation: 'hover', filePath: outside });
  expect(asked.questions).toMatchObject([{ blocked_path: outside }]);
  expect(asked.result).toEqual({ isError: false, content: 'what it is' });
  const denied = await run('LSP', { operation: 'hover' });
  expect(denied.questions).toEqual([]);
  expect(denied.result?.isError).toBe(true);
});
