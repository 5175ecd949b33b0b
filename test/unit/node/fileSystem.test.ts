import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/core/ports.ts';
import { systemFileOperations } from '../../../src/node/fileOperations.ts';
import { createNodeFileSystem } from '../../../src/node/fileSystem.ts';
import { faultyOperations } from './faultyOperations.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const files = createNodeFileSystem({ platform: 'linux' });
const bytes = (text: string) => new TextEncoder().encode(text);

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FileError)) throw new Error(`expected a FileError, got ${String(error)}`);
  return error.code;
}

describe('writeFile', () => {
  it('creates a file with the mode the umask leaves', async () => {
    const folder = await temporaryFolder();
    await files.writeFile(join(folder, 'new.txt'), bytes('hello'));
    expect(await fs.readFile(join(folder, 'new.txt'), 'utf8')).toBe('hello');
    expect((await fs.stat(join(folder, 'new.txt'))).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(await fs.readdir(folder)).toEqual(['new.txt']);
  });

  it('keeps the mode of the file it replaces', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'run.sh');
    await fs.writeFile(path, 'old');
    await fs.chmod(path, 0o751);
    await files.writeFile(path, bytes('new'));
    expect((await fs.stat(path)).mode & 0o7777).toBe(0o751);
    expect(await fs.readFile(path, 'utf8')).toBe('new');
  });

  it('gives the mode that was asked for', async () => {
    const folder = await temporaryFolder();
    await files.writeFile(join(folder, 'a'), bytes('1'), { mode: 0o666 });
    await files.writeFile(join(folder, 'a'), bytes('2'), { mode: 0o604 });
    expect((await fs.stat(join(folder, 'a'))).mode & 0o777).toBe(0o604);
    await files.writeFile(join(folder, 'b'), bytes('1'), { mode: 0o666 });
    expect((await fs.stat(join(folder, 'b'))).mode & 0o777).toBe(0o666);
  });

  it('writes through a link, also one that dangles, and leaves the link', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'real.txt'), 'old');
    await fs.symlink('real.txt', join(folder, 'link.txt'));
    await fs.symlink('later.txt', join(folder, 'dangling.txt'));
    await files.writeFile(join(folder, 'link.txt'), bytes('new'));
    await files.writeFile(join(folder, 'dangling.txt'), bytes('made'));
    expect(await fs.readlink(join(folder, 'link.txt'))).toBe('real.txt');
    expect(await fs.readFile(join(folder, 'real.txt'), 'utf8')).toBe('new');
    expect(await fs.readlink(join(folder, 'dangling.txt'))).toBe('later.txt');
    expect(await fs.readFile(join(folder, 'later.txt'), 'utf8')).toBe('made');
  });

  it('keeps hard links together', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'one'), 'a longer old text');
    await fs.link(join(folder, 'one'), join(folder, 'two'));
    await files.writeFile(join(folder, 'one'), bytes('new'), { mode: 0o640 });
    expect(await fs.readFile(join(folder, 'two'), 'utf8')).toBe('new');
    const stat = await fs.stat(join(folder, 'two'));
    expect([stat.nlink, stat.mode & 0o777]).toEqual([2, 0o640]);
  });

  it('puts the old content of a hard-linked file back when a write fails midway', async () => {
    const folder = await temporaryFolder();
    for (let failAt = 1; ; failAt += 1) {
      await fs.rm(join(folder, 'one'), { force: true });
      await fs.rm(join(folder, 'two'), { force: true });
      await fs.writeFile(join(folder, 'one'), 'a longer old text');
      await fs.link(join(folder, 'one'), join(folder, 'two'));
      const { operations, calls } = faultyOperations(failAt);
      const faulty = createNodeFileSystem({ platform: 'linux', operations });
      const failed = await faulty.writeFile(join(folder, 'one'), bytes('new')).then(
        () => false,
        () => true,
      );
      expect(['a longer old text', 'new']).toContain(await fs.readFile(join(folder, 'two'), 'utf8'));
      if (!failed) return expect(calls.length).toBeGreaterThan(5);
    }
  });

  it('refuses a folder, a pipe, a missing parent and a file in place of the parent', async () => {
    const folder = await temporaryFolder();
    await fs.mkdir(join(folder, 'sub'));
    await fs.writeFile(join(folder, 'file'), '');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await codeOf(files.writeFile(join(folder, 'sub'), bytes('')))).toBe('EISDIR');
    expect(await codeOf(files.writeFile(join(folder, 'pipe'), bytes('')))).toBe('EINVAL');
    expect(await codeOf(files.writeFile(join(folder, 'no', 'x'), bytes('')))).toBe('ENOENT');
    expect(await codeOf(files.writeFile(join(folder, 'file', 'x'), bytes('')))).toBe('ENOTDIR');
  });

  it('refuses a file that may not be written, unless the mode is given', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'fixed.txt');
    await fs.writeFile(path, 'old', { mode: 0o444 });
    // Root may write everything, so the answer of access(2) is played.
    const denied = {
      ...systemFileOperations,
      access: async () => {
        throw Object.assign(new Error('EACCES: denied'), { code: 'EACCES' });
      },
    };
    const strict = createNodeFileSystem({ platform: 'linux', operations: denied });
    expect(await codeOf(strict.writeFile(path, bytes('new')))).toBe('EACCES');
    expect(await fs.readFile(path, 'utf8')).toBe('old');
    await strict.writeFile(path, bytes('new'), { mode: 0o444 });
    expect((await fs.stat(path)).mode & 0o777).toBe(0o444);
  });

  it('refuses a path that leads elsewhere than where it was allowed', async () => {
    const folder = await temporaryFolder();
    await fs.mkdir(join(folder, 'inside'));
    await fs.mkdir(join(folder, 'outside'));
    const allowed = join(folder, 'inside', 'a.txt');
    await fs.rm(join(folder, 'inside'), { recursive: true });
    await fs.symlink('outside', join(folder, 'inside'));
    expect(await codeOf(files.writeFile(allowed, bytes('x'), { expectedRealPath: allowed }))).toBe('ESTALE');
    expect(await fs.readdir(join(folder, 'outside'))).toEqual([]);
  });

  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    it(`leaves the file entirely old or entirely new, and nothing beside it, whichever call fails (${platform})`, async () => {
      const folder = await temporaryFolder();
      const path = join(folder, 'file.txt');
      for (const before of ['old content', undefined]) {
        for (let failAt = 1; ; failAt += 1) {
          await fs.rm(path, { force: true });
          if (before !== undefined) await fs.writeFile(path, before);
          const { operations } = faultyOperations(failAt);
          const faulty = createNodeFileSystem({ platform, operations, sleep: async () => {} });
          const failed = await faulty.writeFile(path, bytes('new'), { mode: 0o600 }).then(
            () => false,
            (error) => error instanceof FileError && error.code === 'ENOSPC',
          );
          const names = await fs.readdir(folder);
          expect(names.filter((name) => name !== 'file.txt')).toEqual([]);
          const after = names.length === 0 ? undefined : await fs.readFile(path, 'utf8');
          expect([before, 'new']).toContain(after);
          if (!failed) {
            expect(after).toBe('new');
            break;
          }
        }
      }
    });

    it(`never writes into a folder that takes the place of the right one (${platform})`, async () => {
      const folder = await temporaryFolder();
      const outside = join(folder, 'outside');
      for (let swapAt = 1; ; swapAt += 1) {
        await fs.rm(join(folder, 'dir'), { recursive: true, force: true });
        await fs.rm(join(folder, 'moved'), { recursive: true, force: true });
        await fs.rm(outside, { recursive: true, force: true });
        await fs.mkdir(join(folder, 'dir'));
        await fs.mkdir(outside);
        await fs.writeFile(join(folder, 'dir', 'a.txt'), 'old');
        await fs.writeFile(join(outside, 'a.txt'), 'precious');
        let count = 0;
        const operations = new Proxy(systemFileOperations, {
          get:
            (target, name) =>
            async (...args: never[]) => {
              count += 1;
              if (count === swapAt) {
                await fs.rename(join(folder, 'dir'), join(folder, 'moved'));
                await fs.symlink('outside', join(folder, 'dir'));
              }
              return (Reflect.get(target, name) as (...args: never[]) => unknown)(...args);
            },
        });
        const swapped = createNodeFileSystem({ platform, operations });
        const path = join(folder, 'dir', 'a.txt');
        const failure = await swapped.writeFile(path, bytes('new'), { expectedRealPath: path }).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(await fs.readFile(join(outside, 'a.txt'), 'utf8')).toBe('precious');
        expect(await fs.readdir(outside)).toEqual(['a.txt']);
        if (count < swapAt) {
          expect(failure).toBeUndefined();
          return;
        }
        expect(failure).toBeInstanceOf(FileError);
        // Linux holds the folder itself, so the roll-back finds it wherever it went.
        if (platform === 'linux') {
          expect(await fs.readFile(join(folder, 'moved', 'a.txt'), 'utf8')).toBe('old');
          expect(await fs.readdir(join(folder, 'moved'))).toEqual(['a.txt']);
        }
      }
    });
  }

  it('tries a rename that Windows refuses for a moment again, at most 2 seconds in all', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file.txt');
    await fs.writeFile(path, 'old');
    const waits: number[] = [];
    let refusals = 3;
    const operations = {
      ...systemFileOperations,
      rename: async (from: string, to: string) => {
        refusals -= 1;
        if (refusals >= 0) throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
        await fs.rename(from, to);
      },
    } as typeof systemFileOperations;
    const sleep = async (ms: number) => void waits.push(ms);
    const windows = createNodeFileSystem({ platform: 'win32', operations, sleep });
    await windows.writeFile(path, bytes('new'));
    expect(await fs.readFile(path, 'utf8')).toBe('new');
    expect(waits.length).toBe(3);

    refusals = Number.POSITIVE_INFINITY;
    waits.length = 0;
    expect(await codeOf(windows.writeFile(path, bytes('newer')))).toBe('EBUSY');
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(2000);
    expect(await fs.readdir(folder)).toEqual(['file.txt']);

    refusals = 1;
    const linux = createNodeFileSystem({ platform: 'linux', operations, sleep });
    expect(await codeOf(linux.writeFile(path, bytes('newest')))).toBe('EBUSY');
  });
});

