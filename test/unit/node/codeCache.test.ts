import { chmod, chown, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CachedScriptOptions, loadCachedScript } from '../../../src/node/codeCache.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const uid = process.getuid?.();
const SOMEBODY = 12345;
let folder: string;
let path: string;
let texts = 100;

beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'program.js');
  await changeScript();
});

/** To a text of the same length that this process has not seen: V8 would know it, and sees no more than the length of others. */
async function changeScript(): Promise<string> {
  texts += 1;
  await writeFile(path, `(() => '${texts}')`);
  return String(texts);
}

function load(options: Partial<CachedScriptOptions> = {}): ReturnType<typeof loadCachedScript> {
  return loadCachedScript({ path, hash: 'h1', uid, ...options });
}

/** Resolves with the path of the file. */
async function keepCode(): Promise<string> {
  const script = load();
  (script.run() as () => unknown)();
  script.keepCode();
  const [cache = ''] = (await readdir(folder)).filter((name) => name.endsWith('.cache'));
  return join(folder, cache);
}

/** With a script that was changed behind the back of what was kept. */
async function startAgain(options: Partial<CachedScriptOptions> = {}): Promise<'kept' | 'compiled'> {
  const text = await changeScript();
  return (load(options).run() as () => unknown)() === text ? 'compiled' : 'kept';
}

describe('a script with a code cache', () => {
  it('runs without one, and leaves none that nobody asked for', async () => {
    expect(await startAgain()).toBe('compiled');
    expect(await readdir(folder)).toEqual(['program.js']);
  });

  it('starts from what was kept', async () => {
    await keepCode();
    expect(await startAgain()).toBe('kept');
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('takes nothing that was kept of another script', async () => {
    await keepCode();
    expect(await startAgain({ hash: 'h2' })).toBe('compiled');
  });

  it('keeps nothing of a script without a hash', async () => {
    load({ hash: undefined }).keepCode();
    expect(await readdir(folder)).toEqual(['program.js']);
  });

  it.skipIf(uid === undefined)('takes nothing that others may write to', async () => {
    const cache = await keepCode();
    await chmod(cache, 0o664);
    expect(await startAgain()).toBe('compiled');
    await chmod(cache, 0o646);
    expect(await startAgain()).toBe('compiled');
    await chmod(cache, 0o644);
    expect(await startAgain()).toBe('kept');
  });

  it.skipIf(uid !== 0)(
    'takes what is of root, of the user or of the owner of the script, and of nobody else',
    async () => {
      const cache = await keepCode();
      expect(await startAgain({ uid: SOMEBODY })).toBe('kept');
      await chown(cache, SOMEBODY, SOMEBODY);
      expect(await startAgain()).toBe('compiled');
      expect(await startAgain({ uid: SOMEBODY })).toBe('kept');
      await chown(path, SOMEBODY, SOMEBODY);
      expect(await startAgain()).toBe('kept');
    },
  );

  it('runs when what was kept is damaged, and leaves that as it is', async () => {
    const cache = await keepCode();
    await truncate(cache, 100);
    expect(await startAgain()).toBe('compiled');
    load().keepCode();
    expect(await readFile(cache)).toHaveLength(100);
  });

  it('goes without where nothing can be written', async () => {
    const script = load();
    await rm(folder, { recursive: true });
    expect(() => script.keepCode()).not.toThrow();
  });

  it('leaves nothing half-written behind', async () => {
    const cache = await keepCode();
    expect((await readdir(folder)).sort()).toEqual(['program.js', cache.slice(folder.length + 1)]);
  });
});
