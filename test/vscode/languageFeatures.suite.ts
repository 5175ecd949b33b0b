// The language servers of a real window, asked as the agent asks them.

import { strict as assert } from 'node:assert';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Disposable,
  type Hover,
  Location,
  languages,
  Position,
  Range,
  SymbolInformation,
  SymbolKind,
  Uri,
  WorkspaceEdit,
  window,
} from 'vscode';
import { createNodeClock } from '../../src/node/clock.ts';
import type { LanguageAnswer, LanguageQuestion } from '../../src/protocol/languageFeatures.ts';
import { createEditorLanguageFeatures } from '../../src/vscode/languageFeatures/editorLanguageFeatures.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

const never = new AbortController().signal;
const features = createEditorLanguageFeatures({
  clock: createNodeClock(),
  diagnostics: {
    before: async (path) => ({
      path,
      problems: [{ severity: 'error', line: 1, column: 1, message: 'known' }],
      isKnown: true,
      lineCount: 1,
      waitedMs: 0,
    }),
  },
});

export default function languageFeaturesSuite(test: TestFunction): void {
  test('TypeScript: definition, references, symbols, hover, calls and a rename over two files', async () => {
    // Whatever other tests have left open.
    const shown = window.visibleTextEditors.length;
    const { a, b } = await newProject();
    // Its server takes its time to start.
    await until(async () => {
      const answer = await ask({ operation: 'goToDefinition', path: b, line: 2, character: 23 });
      // Until it has read the project it knows no more than the import.
      return answer.kind === 'places' && answer.places.some(({ path }) => path === a);
    });
    assert.deepEqual(await ask({ operation: 'goToDefinition', path: b, line: 2, character: 23 }), {
      kind: 'places',
      places: [{ path: a, line: 1, character: 17 }],
      beyond: 0,
    });
    const references = await ask({ operation: 'findReferences', path: a, line: 1, character: 18 });
    assert.equal(references.kind, 'places');
    assert.deepEqual(references.places.map(({ path, line }) => [path === a ? 'a' : 'b', line]).sort(), [
      ['a', 1],
      ['b', 1],
      ['b', 2],
    ]);
    const symbols = await ask({ operation: 'documentSymbol', path: a });
    assert.equal(symbols.kind, 'symbols');
    assert.deepEqual(symbols.symbols, [
      { path: a, line: 1, character: 17, name: 'lengthOf', kind: 'function', lastLine: 1, depth: 0 },
      { path: a, line: 3, character: 14, name: 'Trail', kind: 'class', lastLine: 5, depth: 0 },
      { path: a, line: 4, character: 3, name: 'km', kind: 'property', lastLine: 4, depth: 1 },
    ]);
    const found = await ask({ operation: 'workspaceSymbol', query: 'lengthOf' });
    assert.equal(found.kind, 'symbols');
    assert.ok(found.symbols.some(({ path, name }) => path === a && name.startsWith('lengthOf')));
    const classes = await ask({ operation: 'workspaceSymbol', query: 'Trail' });
    assert.equal(classes.kind, 'symbols');
    assert.ok(classes.symbols.some(({ path, line, lastLine }) => path === a && line === 3 && lastLine === 5));
    const hover = await ask({ operation: 'hover', path: b, line: 2, character: 23 });
    assert.equal(hover.kind, 'texts');
    assert.match(hover.texts.join('\n'), /lengthOf\(name: string\): number/);
    const incoming = await ask({ operation: 'incomingCalls', path: a, line: 1, character: 18 });
    assert.equal(incoming.kind, 'calls');
    assert.deepEqual(
      incoming.calls.map(({ path, sites }) => ({ path, sites })),
      [{ path: b, sites: [{ line: 2, character: 22 }] }],
    );
    const outgoing = await ask({ operation: 'outgoingCalls', path: b, line: 2, character: 14 });
    assert.equal(outgoing.kind, 'calls');
    const edit = await ask({ operation: 'rename', path: a, line: 1, character: 18, newName: 'kmOf' });
    assert.equal(edit.kind, 'edit');
    assert.equal(edit.others, false);
    assert.deepEqual(edit.files.map(({ path }) => path).sort(), [a, b]);
    assert.deepEqual(edit.files.find(({ path }) => path === a)?.replacements, [
      { start: { line: 1, character: 17 }, end: { line: 1, character: 25 }, text: 'kmOf' },
    ]);
    const refused = await ask({ operation: 'rename', path: a, line: 2, character: 1, newName: 'x' });
    assert.equal(refused.kind, 'refused');
    assert.equal(window.visibleTextEditors.length, shown);
  }, 120_000);

  test('nobody knows about a file in no language', async () => {
    const path = await newFile('plain.lsp-none', 'words\n');
    const position = { path, line: 1, character: 1 };
    assert.deepEqual(await ask({ operation: 'goToDefinition', ...position }), {
      kind: 'places',
      places: [],
      beyond: 0,
    });
    assert.deepEqual(await ask({ operation: 'hover', ...position }), { kind: 'texts', texts: [] });
    assert.deepEqual(await ask({ operation: 'incomingCalls', ...position }), {
      kind: 'calls',
      calls: [],
      beyond: 0,
    });
    assert.deepEqual(await ask({ operation: 'documentSymbol', path }), {
      kind: 'symbols',
      symbols: [],
      beyond: 0,
    });
  });

  test('what is no text is refused', async () => {
    const path = await newFile('binary.lsp', Buffer.from([0, 1, 2, 0, 255]));
    assert.equal((await ask({ operation: 'documentSymbol', path })).kind, 'refused');
    assert.equal((await ask({ operation: 'documentSymbol', path: `${path}-gone` })).kind, 'refused');
  });

  test('what stands in no file is counted, and a rename that would do more than to change text says so', async () => {
    const path = await newFile('places.lsp', 'name\n');
    const elsewhere = Uri.parse('untitled:other');
    const start = new Position(0, 0);
    using _registered = register([
      languages.registerDefinitionProvider(
        { pattern: '**/*.lsp' },
        {
          provideDefinition: (document) => [
            new Location(elsewhere, start),
            new Location(document.uri, start),
          ],
        },
      ),
      languages.registerDocumentSymbolProvider(
        { pattern: '**/*.lsp' },
        {
          provideDocumentSymbols: ({ uri }) => [
            new SymbolInformation('T', SymbolKind.TypeParameter, 'Box', new Location(uri, start)),
          ],
        },
      ),
      languages.registerRenameProvider(
        { pattern: '**/*.lsp' },
        {
          provideRenameEdits({ uri }, _position, newName) {
            const edit = new WorkspaceEdit();
            edit.replace(uri, new Range(0, 0, 0, 4), newName);
            if (newName === 'moved') edit.renameFile(uri, Uri.file(`${uri.fsPath}.moved`));
            if (newName === 'bad') throw new Error('not that name');
            return edit;
          },
        },
      ),
    ]);
    const position = { path, line: 1, character: 1 };
    assert.deepEqual(await ask({ operation: 'goToDefinition', ...position }), {
      kind: 'places',
      places: [{ path, line: 1, character: 1 }],
      beyond: 1,
    });
    assert.deepEqual(await ask({ operation: 'documentSymbol', path }), {
      kind: 'symbols',
      symbols: [{ path, line: 1, character: 1, name: 'T', kind: 'type parameter', lastLine: 1, depth: 0 }],
      beyond: 0,
    });
    const rename = (newName: string) => ask({ operation: 'rename', ...position, newName });
    const replacements = [{ start: { line: 1, character: 1 }, end: { line: 1, character: 5 }, text: 'fine' }];
    assert.deepEqual(await rename('fine'), { kind: 'edit', files: [{ path, replacements }], others: false });
    assert.equal(((await rename('moved')) as { others?: boolean }).others, true);
    assert.deepEqual(await rename('bad'), { kind: 'refused', reason: 'not that name' });
  });

  test('a provider that never answers is late, and a call that is stopped does not wait for it', async () => {
    const path = await newFile('hangs.lsp', 'name\n');
    using _registered = register([
      languages.registerHoverProvider(
        { pattern: '**/hangs.lsp' },
        { provideHover: () => new Promise<Hover>(() => {}) },
      ),
    ]);
    const question = { operation: 'hover', path, line: 1, character: 1 } as const;
    const stop = new AbortController();
    const stopped = features.ask(question, stop.signal);
    stop.abort();
    assert.equal((await stopped).kind, 'refused');
    const hurried = createEditorLanguageFeatures({
      clock: { sleep: async () => {} },
      diagnostics: { before: async () => undefined },
    });
    assert.deepEqual(await hurried.ask(question, never), { kind: 'late', seconds: 10 });
  });

  test('problems of one file, and of all', async () => {
    const path = await newFile('problems.lsp', 'name\n');
    assert.deepEqual(await ask({ operation: 'diagnostics', path }), {
      kind: 'problems',
      files: [{ path, problems: [{ severity: 'error', line: 1, column: 1, message: 'known' }] }],
      beyond: 0,
    });
    const collection = languages.createDiagnosticCollection('lsp-suite');
    collection.set(Uri.file(path), [{ range: new Range(0, 1, 0, 2), message: 'told', severity: 0 }]);
    const all = await ask({ operation: 'diagnostics' });
    collection.dispose();
    assert.equal(all.kind, 'problems');
    assert.deepEqual(all.files.find((file) => file.path === path)?.problems, [
      { severity: 'error', line: 1, column: 2, message: 'told' },
    ]);
  });
}

function ask(question: LanguageQuestion): Promise<LanguageAnswer> {
  return features.ask(question, never);
}

function register(registered: readonly Disposable[]) {
  return {
    [Symbol.dispose]() {
      for (const each of registered) each.dispose();
    },
  };
}

async function newProject() {
  const base = join(folder(), 'lsp');
  await mkdir(base, { recursive: true });
  const [a, b] = [join(base, 'a.ts'), join(base, 'b.ts')];
  await writeFile(join(base, 'tsconfig.json'), '{ "include": ["*.ts"] }\n');
  await writeFile(
    a,
    'export function lengthOf(name: string): number { return name.length; }\n\nexport class Trail {\n  km = 1;\n}\n',
  );
  await writeFile(b, "import { lengthOf } from './a';\nexport const ridge = lengthOf('ridge');\n");
  return { a, b };
}

/** The test's own limit ends the wait. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200));
}