describe('readFile', () => {
  it('answers the bytes, and refuses what is larger than asked for', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), 'abc');
    expect(new TextDecoder().decode(await files.readFile(join(folder, 'a')))).toBe('abc');
    expect((await files.readFile(join(folder, 'a'), { maxBytes: 3 })).length).toBe(3);
    expect(await codeOf(files.readFile(join(folder, 'a'), { maxBytes: 2 }))).toBe('EFBIG');
    expect(await codeOf(files.readFile(join(folder, 'none')))).toBe('ENOENT');
    expect(await codeOf(files.readFile(folder))).toBe('EISDIR');
  });

  it('reads files that report no size, within the limit', async () => {
    const status = new TextDecoder().decode(await files.readFile('/proc/self/status'));
    expect(status).toContain('Pid:');
    expect(await codeOf(files.readFile('/proc/self/status', { maxBytes: 10 }))).toBe('EFBIG');
  });

  it('reads a large file whole', async () => {
    const folder = await temporaryFolder();
    const large = new Uint8Array(9_000_001).fill(7);
    await fs.writeFile(join(folder, 'large'), large);
    expect(Buffer.from(large).equals(await files.readFile(join(folder, 'large')))).toBe(true);
  });

  it('never waits for a pipe, a socket or a device', async () => {
    const folder = await temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    expect(await codeOf(files.readFile(join(folder, 'pipe')))).toBe('EINVAL');
    expect(await codeOf(files.readFile(join(folder, 'socket')))).toBe('EINVAL');
    expect(await codeOf(files.readFile('/dev/zero'))).toBe('EINVAL');
    expect(await codeOf(files.readRange('/dev/zero', 0, 10))).toBe('EINVAL');
    server.close();
  });

  it('refuses a file that becomes a pipe between looking and opening', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'regular'), '');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const operations = {
      ...systemFileOperations,
      stat: () => fs.stat(join(folder, 'regular')),
    } as unknown as typeof systemFileOperations;
    const raced = createNodeFileSystem({ platform: 'linux', operations });
    expect(await codeOf(raced.readFile(join(folder, 'pipe')))).toBe('EINVAL');
  });

  it('rejects with the reason of an abort', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), 'abc');
    const reason = new Error('stopped');
    await expect(files.readFile(join(folder, 'a'), { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

describe('readRange', () => {
  it('answers what there is of the range', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), '0123456789');
    const part = async (offset: number, length: number) =>
      new TextDecoder().decode(await files.readRange(join(folder, 'a'), offset, length));
    expect(await part(2, 3)).toBe('234');
    expect(await part(8, 100)).toBe('89');
    expect(await part(50, 1)).toBe('');
  });
});

