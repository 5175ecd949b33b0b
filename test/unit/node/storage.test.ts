import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/core/ports.ts';
import { readOwnIdentity } from '../../../src/node/processIdentity.ts';
import { createNodeStorage } from '../../../src/node/storage.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (of: Uint8Array | undefined) => (of === undefined ? undefined : new TextDecoder().decode(of));

describe('files of the storage', () => {
  it('writes, reads, lists and removes, making folders on the way', async () => {
    const storage = createNodeStorage(join(await temporaryFolder(), 'store'));
    expect(await storage.list(['a'])).toEqual([]);
    expect(await storage.readFile(['a', 'x'])).toBeUndefined();
    await storage.writeFile(['a', 'x'], bytes('one'));
    await storage.writeFile(['a', 'x'], bytes('three'));
    expect(text(await storage.readFile(['a', 'x']))).toBe('three');
    expect(await storage.list(['a'])).toEqual([{ name: 'x', size: 5, mtimeMs: expect.any(Number) }]);
    await storage.remove(['a', 'x']);
    await storage.remove(['a', 'x']);
    expect(await storage.list(['a'])).toEqual([]);
  });

  it('removes a folder with all that is in it, and nothing that a link in it leads to', async () => {
    const root = await temporaryFolder();
    const storage = createNodeStorage(join(root, 'store'));
    await fs.mkdir(join(root, 'outside'));
    await fs.writeFile(join(root, 'outside', 'kept'), '');
    await storage.writeFile(['a', 'b', 'x'], bytes('one'));
    await storage.writeFile(['c', 'x'], bytes('one'));
    await fs.symlink(join(root, 'outside'), storage.locate(['a', 'b', 'link']));
    await storage.removeFolder(['a']);
    await storage.removeFolder(['a']);
    expect((await storage.list([])).map(({ name }) => name)).toEqual(['c']);
    expect(await fs.readdir(join(root, 'outside'))).toEqual(['kept']);
  });

  it('keeps others out: folders 0700, files 0600', async () => {
    const root = join(await temporaryFolder(), 'store');
    const storage = createNodeStorage(root);
    await storage.writeFile(['a', 'x'], bytes('one'));
    await (await storage.openAppend(['a', 'log'])).close();
    const modeOf = async (path: string) => (await fs.stat(path)).mode & 0o777;
    expect(await modeOf(join(root, 'a'))).toBe(0o700);
    expect(await modeOf(join(root, 'a', 'x'))).toBe(0o600);
    expect(await modeOf(join(root, 'a', 'log'))).toBe(0o600);
  });

  it('refuses names that would lead out of it', async () => {
    const storage = createNodeStorage(await temporaryFolder());
    for (const name of ['..', '.', '', 'a/b', 'a\\b', 'a\0'])
      expect(() => storage.locate([name])).toThrow(FileError);
    expect(storage.locate(['a', 'b.c'])).toMatch(/a.b\.c$/);
  });
});

describe('append files', () => {
  it('append in the order asked, and read at any place', async () => {
    const storage = createNodeStorage(await temporaryFolder());
    const file = await storage.openAppend(['journal']);
    await Promise.all(['one', 'two', 'three'].map((word) => file.append(bytes(word))));
    await file.flush();
    expect(file.size).toBe(11);
    expect(text(await file.read(3, 3))).toBe('two');
    expect(text(await file.read(6, 100))).toBe('three');
    expect((await file.read(50, 4)).length).toBe(0);
    await file.close();
  });

  it('go on after what was there, and drop a torn tail', async () => {
    const storage = createNodeStorage(await temporaryFolder());
    const first = await storage.openAppend(['journal']);
    await first.append(bytes('good|torn'));
    await first.close();
    const second = await storage.openAppend(['journal']);
    expect(second.size).toBe(9);
    await second.truncate(5);
    await second.append(bytes('new'));
    expect(text(await second.read(0, 100))).toBe('good|new');
    await second.close();
  });
});

describe('locks', () => {
  it('are held by one at a time, and free again after release', async () => {
    const storage = createNodeStorage(await temporaryFolder());
    const first = await storage.lock(['lock']);
    expect(first).toBeDefined();
    expect(await storage.lock(['lock'])).toBeUndefined();
    await first?.release();
    const second = await storage.lock(['lock']);
    expect(second).toBeDefined();
    await second?.release();
    expect(await storage.list([])).toEqual([]);
  });

  it('are respected while the holder lives', async () => {
    const root = await temporaryFolder();
    await writeHolder(join(root, 'lock'), await readOwnIdentity());
    expect(await createNodeStorage(root).lock(['lock'])).toBeUndefined();
  });

  const dead = {
    'of a process that has ended': async () => ({ ...(await readOwnIdentity()), pid: await endedPid() }),
    'of an earlier process with the same pid': async () => ({ ...(await readOwnIdentity()), started: '1' }),
    'of an earlier boot': async () => ({ ...(await readOwnIdentity()), boot: 'another' }),
  };
  for (const [whose, identity] of Object.entries(dead)) {
    it(`${whose} are taken over, by exactly one of many`, async () => {
      const root = await temporaryFolder();
      await writeHolder(join(root, 'lock'), await identity());
      const storage = createNodeStorage(root);
      const taken = (await Promise.all(Array.from({ length: 30 }, () => storage.lock(['lock'])))).filter(
        Boolean,
      );
      expect(taken.length).toBe(1);
      expect(await storage.lock(['lock'])).toBeUndefined();
      await taken[0]?.release();
      expect(await storage.list([])).toEqual([]);
    });
  }

  it('torn by a power loss are taken over', async () => {
    const root = await temporaryFolder();
    await fs.writeFile(join(root, 'lock'), '\0\0\0');
    const lock = await createNodeStorage(root).lock(['lock']);
    expect(lock).toBeDefined();
    await lock?.release();
    expect(await fs.readdir(root)).toEqual([]);
  });

  it('are taken over also when a process died in the middle of taking over', async () => {
    const root = await temporaryFolder();
    const gone = { ...(await readOwnIdentity()), pid: await endedPid() };
    await writeHolder(join(root, 'lock'), gone, 'first-nonce');
    await writeHolder(join(root, 'lock.first-nonc'), gone, 'second-nonce');
    expect(await createNodeStorage(root).lock(['lock'])).toBeDefined();
    expect(await fs.readdir(root)).toEqual(['lock']);
  });

  it('that were taken from us are not removed by our release', async () => {
    const root = await temporaryFolder();
    const storage = createNodeStorage(root);
    const lock = await storage.lock(['lock']);
    await writeHolder(join(root, 'lock'), await readOwnIdentity(), 'of somebody else');
    await lock?.release();
    expect(await fs.readdir(root)).toEqual(['lock']);
  });
});

async function writeHolder(path: string, identity: object, nonce = 'a nonce of theirs'): Promise<void> {
  await fs.writeFile(path, JSON.stringify({ ...identity, nonce }));
}

async function endedPid(): Promise<number> {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'echo $$']);
  return Number(stdout);
}
