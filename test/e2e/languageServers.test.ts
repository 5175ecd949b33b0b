// The agent asks VS Code's own TypeScript server, and renames with it: one question for all files, which shows what each becomes.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { openChat, startEditorWith, startModel } from './panel.ts';

const A = `export function lengthOf(name: string): number {
  return name.length;
}

export const kmOf = 12;
`;
const B = `import { lengthOf } from './a';

export function measure(): number {
  return lengthOf('Ridge');
}

export const wrong: number = 'no number';
`;

test('what the server knows is in the results; a rename over two files is shown, allowed, made, and what it breaks is told', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, {
    // Without it an import gets another name for what is renamed.
    settings: { 'typescript.preferences.useAliasesForRenames': false },
  });
  const folder = join(editor.folder, 'trail');
  const [a, b] = [join(folder, 'a.ts'), join(folder, 'b.ts')];
  await mkdir(folder);
  await writeFile(join(folder, 'tsconfig.json'), '{ "include": ["*.ts"] }\n');
  await writeFile(a, A);
  await writeFile(b, B);
  await editor.openFile('trail/b.ts');
  // The server has read the project: it complains of the last line.
  await editor.page.locator('.squiggly-error').first().waitFor();
  const use = { filePath: b, line: 4, character: 12 };
  const ask = (operation: string, input: object = use) => toolUse('LSP', { operation, ...input });
  model.script(
    [
      ask('goToDefinition'),
      ask('findReferences'),
      ask('hover'),
      ask('documentSymbol', { filePath: a }),
      ask('workspaceSymbol', { query: 'measure' }),
      ask('prepareCallHierarchy'),
      ask('incomingCalls'),
      ask('outgoingCalls', { filePath: b, line: 3, character: 20 }),
      ask('diagnostics', { filePath: b }),
    ],
    [toolUse('RenameSymbol', { ...use, newName: 'kmOf' })],
    [text('Renamed.')],
  );
  const panel = await openChat(editor);
  await panel.send('Find out about lengthOf, and rename it');
  await panel.permission.getByText('trail/a.ts').first().waitFor();
  await panel.permission.getByText('trail/b.ts').first().waitFor();
  await editor.screenshot('rename-asked');
  expect(await readFile(a, 'utf8')).toBe(A);
  await panel.allow();
  await panel.shows('Renamed.');

  expect(resultsOf(model.requests[1]?.body.messages.at(-1))).toEqual([
    'trail/a.ts:1:17  export function lengthOf(name: string): number {',
    [
      'trail/a.ts:1:17  export function lengthOf(name: string): number {',
      "trail/b.ts:1:10  import { lengthOf } from './a';",
      "trail/b.ts:4:10  return lengthOf('Ridge');",
    ].join('\n'),
    expect.stringContaining('lengthOf(name: string): number'),
    'function lengthOf trail/a.ts:1:17\nvariable kmOf trail/a.ts:5:14',
    expect.stringMatching(/^function measure(\(\))? trail\/b\.ts:3:/),
    'function lengthOf trail/a.ts:1:17',
    'function measure trail/b.ts:3:17, called at 4:10',
    'function lengthOf trail/a.ts:1:17, called at 4:10',
    expect.stringMatching(/^trail\/b\.ts:\n {2}7:14 error: Type 'string' is not assignable/),
  ]);

  const renamed = (source: string): string => source.replaceAll('lengthOf', 'kmOf');
  expect([await readFile(a, 'utf8'), await readFile(b, 'utf8')]).toEqual([renamed(A), renamed(B)]);
  const [result] = resultsOf(model.requests[2]?.body.messages.at(-1));
  expect(result).toContain(
    'Renamed to kmOf in 2 files:\ntrail/a.ts: line 1\ntrail/b.ts: lines 1, 4\nThe editor finds',
  );
  // There is another of that name. That the last line of b.ts is wrong was so before.
  expect(result).toMatch(/\ntrail\/a\.ts:5:14 error: .*kmOf/);
  expect(result).not.toContain('b.ts:7');
  await panel
    .tool('RenameSymbol')
    .getByRole('button', { name: /new problem/ })
    .click();
  await editor.screenshot('rename-problems');
  await panel
    .tool('RenameSymbol')
    .getByRole('button', { name: /a\.ts:5:14/ })
    .click();
  await editor.page.getByRole('tab', { name: /^a\.ts/, selected: true }).waitFor();
  model.assertNoRefusals();
});

/** The texts of the results of tools in a message to the model, in order. */
function resultsOf(message: unknown): unknown[] {
  const { content } = message as {
    readonly content: readonly { readonly type: string; readonly content: unknown }[];
  };
  return content.filter(({ type }) => type === 'tool_result').map((block) => block.content);
}
