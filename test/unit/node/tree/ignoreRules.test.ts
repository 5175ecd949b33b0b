import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IgnoreRules, readText } from '../../../../src/node/tree/ignoreRules.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;

beforeEach(() => {
  tree = new ScannedTree();
});

afterEach(() => tree.remove());

function rules(shared: readonly string[] = []): IgnoreRules {
  return new IgnoreRules({ top: tree.root, shared });
}

describe('a file', () => {
  test.each([
    ['by the rules of its folder', { 'in/.gitignore': '*.log' }, 'in/x.log', true],
    ['by those of a folder above', { '.gitignore': '*.log' }, 'in/deep/x.log', true],
    ['not by those of a folder beside', { 'other/.gitignore': '*.log' }, 'in/x.log', false],
    [
      'not where nearer rules take it in again',
      { '.gitignore': '*.log', 'in/.gitignore': '!x.log' },
      'in/x.log',
      false,
    ],
    ['by a path from the top', { '.gitignore': '/in/x.log' }, 'in/x.log', true],
    ['not by a path from the top that leads elsewhere', { '.gitignore': '/x.log' }, 'in/x.log', false],
    ['not by a rule for folders', { '.gitignore': 'x/' }, 'x', false],
    ['not by a name that tools give folders', {}, 'node_modules', false],
  ])('is ignored: %s', (_, files, path, isIgnored) => {
    tree.write(files);
    expect(rules().ignoresFile(tree.at(path))).toBe(isIgnored);
  });

  test('is ignored by rules that hold for everything, unless a nearer one takes it in', () => {
    tree.write({ '.gitignore': '!kept.log' });
    const shared = rules(['*.log']);
    expect(shared.ignoresFile(tree.at('in/x.log'))).toBe(true);
    expect(shared.ignoresFile(tree.at('in/kept.log'))).toBe(false);
  });

  test('is ignored by rules that are new when they are read again', () => {
    const known = rules();
    expect(known.ignoresFile(tree.at('x.log'))).toBe(false);
    tree.write({ '.gitignore': '*.log' });
    expect(known.ignoresFile(tree.at('x.log'))).toBe(false);
    known.refresh();
    expect(known.ignoresFile(tree.at('x.log'))).toBe(true);
  });
});

test('no rules above the top count', () => {
  tree.write({ '.gitignore': '*.log', 'top/x.log': '' });
  const below = new IgnoreRules({ top: tree.at('top'), shared: [] });
  expect(below.ignoresFile(tree.at('top/x.log'))).toBe(false);
});

test('a folder is ignored by its name, or by a rule for it', () => {
  tree.write({ '.gitignore': 'build/\n/out' });
  const known = rules();
  expect(
    ['node_modules', 'in/node_modules', 'in/build', 'out', 'in/out', 'src'].map((name) =>
      known.ignoresFolder(tree.at(name)),
    ),
  ).toEqual([true, true, true, true, false, false]);
});

test('what is no file of a sensible size is no text of rules', () => {
  tree.write({ rules: '*.log', 'folder/x': '', large: 'x'.repeat(4 * 1024 * 1024 + 1) });
  tree.run('mkfifo pipe');
  expect(['rules', 'folder', 'large', 'pipe', 'missing'].map((name) => readText(tree.at(name)))).toEqual([
    '*.log',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