describe('stat and lstat', () => {
  it('tell kinds and modes, and undefined for what is not there', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), 'abc', { mode: 0o640 });
    await fs.symlink('a', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await files.stat(join(folder, 'link'))).toMatchObject({
      kind: 'file',
      size: 3,
      mode: 0o640,
      nlink: 1,
    });
    expect(await files.lstat(join(folder, 'link'))).toMatchObject({ kind: 'symlink' });
    expect(await files.stat(join(folder, 'pipe'))).toMatchObject({ kind: 'other' });
    expect(await files.stat(folder)).toMatchObject({ kind: 'directory' });
    expect(await files.stat(join(folder, 'none'))).toBeUndefined();
    expect(await files.lstat(join(folder, 'a', 'below'))).toBeUndefined();
  });
});

describe('realPath', () => {
  it('resolves the deepest existing ancestor and keeps the rest', async () => {
    const folder = await temporaryFolder();
    await fs.mkdir(join(folder, 'real'));
    await fs.symlink('real', join(folder, 'link'));
    expect(await files.realPath(join(folder, 'link', 'x', 'y'))).toBe(join(folder, 'real', 'x', 'y'));
    expect(await files.realPath(join(folder, 'link', '..', 'z'))).toBe(join(folder, 'z'));
    expect(await files.realPath('/')).toBe('/');
  });

  it('follows links that dangle, through more than one hop', async () => {
    const folder = await temporaryFolder();
    await fs.symlink('second', join(folder, 'first'));
    await fs.symlink('/nowhere/target', join(folder, 'second'));
    expect(await files.realPath(join(folder, 'first', 'x'))).toBe('/nowhere/target/x');
  });

  it('throws ELOOP for links that lead to themselves', async () => {
    const folder = await temporaryFolder();
    await fs.symlink('b', join(folder, 'a'));
    await fs.symlink('a', join(folder, 'b'));
    expect(await codeOf(files.realPath(join(folder, 'a')))).toBe('ELOOP');
    expect(await codeOf(files.realPath(join(folder, 'a', 'x')))).toBe('ELOOP');
    expect(await codeOf(files.writeFile(join(folder, 'a'), bytes('')))).toBe('ELOOP');
  });
});

