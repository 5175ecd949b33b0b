import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileOperations, systemFileOperations } from '../../../src/node/fileOperations.ts';
import { createPathTracer } from '../../../src/node/tracePath.ts';

let folder: string;
const exact = { case: false, unicode: false };

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'belay-trace-')));
  await mkdir(join(folder, 'real', 'deep'), { recursive: true });
  await writeFile(join(folder, 'real', 'file'), 'x');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const trace = (path: string, operations: FileOperations = systemFileOperations) =>
  createPathTracer(operations, 'linux').trace(path);

describe('the way of a path', () => {
  it('is told link by link', async () => {
    await symlink('b/deep', join(folder, 'a'));
    await symlink('real', join(folder, 'b'));
    expect(await trace(join(folder, 'a', 'new'))).toEqual({
      real: join(folder, 'real', 'deep', 'new'),
      hops: [join(folder, 'b', 'deep', 'new'), join(folder, 'real', 'deep', 'new')],
      folding: exact,
    });
  });

  it('goes through links that lead to what is not there', async () => {
    await symlink('/nowhere/target', join(folder, 'a'));
    expect(await trace(join(folder, 'a', 'x'))).toMatchObject({
      real: '/nowhere/target/x',
      hops: ['/nowhere/target/x'],
    });
  });

  it('takes .. behind a link for the parent of what it leads to', async () => {
    await symlink('real/deep', join(folder, 'a'));
    expect(await trace(`${folder}/a/../file`)).toMatchObject({ real: join(folder, 'real', 'file') });
  });

  it('has an end when links lead in a circle', async () => {
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    await expect(trace(join(folder, 'a'))).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('may be long, with a link far behind', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const deep = join(folder, ...names);
    await mkdir(deep, { recursive: true });
    await symlink('../../n0', join(folder, ...names.slice(0, 36), 'a'));
    const path = [folder, ...names.slice(0, 36), 'a', '..', '..', 'real', '.', 'file', 'new'].join('/');
    const real = join(folder, ...names.slice(0, 33), 'real', 'file', 'new');
    expect(await trace(path)).toMatchObject({ real, hops: [real] });
    expect(await trace(join(deep, 'new'))).toMatchObject({ real: join(deep, 'new'), hops: [] });
  });

  it('does not end at what could not be looked at behind a link, but where it leads to that', async () => {
    await symlink('real', join(folder, 'a'));
    const refuse = (at: string): FileOperations => ({
      ...systemFileOperations,
      lstat: ((path: string) =>
        path === at
          ? Promise.reject(Object.assign(new Error('refused'), { code: 'EACCES' }))
          : systemFileOperations.lstat(path)) as FileOperations['lstat'],
    });
    const path = join(folder, 'a', 'file');
    const real = join(folder, 'real', 'file');
    expect(await trace(path, refuse(path))).toMatchObject({ real });
    await expect(trace(path, refuse(real))).rejects.toMatchObject({ code: 'EACCES' });
  });

  it('leads through the root of a process', async () => {
    expect(await trace(`/proc/self/root${folder}/real/file`)).toMatchObject({
      real: join(folder, 'real', 'file'),
    });
  });
});

describe('how a volume tells names apart', () => {
  it('is found out by looking for a name in the other case, once', async () => {
    let looks = 0;
    const folding: FileOperations = {
      ...systemFileOperations,
      lstat: ((path: string) => {
        const name = path.slice(path.lastIndexOf('/') + 1);
        const isOther = /^[A-Z]+$/.test(name);
        if (isOther) looks += 1;
        return systemFileOperations.lstat(isOther ? path.slice(0, -name.length) + name.toLowerCase() : path);
      }) as FileOperations['lstat'],
    };
    const tracer = createPathTracer(folding, 'linux');
    const path = join(folder, 'real');
    expect(await tracer.trace(path)).toMatchObject({ folding: { case: true, unicode: true } });
    expect(await tracer.trace(join(path, 'deep'))).toMatchObject({ folding: { case: true, unicode: true } });
    expect(looks).toBe(1);
  });
});
