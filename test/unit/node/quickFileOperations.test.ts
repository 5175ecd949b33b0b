import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileOperations, systemFileOperations } from '../../../src/node/fileOperations.ts';
import { createNodeFileSystem } from '../../../src/node/fileSystem.ts';
import { createQuickFileOperations } from '../../../src/node/quickFileOperations.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const LARGE = 3 * 1024 * 1024 + 1;

describe('a file system on quick operations', () => {
  const files = createNodeFileSystem({ platform: 'linux', operations: createQuickFileOperations() });

  test.each([
    ['a small content', bytes('new')],
    ['none', new Uint8Array()],
    ['a large one', new Uint8Array(LARGE).fill(7)],
  ])('replaces a file by %s, keeps its mode, and reads it again', async (_, content) => {
    const path = join(await temporaryFolder(), 'run.sh');
    await fs.writeFile(path, 'old');
    await fs.chmod(path, 0o751);
    await files.writeFile(path, content);
    expect((await files.lstat(path))?.mode).toBe(0o751);
    expect(Buffer.from(await files.readFile(path)).equals(content)).toBe(true);
    expect(Buffer.from(await fs.readFile(path)).equals(content)).toBe(true);
    expect(await fs.readdir(join(path, '..'))).toEqual(['run.sh']);
  });

  test('rewrites a file with two names under both', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), 'long old content');
    await fs.link(join(folder, 'a'), join(folder, 'b'));
    await files.writeFile(join(folder, 'a'), bytes('new'), { mode: 0o640 });
    expect(await fs.readFile(join(folder, 'b'), 'utf8')).toBe('new');
    expect((await fs.stat(join(folder, 'b'))).mode & 0o7777).toBe(0o640);
  });

  test('makes, names and removes what else there is', async () => {
    const folder = await temporaryFolder();
    expect(await files.makeDirectory(join(folder, 'x/y'))).toEqual([join(folder, 'x'), join(folder, 'x/y')]);
    await files.makeLink(join(folder, 'link'), 'x/y');
    expect(await files.readLink(join(folder, 'link'))).toBe('x/y');
    expect(await files.realPath(join(folder, 'link/new'))).toBe(join(folder, 'x/y/new'));
    await files.setMode(join(folder, 'x/y'), 0o750);
    expect((await files.stat(join(folder, 'link')))?.mode).toBe(0o750);
    expect(await files.removeEmptyDirectory(join(folder, 'x'))).toBe(false);
    expect(await files.removeEmptyDirectory(join(folder, 'x/y'))).toBe(true);
    await files.removeFile(join(folder, 'link'));
    expect(await files.lstat(join(folder, 'link'))).toBeUndefined();
  });

  test('says what is wrong as the system does', async () => {
    const folder = await temporaryFolder();
    await expect(files.readFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(files.readFile(folder)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(files.writeFile(join(folder, 'no/file'), bytes('x'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('quick operations', () => {
  /** The system, with what was asked of it through the pool. */
  function pooled(): { readonly pool: FileOperations; readonly asked: string[] } {
    const asked: string[] = [];
    const pool = new Proxy(systemFileOperations, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          asked.push(String(name));
          return member.apply(target, args);
        };
      },
    });
    return { pool, asked };
  }

  test('ask the pool for a while behind a call that took long', async () => {
    const folder = await temporaryFolder();
    let [time, step] = [1000, 0];
    const now = (): number => {
      time += step;
      return time;
    };
    const { pool, asked } = pooled();
    const operations = createQuickFileOperations({ now, pool });
    await operations.lstat(folder);
    expect(asked).toEqual([]);
    step = 30;
    await operations.lstat(folder);
    step = 0;
    await operations.stat(folder);
    const handle = await operations.open(folder, constants.O_RDONLY);
    await handle.close();
    expect(asked).toEqual(['stat', 'open']);
    time += 10_001;
    await operations.lstat(folder);
    expect(asked).toEqual(['stat', 'open']);
  });

  test('give others their turn', async () => {
    const folder = await temporaryFolder();
    let time = 1000;
    const operations = createQuickFileOperations({ now: () => time });
    await operations.lstat(folder);
    let hasPassed = false;
    setImmediate(() => {
      hasPassed = true;
    });
    time += 1;
    await operations.lstat(folder);
    expect(hasPassed).toBe(false);
    time += 10;
    await operations.lstat(folder);
    expect(hasPassed).toBe(true);
  });

  test('close a file once', async () => {
    const path = join(await temporaryFolder(), 'a');
    await fs.writeFile(path, 'a');
    const operations = createQuickFileOperations();
    const handle = await operations.open(path, constants.O_RDONLY);
    await handle.close();
    const other = await operations.open(path, constants.O_RDONLY);
    await handle.close();
    expect(await other.readFile()).toEqual(Buffer.from('a'));
    await other.close();
  });
});
