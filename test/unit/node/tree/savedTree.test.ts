import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SavedFolder } from '../../../../src/node/tree/folder.ts';
import { SavedTreeFile } from '../../../../src/node/tree/savedTree.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;
let file: string;
let saved: SavedTreeFile;

beforeEach(() => {
  tree = new ScannedTree();
  file = join(tree.storage, 'new', 'index-0.bin');
  saved = new SavedTreeFile(file);
});

afterEach(() => tree.remove());

const sha256 = '0123456789abcdef'.repeat(4);
const folders: readonly SavedFolder[] = [
  {
    path: '/work',
    repository: null,
    mode: 0o755,
    names: ['a', 'b\n'],
    numbers: new Float64Array([1, Number.NaN, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    contents: [`s${sha256}`, ''],
    left: ['node_modules'],
  },
];
const nothing = { folders: [] };
/** All of it in one. */
const write = (moment: string, all: readonly SavedFolder[]): void =>
  saved.write({ moment, all: () => all, changed: all, gone: [] });
const read = () => new SavedTreeFile(file).read();
const named = (path: string, names: readonly string[] = ['a']): SavedFolder => ({
  ...{ path, repository: 'r', mode: 0o700, names, left: [] },
  numbers: new Float64Array(names.length * 6).map((_, index) => Math.sin(index + path.length * 1000) * 1e12),
  contents: names.map(
    (name) =>
      `g${createHash('sha1')
        .update(path + name)
        .digest('hex')}`,
  ),
});
const manyNames = Array.from({ length: 200 }, (_, index) => `file${index}`);

test('what is written is read', () => {
  write('now', folders);
  expect(read()).toEqual({ moment: 'now', folders });
});

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((all) => all.join(''));
const content = fc.oneof(
  fc.constantFrom('', '-', 's', 'g', 'lelsewhere', 'l', `s${sha256}x`, 'gABC'),
  hex(64).map((digits) => `s${digits}`),
  hex(40).map((digits) => `s${digits}`),
  ...['g', 'G'].flatMap((kind) => [40, 64].map((digits) => hex(digits).map((all) => kind + all))),
  fc.string({ unit: 'binary' }),
);
const folder = fc
  .array(
    fc.record({
      name: fc.string({ unit: 'binary' }),
      content,
      numbers: fc.array(fc.double(), { minLength: 6, maxLength: 6 }),
    }),
    { maxLength: 12 },
  )
  .chain((entries) =>
    fc.record({
      path: fc.constantFrom('/work', '/work/a', '/work/b', '/work/a/c'),
      repository: fc.constantFrom(null, 'r'),
      mode: fc.nat(0o7777),
      left: fc.array(fc.string()),
      names: fc.constant(entries.map(({ name }) => name)),
      contents: fc.constant(entries.map((entry) => entry.content)),
      numbers: fc.constant(new Float64Array(entries.flatMap(({ numbers }) => numbers))),
    }),
  );

test('whatever is known of folders, and however it changes, is read as it was saved last', () => {
  const step = fc.record({
    gone: fc.subarray(['/work', '/work/a', '/work/b']),
    changed: fc.array(folder, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      rmSync(file, { force: true });
      const known = new Map<string, SavedFolder>();
      let writer = new SavedTreeFile(file);
      steps.forEach(({ gone, changed }, index) => {
        for (const path of gone) known.delete(path);
        for (const one of changed) known.set(one.path, one);
        writer.write({ moment: `${index}`, all: () => [...known.values()], changed, gone });
        // Who goes on with it read it first.
        const again = new SavedTreeFile(file);
        const { moment, folders: found } = again.read();
        expect(moment).toBe(`${index}`);
        expect(new Map(found.map((one) => [one.path, one]))).toEqual(known);
        if (index % 2 === 0) writer = again;
      });
    }),
    { numRuns: 300 },
  );
});

test('only what has changed is put behind what is there, until that is as much again', () => {
  const many = Array.from({ length: 40 }, (_, index) => named(`/work/${index}`, manyNames));
  write('first', many);
  const base = statSync(file).size;
  const largest: number[] = [];
  const [one] = many;
  if (one === undefined) throw new Error('there are folders');
  for (let change = 0; change < 200; change += 1) {
    saved.write({ moment: `${change}`, all: () => many, changed: [one], gone: [] });
    largest.push(statSync(file).size);
  }
  expect((largest[0] ?? 0) - base).toBeLessThan(base / 10);
  expect(Math.max(...largest)).toBeLessThanOrEqual(2 * base);
  expect(read()).toEqual({ moment: '199', folders: many });
});

test('what is not there, torn, or of another version is as good as nothing', () => {
  expect(read()).toEqual(nothing);
  write('now', folders);
  const whole = readFileSync(file);
  for (const length of [0, 1, whole.length >> 1, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, length));
    expect(read()).toEqual(nothing);
  }
  for (let at = 4; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    writeFileSync(file, damaged);
    expect(read()).toEqual(nothing);
  }
});

test('of what was put behind, what is torn does not count, and nothing is put behind it', () => {
  write('first', [named('/work', manyNames)]);
  const base = readFileSync(file);
  const later = named('/work/later');
  saved.write({ moment: 'second', all: () => [], changed: [later], gone: [] });
  const both = readFileSync(file);
  expect(both.length).toBeGreaterThan(base.length);
  for (let length = base.length; length < both.length; length += 1) {
    writeFileSync(file, both.subarray(0, length));
    const again = new SavedTreeFile(file);
    expect(again.read()).toEqual({ moment: 'first', folders: [named('/work', manyNames)] });
    again.write({ moment: 'third', all: () => [later], changed: [later], gone: ['/work'] });
    expect(read()).toEqual({ moment: 'third', folders: [later] });
  }
});

test('what was saved stays where the next can not be written', () => {
  write('now', folders);
  mkdirSync(`${file}.tmp`);
  saved.startAnew();
  expect(() => write('later', [])).toThrow();
  expect(read()).toEqual({ moment: 'now', folders });
});

test('changes of something that somebody has taken away are as good as nothing, and the next is all there is', () => {
  const all = [named('/work', manyNames), named('/work/later')];
  write('first', all);
  rmSync(file);
  saved.write({ moment: 'second', all: () => all, changed: all.slice(1), gone: [] });
  const again = new SavedTreeFile(file);
  expect(again.read()).toEqual(nothing);
  again.write({ moment: 'third', all: () => all, changed: [], gone: [] });
  expect(read()).toEqual({ moment: 'third', folders: all });
});
