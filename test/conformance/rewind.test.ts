/** What the official Agent SDK must be able to do with Belay: taking back what was done to files. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, createWorld, type World } from '../support/conformance/sdkSession.ts';
import { playTwoTurns } from '../support/conformance/twoTurns.ts';

let world: World;
let first: string;
let second: string;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

/** Two turns: a.txt is changed in both, b.txt is made in the second. */
async function change(): Promise<Conversation> {
  const turns = await playTwoTurns(world, { extraArgs: { 'replay-user-messages': null } });
  ({ first, second } = turns);
  expect(await world.content('a.txt')).toBe('two\n');
  return turns.session;
}

describe('rewindFiles', () => {
  it('says what it would do, and does nothing', async () => {
    const session = await change();
    const answer = await session.query.rewindFiles(second, { dryRun: true });
    expect(answer).toMatchObject({ canRewind: true, insertions: 1, deletions: 2 });
    expect([...(answer.filesChanged ?? [])].sort()).toEqual([world.at('a.txt'), world.at('b.txt')]);
    expect(await world.content('a.txt')).toBe('two\n');
  });

  it('goes back one step: a changed file is as it was, a made one is gone', async () => {
    const session = await change();
    expect(await session.query.rewindFiles(second)).toMatchObject({ canRewind: true });
    expect(await world.content('a.txt')).toBe('one\n');
    expect(await world.isThere('b.txt')).toBe(false);
  });

  it('goes back two steps', async () => {
    const session = await change();
    await session.query.rewindFiles(first);
    expect(await world.content('a.txt')).toBe('zero\n');
    expect(await world.isThere('b.txt')).toBe(false);
  });

  it('takes the ids of the prompts as they are said again', async () => {
    const session = await change();
    const replayed = session.messages.flatMap((message) =>
      message.type === 'user' && 'isReplay' in message ? [message.uuid] : [],
    );
    expect(replayed).toEqual([first, second]);
  });

  it('works in a session that was resumed', async () => {
    const session = await change();
    const { session_id } = await session.result(1);
    await session.end();
    const later = world.open({ resume: session_id, enableFileCheckpointing: true });
    await later.query.rewindFiles(first);
    expect(await world.content('a.txt')).toBe('zero\n');
  });

  it('says that it can not when checkpoints are off', async () => {
    const session = world.open();
    expect(await session.query.rewindFiles(crypto.randomUUID())).toMatchObject({
      canRewind: false,
      error: expect.stringContaining('off'),
    });
  });
});
