// The rooms of the source tree and who may enter them. Every import is read, type imports too, because a type that
// leaks across a boundary is a boundary that no longer holds.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/run.mjs';

interface Room {
  /** Rooms its files may import from, beside itself. */
  readonly rooms: readonly string[];
  /** npm packages: a list, or any that passes the browser bundle or suits its runtime. */
  readonly packages: readonly string[] | 'any';
  /** Modules of a runtime. */
  readonly runtime: readonly ('node' | 'vscode')[];
}

const portable = ['src/protocol', 'src/channel', 'src/stream'];

const rooms: Readonly<Record<string, Room>> = {
  'src/protocol': { rooms: [], packages: ['zod'], runtime: [] },
  // A Peer is typed from zod schemas, so the channel names zod's types.
  'src/channel': { rooms: ['src/protocol'], packages: ['zod'], runtime: [] },
  'src/stream': { rooms: ['src/protocol'], packages: [], runtime: [] },
  'src/core': { rooms: portable, packages: 'any', runtime: [] },
  'src/node': { rooms: [...portable, 'src/core'], packages: 'any', runtime: ['node'] },
  'src/headless': {
    rooms: [...portable, 'src/core', 'src/node'],
    packages: 'any',
    runtime: ['node'],
  },
  // It starts the executable, or what is behind its command line in the same process.
  'src/sdk': {
    rooms: [...portable, 'src/core', 'src/node', 'src/headless'],
    packages: 'any',
    runtime: ['node'],
  },
  // An agent of the panel: it runs in the extension host or in a process of its own, so it knows no editor.
  'src/process': {
    rooms: [...portable, 'src/core', 'src/node'],
    packages: 'any',
    runtime: ['node'],
  },
  'src/vscode': {
    rooms: [...portable, 'src/core', 'src/node', 'src/process'],
    packages: 'any',
    runtime: ['node', 'vscode'],
  },
  webview: { rooms: portable, packages: 'any', runtime: [] },
};

/** Of the core the Node room sees only what the core asks of the outside. */
const ports = new Set([
  'src/core/checkpoints/tree/treeScanner.ts',
  'src/core/ports.ts',
  'src/core/mcp/connector.ts',
  'src/core/mcp/serverLogin.ts',
  'src/core/model/modelFetch.ts',
  'src/core/sessions/transcriptStore.ts',
]);

/** The one file that may turn a string into markup. */
const sanitizer = 'webview/markdown/sanitize.ts';
const markupSinks = new Set([
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'dangerouslySetInnerHTML',
  'srcdoc',
  'setHTMLUnsafe',
]);

/** The page around the webview's script. The host writes it, but what it must contain is the webview's business. */
const pageOfTheWebview = 'webview/panelHtml.ts';

const builtins = new Set([...builtinModules, 'vscode']);

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const files = Object.keys(rooms).flatMap(sourcesOf);

