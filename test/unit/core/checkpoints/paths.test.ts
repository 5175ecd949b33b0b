import { describe, expect, test } from 'vitest';
import {
  createPathKey,
  depthOf,
  isInside,
  joinPath,
  parentOf,
} from '../../../../src/core/checkpoints/paths.ts';

describe('paths', () => {
  test.each([
    ['/a/b', '/a'],
    ['/a', '/'],
    ['/', '/'],
    ['/a/b\\c', '/a'],
    ['C:\\a\\b', 'C:\\a'],
    ['C:\\a', 'C:\\'],
    ['C:\\', 'C:\\'],
    ['C:/a/b', 'C:/a'],
    ['\\\\server\\share\\a', '\\\\server\\share\\'],
  ])('%s lies in %s', (path, parent) => {
    expect(parentOf(path)).toBe(parent);
  });

  test.each([
    ['/', 'a', '/a'],
    ['/a', 'b', '/a/b'],
    ['C:\\', 'a', 'C:\\a'],
    ['C:\\a', 'b', 'C:\\a\\b'],
  ])('%s and %s make %s', (folder, name, path) => {
    expect(joinPath(folder, name)).toBe(path);
    expect(isInside(path, folder)).toBe(true);
    expect(depthOf(path)).toBeGreaterThanOrEqual(depthOf(folder));
  });

  test('are not inside of a folder that only starts with the same letters', () => {
    expect(isInside('/ab/c', '/a')).toBe(false);
    expect(isInside('/a', '/a')).toBe(false);
    expect(isInside('/a\\b', '/a')).toBe(false);
  });

  test('mean one file in any spelling only where the volume says so', () => {
    const [insensitive, sensitive] = [true, false].map((caseInsensitive) =>
      createPathKey({ caseInsensitive }),
    );
    expect(insensitive?.('/E\u0301.TXT')).toBe(insensitive?.('/\u00e9.txt'));
    expect(sensitive?.('/A')).not.toBe(sensitive?.('/a'));
  });
});
