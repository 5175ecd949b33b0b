import { describe, expect, it } from 'vitest';
import { displayPath, escapeName, resolveToolPath } from '../../../../src/core/tools/toolPath.ts';

const linux = { cwd: '/w', roots: ['/w', '/libs/one'], home: '/home/u', platform: 'linux' } as const;
const windows = { cwd: 'C:\\w', roots: ['C:\\w'], home: 'C:\\Users\\u', platform: 'win32' } as const;

describe('a path given by the model', () => {
  it('is relative to the working folder, under ~, or absolute', () => {
    expect(resolveToolPath('a/../b.ts', linux)).toBe('/w/b.ts');
    expect(resolveToolPath('~/x', linux)).toBe('/home/u/x');
    expect(resolveToolPath('~', linux)).toBe('/home/u');
    expect(resolveToolPath('~other/x', linux)).toBe('/w/~other/x');
    expect(resolveToolPath('/etc//hosts', linux)).toBe('/etc/hosts');
    expect(resolveToolPath('src/a.ts', windows)).toBe('C:\\w\\src\\a.ts');
    expect(resolveToolPath('~\\x', windows)).toBe('C:\\Users\\u\\x');
    expect(resolveToolPath('/x', windows)).toBe('C:\\x');
  });

  it.each(['', 'a\0b'])('%j can not be meant', (path) => {
    expect(() => resolveToolPath(path, linux)).toThrow();
  });

  it.each([
    '\\\\?\\C:\\w\\x',
    '//./pipe/x',
    '\\??\\C:\\x',
    'C:x',
    'a.txt:stream',
    'a.txt::$DATA',
    'secret. ',
    'dir./x',
    'NUL',
    'con.txt',
    'a\\COM1',
    '\\\\server\\share\\x',
    '//server/share/x',
  ])('%j is not what its name says on Windows', (path) => {
    expect(() => resolveToolPath(path, windows)).toThrow();
  });

  it('may be on a share that the workspace is on', () => {
    const shared = { ...windows, cwd: '\\\\server\\share\\w', roots: ['\\\\server\\share\\w'] };
    expect(resolveToolPath('x', shared)).toBe('\\\\server\\share\\w\\x');
    expect(() => resolveToolPath('\\\\other\\share\\x', shared)).toThrow('another machine');
  });
});

describe('a path for people', () => {
  it('is as short as it can be', () => {
    expect(displayPath('/w/src/a.ts', linux)).toBe('src/a.ts');
    expect(displayPath('src/a.ts', linux)).toBe('src/a.ts');
    expect(displayPath('/w', linux)).toBe('.');
    expect(displayPath('/libs/one/a', linux)).toBe('one/a');
    expect(displayPath('/libs/one', linux)).toBe('one');
    expect(displayPath('/home/u/a', linux)).toBe('~/a');
    expect(displayPath('/home/u', linux)).toBe('~');
    expect(displayPath('/etc/hosts', linux)).toBe('/etc/hosts');
    expect(displayPath('c:\\W\\src\\a.ts', windows)).toBe('src/a.ts');
  });

  it('hides nothing in a name', () => {
    expect(escapeName('a\nb\u202e\u{e0041}é')).toBe('a\\u{a}b\\u{202e}\\u{e0041}é');
  });
});