describe('folders, links and removal', () => {
  it('makes missing folders and names those it made, outermost first', async () => {
    const folder = await temporaryFolder();
    const made = await files.makeDirectory(join(folder, 'a', 'b', 'c'));
    expect(made).toEqual([join(folder, 'a'), join(folder, 'a', 'b'), join(folder, 'a', 'b', 'c')]);
    expect(await files.makeDirectory(join(folder, 'a', 'b'))).toEqual([]);
    await fs.writeFile(join(folder, 'file'), '');
    expect(await codeOf(files.makeDirectory(join(folder, 'file', 'x')))).toBe('ENOTDIR');
  });

  it('removes files and links, and no more than that', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), '');
    await fs.symlink('a', join(folder, 'link'));
    await files.removeFile(join(folder, 'link'));
    await files.removeFile(join(folder, 'none'));
    expect(await fs.readdir(folder)).toEqual(['a']);
    expect(await files.removeEmptyDirectory(folder)).toBe(false);
    expect(await files.removeEmptyDirectory(join(folder, 'none'))).toBe(false);
    await files.makeDirectory(join(folder, 'sub'));
    expect(await files.removeEmptyDirectory(join(folder, 'sub'))).toBe(true);
  });

  it('makes and reads links, sets modes and lists folders', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'a'), '');
    await files.makeLink(join(folder, 'link'), 'a');
    await files.setMode(join(folder, 'a'), 0o700);
    expect(await files.readLink(join(folder, 'link'))).toBe('a');
    expect((await files.stat(join(folder, 'a')))?.mode).toBe(0o700);
    expect([...(await files.readDirectory(folder))].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'a', kind: 'file' },
      { name: 'link', kind: 'symlink' },
    ]);
    expect(await codeOf(files.readDirectory(join(folder, 'none')))).toBe('ENOENT');
  });
});
