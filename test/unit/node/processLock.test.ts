/** Locks between processes, and those that a crash has left behind (SECURITY F35). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../../src/node/processLock.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A lock as this process has made it, changed as a test wants it. */
async function leaveLock(change: (holder: Record<string, unknown>) => object): Promise<string> {
  const path = join(await temporaryFolder(), 'lock');
  expect(await takeLock(path)).toBeDefined();
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
  return path;
}

/** The pid of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

const DAY_MS = 86_400_000;
/** Only Linux tells one boot from another. */
const EARLIER_BOOT: [string, () => Promise<object>][] =
  process.platform === 'linux'
    ? [
        [
          'that was started by an earlier boot',
          async () => ({ boot: '00000000-0000-0000-0000-000000000000' }),
        ],
      ]
    : [];

describe('a lock', () => {
  it('has one holder, until that one releases it', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const first = await takeLock(path);
    expect(await takeLock(path)).toBeUndefined();
    await first?.release();
    expect(await takeLock(path)).toBeDefined();
  });

  it('of a process that lives is not taken over', async () => {
    const path = await leaveLock((holder) => holder);
    expect(await takeLock(path)).toBeUndefined();
  });

  it.each<[string, () => Promise<object>]>([
    ['that has ended', async () => ({ pid: await endedPid() })],
    // This very process has the pid now; whoever held the lock was another one.
    ['whose pid another process has now', async () => ({ started: String(Date.now() - DAY_MS) })],
    ...EARLIER_BOOT,
  ])('of a process %s is taken over', async (_, change) => {
    const changed = await change();
    const path = await leaveLock((holder) => ({ ...holder, ...changed, nonce: 'of-the-dead' }));
    const taken = await takeLock(path);
    expect(taken).toBeDefined();
    expect(await takeLock(path)).toBeUndefined();
    await taken?.release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('that a power loss has torn is taken over', async () => {
    const path = join(await temporaryFolder(), 'lock');
    await writeFile(path, '{"pid": 1');
    expect(await takeLock(path)).toBeDefined();
  });

  it('of the dead is taken by one, however many want it', async () => {
    const pid = await endedPid();
    const path = await leaveLock((holder) => ({ ...holder, pid, nonce: 'of-the-dead' }));
    const taken = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)));
    expect(taken.filter((lock) => lock !== undefined)).toHaveLength(1);
  });

  it('that was taken over is not removed by its former holder', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const former = await takeLock(path);
    const holder = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...holder, nonce: 'of-another' }));
    await former?.release();
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ nonce: 'of-another' });
  });
});
