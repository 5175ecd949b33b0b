/** Stores that are damaged or deleted, and two processes on one folder, with commands on the disk. */
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { createDiskWorld, outcomesOf, type World } from '../world.ts';

let world: World;

beforeEach(async () => {
  world = await createDiskWorld({ capture: true, isVolatile: true });
  await world.user({ 'a.txt': 'one\n', 'b.txt': 'two\n' });
});

afterEach(() => world.remove());

const rewind = (checkpoints: Checkpoints, userMessageId = 'm1') =>
  checkpoints.rewind({ userMessageId, dryRun: false, mode: 'merge' });

async function begin(sessionId?: string): Promise<Checkpoints> {
  const checkpoints = await world.open(sessionId);
  checkpoints.beginTurn('m1');
  return checkpoints;
}

/** The one file of the session's store that is named so. */
function stored(name: string): string {
  const top = world.storage.locate(['checkpoints']);
  const found = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.includes('sessions') && path.endsWith(name),
  );
  expect(found).toHaveLength(1);
  return join(top, found[0] ?? '');
}

describe('a store that is damaged', () => {
  test('loses the content that a flipped bit lies in, and no other', async () => {
    let checkpoints = await begin();
    await world.shell(checkpoints, 'm1', 'echo changed > a.txt; echo changed too > b.txt');
    await checkpoints.close();
    const pack = stored('.pack');
    const bytes = readFileSync(pack);
    const at = bytes.indexOf('one\n');
    expect(at).toBeGreaterThan(0);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(pack, bytes);
    checkpoints = await world.open();
    const answer = await rewind(checkpoints);
    expect(outcomesOf(answer, world)).toEqual({ 'a.txt': 'skipped', 'b.txt': 'restored' });
    expect(answer.files).toMatchObject([{ reason: 'The stored copy is damaged.' }, {}]);
    expect(await world.tree()).toEqual({ 'a.txt': '644 changed\n', 'b.txt': '644 two\n' });
    await checkpoints.close();
  });

  test('is used up to where its journal was torn', async () => {
    let checkpoints = await begin();
    await world.shell(checkpoints, 'm1', 'echo changed > a.txt');
    await checkpoints.close();
    const journal = stored('journal.bin');
    const { length } = readFileSync(journal);
    checkpoints = await world.open();
    checkpoints.beginTurn('m2');
    await world.shell(checkpoints, 'm2', 'echo later > b.txt');
    await checkpoints.close();
    // Behind the frame of the second message, in the middle of what follows.
    truncateSync(journal, length + 300);
    checkpoints = await world.open();
    expect(checkpoints.list().map(({ userMessageId }) => userMessageId)).toEqual(['m1']);
    expect(outcomesOf(await rewind(checkpoints), world)).toMatchObject({ 'a.txt': 'restored' });
    await checkpoints.close();
    expect(world.logged).toContain('a checkpoint journal ends in the middle of a record');
  });
});

describe('a store that is deleted while it is open', () => {
  test('is made anew, with that of the folder, and what is recorded from then on outlives the process', async () => {
    let checkpoints = await begin();
    await world.shell(checkpoints, 'm1', 'echo changed > a.txt');
    rmSync(world.storage.locate(['checkpoints']), { recursive: true });
    checkpoints.beginTurn('m2');
    await world.shell(checkpoints, 'm2', 'echo again > a.txt; rm b.txt');
    await checkpoints.close();
    checkpoints = await world.open();
    expect(outcomesOf(await rewind(checkpoints, 'm2'), world)).toEqual({
      'a.txt': 'restored',
      'b.txt': 'restored',
    });
    expect(await world.tree()).toEqual({ 'a.txt': '644 changed\n', 'b.txt': '644 two\n' });
    await checkpoints.close();
  });

  test('is made anew for the folder where only that is deleted', async () => {
    const checkpoints = await begin();
    await world.shell(checkpoints, 'm1', 'echo changed > a.txt');
    const [root] = await world.storage.list(['checkpoints']);
    rmSync(world.storage.locate(['checkpoints', root?.name ?? '', 'trees']), { recursive: true });
    await world.user({ 'c.txt': 'three\n' });
    await world.shell(checkpoints, 'm1', 'rm b.txt c.txt');
    await rewind(checkpoints);
    expect(await world.tree()).toEqual({
      'a.txt': '644 one\n',
      'b.txt': '644 two\n',
      'c.txt': '644 three\n',
    });
    await checkpoints.close();
  });
});

describe('two processes on one folder', () => {
  test('take back what they have changed themselves, and not what the other has', async () => {
    const one = await begin('one');
    const other = await begin('other');
    await world.shell(one, 'm1', 'echo mine > a.txt; echo one > one.txt');
    await world.shell(other, 'm1', 'echo other > b.txt; echo other > other.txt');
    await world.shell(one, 'm1', 'echo more > more.txt');
    expect(outcomesOf(await rewind(other), world)).toEqual({ 'b.txt': 'restored', 'other.txt': 'restored' });
    expect(await world.tree()).toEqual({
      'a.txt': '644 mine\n',
      'b.txt': '644 two\n',
      'more.txt': '644 more\n',
      'one.txt': '644 one\n',
    });
    await rewind(one);
    expect(await world.tree()).toEqual({ 'a.txt': '644 one\n', 'b.txt': '644 two\n' });
    await one.close();
    await other.close();
  });

  test('the one that stays does without the other when that has died', async () => {
    const one = await begin('one');
    await world.shell(one, 'm1', 'echo mine > a.txt');
    await world.die();
    const other = await begin('other');
    await world.shell(other, 'm1', 'echo other > b.txt');
    expect(await rewind(other)).toMatchObject({ filesChanged: [world.at('b.txt')] });
    const again = await world.open('one');
    expect(await rewind(again)).toMatchObject({ filesChanged: [world.at('a.txt')] });
    expect(await world.tree()).toEqual({ 'a.txt': '644 one\n', 'b.txt': '644 two\n' });
    await other.close();
    await again.close();
  });
});
