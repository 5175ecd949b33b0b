/** What the official Agent SDK must be able to do with Belay: taking back what was done to files. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, createWorld, type World } from '../support/conformance/sdkSession.ts';
import { playTwoTurns } from '../support/conformance/twoTurns.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

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

describe('what commands change', () => {
  async function run(command: string, files: Readonly<Record<string, string>>): Promise<Conversation> {
    for (const [path, content] of Object.entries(files)) await world.write(path, content);
    world.server.script([toolUse('Bash', { command })], [text('Done.')]);
    const uuid = crypto.randomUUID();
    first = uuid;
    const session = world.open({
      enableFileCheckpointing: true,
      permissionMode: 'bypassPermissions',
      ...BYPASS,
    });
    await session.ask('go', { uuid });
    return session;
  }

  it('goes back with the turn: changed, made, renamed and removed', async () => {
    const session = await run('echo two >> a.txt; mkdir new; echo x > new/b.txt; mv c.txt d.txt; rm e.txt', {
      'a.txt': 'one\n',
      'c.txt': 'c\n',
      'e.txt': 'e\n',
    });
    expect(await session.query.rewindFiles(first)).toMatchObject({ canRewind: true });
    expect(await world.content('a.txt')).toBe('one\n');
    expect(await world.content('c.txt')).toBe('c\n');
    expect(await world.content('e.txt')).toBe('e\n');
    expect(await world.isThere('new')).toBe(false);
    expect(await world.isThere('d.txt')).toBe(false);
  });

  it('is told as a checkpoint of the call before the turn has ended', async () => {
    const session = await run('echo two >> a.txt', { 'a.txt': 'one\n' });
    const told = session.messages.findIndex(
      (message) => Reflect.get(message, 'subtype') === 'belay/checkpoint_created',
    );
    const ended = session.messages.findIndex(({ type }) => type === 'result');
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(ended);
    expect(session.messages[told]).toMatchObject({
      origin: 'shell',
      user_message_id: first,
      files: [{ path: world.at('a.txt'), change: 'modified', insertions: 1, deletions: 0 }],
    });
  });

  it('leaves what somebody else changed since', async () => {
    const session = await run('echo two > b.txt', { 'a.txt': 'one\n' });
    await world.write('a.txt', 'mine\n');
    await session.query.rewindFiles(first);
    expect(await world.content('a.txt')).toBe('mine\n');
    expect(await world.isThere('b.txt')).toBe(false);
  });
});

const BYPASS = { allowDangerouslySkipPermissions: true };
