import { expect, test } from 'vitest';
import { readAttributes } from '../../../../src/node/tree/attributes.ts';

function read(text: string, folder = '/work') {
  return readAttributes([{ folder, text }]);
}

test.each([
  ['*.bin filter=lfs diff=lfs', '/work/in/x.bin', true],
  ['*.bin filter=lfs', '/work/x.txt', false],
  ['*.txt working-tree-encoding=UTF-16', '/work/x.txt', true],
  ['[attr]large filter=lfs\n*.bin large', '/work/x.bin', true],
  ['[attr]outer large\n[attr]large filter=lfs\n*.bin outer', '/work/x.bin', true],
  ['"with space.txt" filter=lfs', '/work/with space.txt', true],
  ['# *.bin filter=lfs', '/work/x.bin', false],
  ['*.bin diff', '/work/x.bin', false],
])('%j says of %s whether git may hold other bytes: %s', (text, path, isFiltered) => {
  expect(read(text).isFiltered(path)).toBe(isFiltered);
});

test('a file of attributes speaks of what is below its folder only', () => {
  expect(read('*.bin filter=lfs', '/work/in').isFiltered('/work/x.bin')).toBe(false);
});

test.each([
  ['* text=auto', true],
  ['*.txt eol=crlf', true],
  ['*.c ident', true],
  ['*.c diff=c', false],
])('%j changes lengths: %s', (text, changes) => {
  expect(read(text).changesLengths).toBe(changes);
});
