import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Log, Storage } from '../../../src/core/ports.ts';
import { type FileOperations, systemFileOperations } from '../../../src/node/fileOperations.ts';
import { createNodeFileSystem } from '../../../src/node/fileSystem.ts';
import { createNodeStorage } from '../../../src/node/storage.ts';
import { createTemporaryFiles, type TemporaryFiles } from '../../../src/node/temporaryFiles.ts';
import { MemoryStorage } from '../../support/memory/storage.ts';
import { faultyOperations } from './faultyOperations.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A process of its own; `storage.copy()` is what one finds that comes after its death. */
function startProcess(storage: Storage, operations: FileOperations = systemFileOperations) {
  const temporaryFiles: TemporaryFiles = createTemporaryFiles({ storage, platform: 'linux', log: silent });
  return {
    temporaryFiles,
    files: createNodeFileSystem({ platform: 'linux', operations, temporaryFiles }),
  };
}

describe('temporary files', () => {
  for (const before of ['old', undefined]) {
    it(`of a process killed at any step are removed by the next, and nothing else is (${before ?? 'new file'})`, async () => {
      const folder = await temporaryFolder();
      const foreign = '.belay-00000000-0000.tmp';
      let found = 0;
      for (let killAt = 1; ; killAt += 1) {
        await fs.rm(join(folder, 'a.txt'), { force: true });
        if (before !== undefined) await fs.writeFile(join(folder, 'a.txt'), before);
        await fs.writeFile(join(folder, foreign), 'looks like one');
        const storage = new MemoryStorage();
        const { operations } = faultyOperations(killAt, { lasting: true });
        const written = await startProcess(storage, operations)
          .files.writeFile(join(folder, 'a.txt'), bytes('new'))
          .then(
            () => true,
            () => false,
          );
        const isLeft = (name: string) => name !== 'a.txt' && name !== foreign;
        found += (await fs.readdir(folder)).filter(isLeft).length;
        const next = storage.copy();
        await startProcess(next).temporaryFiles.sweep();
        const names = await fs.readdir(folder);
        expect(names.filter((name) => name !== 'a.txt')).toEqual([foreign]);
        expect(next.paths()).toEqual([]);
        const after = names.includes('a.txt') ? await fs.readFile(join(folder, 'a.txt'), 'utf8') : undefined;
        expect([before, 'new']).toContain(after);
        if (written) break;
      }
      expect(found).toBeGreaterThan(3);
    });
  }

  it('of a process that lives are left to it', async () => {
    const folder = await temporaryFolder();
    const storage = createNodeStorage(join(folder, 'storage'));
    await fs.mkdir(join(folder, 'work'));
    const path = join(folder, 'work', 'a.txt');
    const operations: FileOperations = {
      ...systemFileOperations,
      rename: async (from, to) => {
        await startProcess(storage).temporaryFiles.sweep();
        await fs.rename(from, to);
      },
    };
    const living = startProcess(storage, operations);
    await living.files.writeFile(path, bytes('new'));
    expect(await fs.readFile(path, 'utf8')).toBe('new');
    expect((await storage.list(['temporary'])).map(({ name, size }) => [name.split('.')[1], size])).toEqual(
      expect.arrayContaining([['paths', 0]]),
    );
    await living.temporaryFiles.close();
    expect(await storage.list(['temporary'])).toEqual([]);
  });

  it('are not looked for through a link that took the place of their folder', async () => {
    const folder = await temporaryFolder();
    const name = '.belay-12345678-9abc.tmp';
    const storage = new MemoryStorage();
    await startProcess(storage).temporaryFiles.announce(join(folder, 'work', name));
    await fs.mkdir(join(folder, 'elsewhere'));
    await fs.writeFile(join(folder, 'elsewhere', name), 'precious');
    await fs.symlink('elsewhere', join(folder, 'work'));
    const next = storage.copy();
    await startProcess(next).temporaryFiles.sweep();
    expect(await fs.readdir(join(folder, 'elsewhere'))).toEqual([name]);
    expect(next.paths()).toEqual([]);
  });

  it('are only those with such a name, whatever a damaged list says', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'precious.txt'), '');
    const storage = new MemoryStorage();
    const list = `"${join(folder, 'precious.txt')}"\n17\n"${folder}/.belay-1234`;
    await storage.writeFile(['temporary', 'dead.paths'], bytes(list));
    await startProcess(storage).temporaryFiles.sweep();
    expect(await fs.readdir(folder)).toEqual(['precious.txt']);
    expect(storage.paths()).toEqual([]);
  });

  it('can be made though no list can be kept', async () => {
    const folder = await temporaryFolder();
    const full = () => Promise.reject(new Error('no space left'));
    const storage: Storage = { ...createNodeStorage(folder), openAppend: full, list: full, remove: full };
    const { files, temporaryFiles } = startProcess(storage);
    await temporaryFiles.sweep();
    await files.writeFile(join(folder, 'a.txt'), bytes('new'));
    await temporaryFiles.close();
    expect(await fs.readFile(join(folder, 'a.txt'), 'utf8')).toBe('new');
  });
});
