import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serialize } from 'node:v8';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSaved, writeSaved } from '../../../../src/node/tree/savedTree.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;
let file: string;

beforeEach(() => {
  tree = new ScannedTree();
  file = join(tree.storage, 'new', 'index-0.bin');
});

afterEach(() => tree.remove());

const folders = [
  {
    path: '/work',
    repository: null,
    mode: 0o755,
    names: ['a', 'b\n'],
    numbers: new Float64Array([1, Number.NaN, 3]),
    contents: ['s1', ''],
    left: ['node_modules'],
  },
];
const nothing = { folders: [] };

test('what is written is read', () => {
  writeSaved(file, { moment: 'now', folders });
  expect(readSaved(file)).toEqual({ moment: 'now', folders });
});

test('what is not there, torn, or of another version is as good as nothing', () => {
  expect(readSaved(file)).toEqual(nothing);
  writeSaved(file, { moment: 'now', folders });
  const whole = readFileSync(file);
  for (const length of [0, 1, whole.length >> 1, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length));
    expect(readSaved(file)).toEqual(nothing);
  }
  writeFileSync(file, deflateRawSync(serialize({ version: 2, moment: 'now', folders })));
  expect(readSaved(file)).toEqual(nothing);
});

test('what was saved stays where the next can not be written', () => {
  writeSaved(file, { moment: 'now', folders });
  mkdirSync(`${file}.tmp`);
  expect(() => writeSaved(file, { moment: 'later', folders: [] })).toThrow();
  expect(dirname(file)).toContain(tree.storage);
  expect(readSaved(file)).toEqual({ moment: 'now', folders });
});
