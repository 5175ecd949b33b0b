import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import { toBytes, type World, worlds } from './world.ts';

describe.each(worlds)('what other sessions did to a file ($name)', ({ create }) => {
  let world: World;
  const open: Checkpoints[] = [];

  beforeEach(async () => {
    world = await create();
    await world.user({ 'a.txt': 'one\n' });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await world.remove();
  });

  async function openSession(id: string): Promise<Checkpoints> {
    const checkpoints = await world.open(id);
    open.push(checkpoints);
    return checkpoints;
  }

  /** A session that is over: it wrote these contents into the file, one after the other. */
  async function work(id: string, contents: readonly string[]): Promise<void> {
    const checkpoints = await world.open(id);
    for (const content of contents) await world.agent(checkpoints, `of ${id}`, { 'a.txt': content });
    await checkpoints.close();
  }

  const found = async (checkpoints: Checkpoints, path = 'a.txt') =>
    (await checkpoints.otherChanges(world.at(path))).map(({ sessionId, checkpoint, change }) => [
      sessionId,
      checkpoint.userMessageId,
      change.change,
      change.insertions,
    ]);

  test('is listed oldest first, without what the own session did', async () => {
    await work('first', ['one\ntwo\n', 'one\ntwo\nthree\nfour\n']);
    await work('second/with a slash', ['changed\n']);
    const own = await openSession('own');
    await world.agent(own, 'mine', { 'a.txt': 'mine\n', 'new.txt': 'new\n' });
    expect(await found(own)).toEqual([
      ['first', 'of first', 'modified', 1],
      ['first', 'of first', 'modified', 2],
      ['second/with a slash', 'of second/with a slash', 'modified', 1],
    ]);
    expect(await found(own, 'new.txt')).toEqual([]);
    expect(await found(own, 'never.txt')).toEqual([]);
  });

  test('is read as it was before and after', async () => {
    await work('first', ['two\n', 'three\n']);
    const own = await openSession('own');
    const changes = await own.otherChanges(world.at('a.txt'));
    const versions = await Promise.all(
      changes.map(({ sessionId, checkpoint, change }) =>
        own.otherVersions({ sessionId, checkpointId: checkpoint.id, path: change.path }),
      ),
    );
    const texts = versions.map((version) => [version?.before?.bytes, version?.after?.bytes]);
    expect(texts).toEqual([
      [toBytes('one\n'), toBytes('two\n')],
      [toBytes('two\n'), toBytes('three\n')],
    ]);
    const [one] = changes;
    if (one === undefined) throw new Error('there are changes');
    const { sessionId, checkpoint } = one;
    const at = { sessionId, checkpointId: checkpoint.id, path: world.at('a.txt') };
    expect(await own.otherVersions({ ...at, checkpointId: 'none' })).toBeUndefined();
    expect(await own.otherVersions({ ...at, sessionId: 'none' })).toBeUndefined();
    expect(await own.otherVersions({ ...at, path: world.at('b.txt') })).toBeUndefined();
  });

  test('is seen while the other session is open, which is not disturbed', async () => {
    const other = await openSession('other');
    await world.agent(other, 'm', { 'a.txt': 'two\n' });
    const own = await openSession('own');
    const [seen] = await own.otherChanges(world.at('a.txt'));
    expect(seen?.sessionId).toBe('other');
    await world.agent(other, 'm', { 'a.txt': 'three\n' });
    expect(await found(own)).toHaveLength(2);
    const answer = await other.rewind({ userMessageId: 'm', dryRun: false, mode: 'merge' });
    expect(answer.filesChanged).toEqual([world.at('a.txt')]);
    // The record of a rewind is written behind its answer.
    await other.endTurn();
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 one\n' });
    expect(await found(own)).toHaveLength(3);
  });

  test('is as much as can be read: a session that is damaged hides none of the others', async () => {
    await work('broken', ['two\n']);
    await work('whole', ['three\n']);
    const [folder = ''] = (await world.storage.list(['checkpoints'])).map(({ name }) => name);
    await world.storage.writeFile(
      ['checkpoints', folder, 'sessions', 'broken', 'journal.bin'],
      toBytes('no journal at all'),
    );
    const own = await openSession('own');
    expect(await found(own)).toEqual([['whole', 'of whole', 'modified', 1]]);
  });
});
