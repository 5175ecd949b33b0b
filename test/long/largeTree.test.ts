// A hundred thousand files: what a checkpoint of a few of them costs in the store, and that it is exact.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDiskWorld, type World } from '../unit/core/checkpoints/world.ts';

const FOLDERS = 1_000;
const FILES = 100;
/** Of what is saved about a file between sessions. Bytes. */
const MOST_OF_A_FILE = 64;

test('of 100,000 files in a repository, a checkpoint keeps what has changed and little else', async () => {
  const world = await createDiskWorld({ capture: true, isVolatile: true });
  try {
    makeFiles(world);
    const checkpoints = await world.open();
    checkpoints.beginTurn('first');
    await world.shell(checkpoints, 'first', 'true');
    const before = await sizesOf(world);
    expect(checkpoints.captureStates()).toMatchObject([
      { state: { kind: 'ready', files: FOLDERS * FILES, unkept: [] } },
    ]);
    expect(before.packs).toBe(0);
    checkpoints.beginTurn('second');
    const call = checkpoints.record({ userMessageId: 'second', toolUseId: 'call', origin: 'shell' });
    await call.expectChanges('shell');
    const noise = changeSome(world);
    await call.finish();
    await checkpoints.endTurn();
    const after = await sizesOf(world);
    // Before and after of each: what was there before lay in the repository, and is a small text.
    expect(after.packs - before.packs).toBeLessThanOrEqual(noise * 1.1 + 64 * 1024);
    expect(after.indexes).toBeLessThanOrEqual(FOLDERS * FILES * MOST_OF_A_FILE);
    const answer = await checkpoints.rewind({ userMessageId: 'second', dryRun: false, mode: 'merge' });
    expect(answer.filesChanged).toHaveLength(122);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: world.root, encoding: 'utf8' })).toBe('');
    await checkpoints.close();
  } finally {
    await world.remove();
  }
}, 600_000);

function makeFiles(world: World): void {
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: world.root });
  };
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    mkdirSync(world.at(`part${folder % 10}/f${folder}`), { recursive: true });
    for (let file = 0; file < FILES; file += 1)
      writeFileSync(world.at(`part${folder % 10}/f${folder}/${file}.txt`), `content ${file % 50}\n`);
  }
  execFileSync('find', ['.', '-exec', 'touch', '-h', '-d', '1 hour ago', '{}', '+'], { cwd: world.root });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'all');
}

/** Changes 20 files, makes one, takes a folder of 100 away and one file. The bytes that are there since. */
function changeSome(world: World): number {
  let noise = 0;
  for (let index = 0; index < 20; index += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(20_000));
    appendFileSync(world.at(`part${index % 10}/f${index * 10 + (index % 10)}/7.txt`), bytes);
    noise += bytes.length;
  }
  writeFileSync(world.at('new.txt'), 'new');
  rmSync(world.at('part5/f995'), { recursive: true });
  rmSync(world.at('part6/f996/3.txt'));
  return noise;
}

async function sizesOf(world: World): Promise<{ readonly packs: number; readonly indexes: number }> {
  let [packs, indexes] = [0, 0];
  const top = world.storage.locate(['checkpoints']);
  for (const entry of await readdir(top, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.includes('/git/') || !entry.isFile()) continue;
    if (entry.name.endsWith('.pack')) packs += statSync(path).size;
    if (entry.name.endsWith('.bin') && entry.name.startsWith('index')) indexes += readFileSync(path).length;
  }
  return { packs, indexes };
}
