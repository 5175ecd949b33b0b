import { describe, expect, it } from 'vitest';
import {
  baseName,
  isAbsolutePath,
  isInside,
  joinPath,
  normalizePath,
  parentPath,
  relativePath,
  toSlashes,
} from '../../../src/core/paths.ts';

describe('paths of Linux and macOS', () => {
  it('are normalised', () => {
    expect(normalizePath('/a/../b//c/./d/', 'linux')).toBe('/b/c/d');
    expect(normalizePath('/../..', 'linux')).toBe('/');
    expect(normalizePath('a/../../b', 'linux')).toBe('../b');
    expect(normalizePath('a/..', 'linux')).toBe('.');
    expect(normalizePath('/a\\b', 'linux')).toBe('/a\\b');
  });

  it('are joined, split and compared by whole names', () => {
    expect(joinPath('/w', '../x/y', 'linux')).toBe('/x/y');
    expect(joinPath('/w', '/x', 'linux')).toBe('/x');
    expect(parentPath('/a/b', 'linux')).toBe('/a');
    expect(parentPath('/', 'linux')).toBe('/');
    expect(baseName('/a/b.c/', 'linux')).toBe('b.c');
    expect(baseName('/', 'linux')).toBe('');
    expect(isInside('/w', '/w', 'linux')).toBe(true);
    expect(isInside('/w', '/w/x', 'linux')).toBe(true);
    expect(isInside('/w', '/wx', 'linux')).toBe(false);
    expect(isInside('/w', '/W/x', 'linux')).toBe(false);
    expect(isInside('/w', '/w/../x', 'linux')).toBe(false);
    expect(isInside('/', '/x', 'linux')).toBe(true);
    expect(relativePath('/w', '/w/a/b', 'linux')).toBe('a/b');
    expect(relativePath('/w', '/w', 'linux')).toBe('');
    expect(relativePath('/w', '/x', 'linux')).toBeUndefined();
    expect(isAbsolutePath('C:\\x', 'linux')).toBe(false);
  });
});

describe('paths of Windows', () => {
  it('are normalised, whichever slash they have', () => {
    expect(normalizePath('C:/a/../b//c/', 'win32')).toBe('C:\\b\\c');
    expect(normalizePath('C:\\..', 'win32')).toBe('C:\\');
    expect(normalizePath('//server/share/a/../..', 'win32')).toBe('\\\\server\\share\\');
    expect(normalizePath('a/b', 'win32')).toBe('a\\b');
  });

  it('are joined, also from the root of the drive', () => {
    expect(joinPath('C:\\w', 'a/b', 'win32')).toBe('C:\\w\\a\\b');
    expect(joinPath('C:\\w', 'D:\\x', 'win32')).toBe('D:\\x');
    expect(joinPath('C:\\w', '/x', 'win32')).toBe('C:\\x');
    expect(parentPath('C:\\a', 'win32')).toBe('C:\\');
    expect(baseName('C:\\a\\b.c', 'win32')).toBe('b.c');
  });

  it('are compared without regard to case', () => {
    expect(isInside('C:\\Work', 'c:/work/SRC/a.ts', 'win32')).toBe(true);
    expect(isInside('C:\\Work', 'c:\\workshop', 'win32')).toBe(false);
    expect(isInside('C:\\İx', 'c:\\İX\\y', 'win32')).toBe(true);
    expect(relativePath('C:\\', 'C:\\a\\b', 'win32')).toBe('a\\b');
    expect(toSlashes('a\\b', 'win32')).toBe('a/b');
    expect(toSlashes('a\\b', 'linux')).toBe('a\\b');
  });
});