describe('the rooms', () => {
  test('every source file belongs to a room', () => {
    const all = [...sourcesOf('src'), ...sourcesOf('webview')];
    expect(all.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  for (const name of Object.keys(rooms)) {
    test(`${name} imports only what it may`, () => {
      const imports = files.filter((file) => roomOf(file) === name).flatMap(importsOf);
      expect(imports.map(findFault).filter((fault) => fault !== undefined)).toEqual([]);
    });
  }

  test('relative imports name the file with its ending', () => {
    const relatives = files.flatMap(importsOf).filter(({ specifier }) => specifier.startsWith('.'));
    const unnamed = relatives.filter(({ specifier }) => !/\.(tsx?|css|json)$/.test(specifier));
    expect(unnamed).toEqual([]);
  });

  test('only the sanitizer turns strings into markup', () => {
    const uses = files.filter((file) => file !== sanitizer).flatMap(markupUses);
    expect(uses).toEqual([]);
  });
});

describe('the reader of imports', () => {
  test('it sees every form an import can take', () => {
    const source = `
      import a from './a.ts';
      import type { B } from './b.ts';
      import './c.ts';
      export { d } from './d.ts';
      export type * from './e.ts';
      const f = await import('./f.ts');
      type G = import('./g.ts').G;
      const h = require('./h.ts');
      // import './comment.ts'
      const text = "import './string.ts'";`;
    const found = importsIn('x.ts', source).map(({ specifier }) => specifier);
    expect(found.sort()).toEqual([
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
      './f.ts',
      './g.ts',
      './h.ts',
    ]);
  });
});

function findFault({ file, specifier }: Import): string | undefined {
  const name = roomOf(file);
  const room = name === undefined ? undefined : rooms[name];
  if (room === undefined || name === undefined) return `${file}: in no room`;
  if (specifier.startsWith('.')) return findRoomFault(file, name, room, specifier);
  if (specifier === 'vscode') return room.runtime.includes('vscode') ? undefined : `${file}: vscode`;
  const isBuiltin = specifier.startsWith('node:') || builtins.has(specifier);
  if (isBuiltin) return room.runtime.includes('node') ? undefined : `${file}: ${specifier}`;
  const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const isAllowed = room.packages === 'any' || room.packages.includes(packageName);
  return isAllowed ? undefined : `${file}: package ${packageName}`;
}

function findRoomFault(file: string, name: string, room: Room, specifier: string): string | undefined {
  const target = toPath(resolve(root, file, '..', specifier));
  const targetRoom = roomOf(target);
  if (targetRoom === name || (name === 'src/vscode' && target === pageOfTheWebview)) return undefined;
  if (targetRoom === undefined || !room.rooms.includes(targetRoom)) return `${file}: ${target}`;
  if (name === 'src/node' && targetRoom === 'src/core' && !ports.has(target)) return `${file}: ${target}`;
  return undefined;
}

function roomOf(file: string): string | undefined {
  return Object.keys(rooms).find((room) => file.startsWith(`${room}/`));
}

function sourcesOf(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'));
  return sources.map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

function importsOf(file: string): Import[] {
  return importsIn(file, readFileSync(join(root, file), 'utf8'));
}

function importsIn(file: string, source: string): Import[] {
  const specifiers: string[] = [];
  const keepLiteral = (source: Literal) => {
    if (source !== null && 'value' in source && typeof source.value === 'string')
      specifiers.push(source.value);
  };
  const keep = (node: { readonly source: Literal }) => keepLiteral(node.source);
  parse(file, source, {
    ImportDeclaration: keep,
    ExportNamedDeclaration: keep,
    ExportAllDeclaration: keep,
    ImportExpression: keep,
    TSImportType: keep,
    CallExpression(node) {
      const [argument] = node.arguments;
      const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require';
      if (isRequire && argument !== undefined) keepLiteral(argument);
    },
  });
  return specifiers.map((specifier) => ({ file, specifier }));
}

/** An expression, of which only a literal says what is imported. */
type Literal = { readonly type: string; readonly value?: unknown } | { readonly type: string } | null;

function markupUses(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const uses: string[] = [];
  const keep = (name: string, start: number) => {
    if (markupSinks.has(name)) uses.push(`${file}:${source.slice(0, start).split('\n').length} ${name}`);
  };
  parse(file, source, {
    MemberExpression(node) {
      const { property } = node;
      if (property.type === 'Identifier') keep(property.name, property.start);
      if (property.type === 'Literal') keep(String(property.value), property.start);
    },
    JSXAttribute(node) {
      if (node.name.type === 'JSXIdentifier') keep(node.name.name, node.start);
    },
    Property(node) {
      if (node.key.type === 'Identifier') keep(node.key.name, node.start);
    },
  });
  return uses;
}

function parse(file: string, source: string, visitor: ConstructorParameters<typeof Visitor>[0]): void {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  new Visitor(visitor).visit(program);
}

function toPath(path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
