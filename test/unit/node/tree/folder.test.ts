import type { Stats } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Folder } from '../../../../src/node/tree/folder.ts';

function stats(fields: Partial<Stats> = {}): Stats {
  const known = { mtimeMs: 1000.25, ctimeMs: 1000.5, size: 3, ino: 7, mode: 0o100644, nlink: 1, ...fields };
  return known as Stats;
}

function folderOf(names: readonly string[]): Folder {
  const folder = new Folder({ path: '/work', repository: 'r' }, 0o755);
  folder.relist([...names]);
  return folder;
}

function noted(content: string, isYoung = false): Folder {
  const folder = folderOf(['a']);
  folder.note(0, stats(), { content, isYoung });
  return folder;
}

describe('an entry', () => {
  test('is the same only where all of its times, size, inode and mode are', () => {
    const folder = noted('s1');
    expect(folder.isSame(0, stats())).toBe(true);
    for (const other of [{ mtimeMs: 1 }, { ctimeMs: 1 }, { size: 4 }, { ino: 8 }, { mode: 0o100755 }])
      expect({ other, isSame: folder.isSame(0, stats(other)) }).toEqual({ other, isSame: false });
  });

  test('is not the same while it is young, nor when it is doubted', () => {
    expect(noted('s1', true).isSame(0, stats())).toBe(false);
    const folder = noted('s1');
    folder.doubt(0);
    expect(folder.isSame(0, stats())).toBe(false);
  });

  test('has the same bytes whatever its inode and mode are, where they can be had', () => {
    const other = stats({ ino: 8, mode: 0o100755, ctimeMs: 1 });
    expect(noted('s1').hasSameBytes(0, other)).toBe(true);
    expect(noted('-').hasSameBytes(0, other)).toBe(false);
    expect(noted('s1').hasSameBytes(0, stats({ size: 4 }))).toBe(false);
  });

  test.each([
    ['', { kind: 'absent' }],
    ['lthere', { kind: 'symlink', target: 'there' }],
    ['s12', { content: { kind: 'sha256', sha256: '12' } }],
    ['g34', { content: { kind: 'git', repository: 'r', oid: '34' } }],
    ['-', { content: { kind: 'none' } }],
  ])('%j stands for %j', (content, state) => {
    const known = { kind: 'file', size: 3, mode: 0o644, nlink: 1, mtimeMs: 1000.25 };
    expect(noted(content).stateOf(0)).toEqual('kind' in state ? state : { ...known, ...state });
  });

  test('that git may drop is still had from there, and looked at again', () => {
    const folder = noted('g34');
    folder.distrust(0);
    expect(folder.stateOf(0)).toMatchObject({ content: { kind: 'git', oid: '34' } });
    expect(folder.isSame(0, stats())).toBe(false);
  });
});

test('a new list of names takes over what is known of those that stay', () => {
  const folder = folderOf(['a', 'b']);
  folder.note(0, stats({ size: 1 }), { content: 's1', isYoung: false });
  folder.note(1, stats({ size: 2 }), { content: 's2', isYoung: false });
  folder.relist(['new', 'b']);
  expect(folder.names.map((_, index) => folder.stateOf(index))).toMatchObject([
    { kind: 'absent' },
    { size: 2, content: { sha256: '2' } },
  ]);
  expect(folder.isSame(1, stats({ size: 2 }))).toBe(true);
});

test('what is saved is known again', () => {
  const folder = noted('s1');
  folder.left.add('node_modules');
  const again = Folder.restore(structuredClone(folder.toSaved()));
  expect(again.toSaved()).toEqual(folder.toSaved());
  expect(again.isSame(0, stats())).toBe(true);
  // A folder is listed again by whoever takes it up.
  expect(again.mtimeMs).toBeNaN();
});
