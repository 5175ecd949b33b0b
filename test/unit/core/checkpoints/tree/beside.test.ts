import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeRecorder, Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { createDiskWorld, outcomesOf, type World } from '../world.ts';

let world: World;

beforeEach(async () => {
  world = await createDiskWorld({ capture: true, trusted: false, isVolatile: true });
  await world.user({ 'a.txt': '0', 'b.txt': '0', 'c.txt': '0' });
});

afterEach(() => world.remove());

function run(command: string): void {
  execFileSync('bash', ['--noprofile', '--norc', '-ec', command], { cwd: world.root });
}

async function begin(checkpoints: Checkpoints, userMessageId: string): Promise<ChangeRecorder> {
  const toolUseId = `of ${userMessageId}`;
  const recorder = checkpoints.record({ userMessageId, toolUseId, origin: 'shell' });
  await recorder.expectChanges('shell');
  return recorder;
}

async function rewound(checkpoints: Checkpoints, userMessageId: string): Promise<Record<string, string>> {
  const answer = await checkpoints.rewind({ userMessageId, dryRun: false, mode: 'merge' });
  return outcomesOf(answer, world);
}

function findCalls(): string {
  const [store = ''] = readdirSync(world.storage.locate(['checkpoints']));
  return world.storage.locate(['checkpoints', store, 'calls']);
}

function holdByNobody(names: readonly string[]): void {
  const nobody = { pid: 2 ** 30, started: 'long ago', boot: 'another', nonce: 'none' };
  for (const name of names) writeFileSync(join(findCalls(), name), JSON.stringify(nobody));
}

/** As a process that is killed: what it held is there, under the name of nobody who lives. */
async function dieWithLocks(): Promise<void> {
  const held = readdirSync(findCalls());
  await world.die();
  holdByNobody(held);
}

describe('two sessions in one folder', () => {
  let a: Checkpoints;
  let b: Checkpoints;

  beforeEach(async () => {
    [a, b] = [await world.open('a'), await world.open('b')];
    for (const one of [a, b]) one.beginTurn('m');
  });

  afterEach(async () => {
    await a.close();
    await b.close();
  });

  test('whose commands follow each other have each what it changed', async () => {
    await world.shell(a, 'm', 'echo 1 > a.txt');
    await world.shell(b, 'm', 'echo 2 > b.txt');
    expect(await rewound(a, 'm')).toEqual({ 'a.txt': 'restored' });
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 0', 'b.txt': '644 0' });
  });

  test('whose commands overlap take back nothing of each other unasked', async () => {
    const first = await begin(a, 'm');
    run('echo 1 > a.txt');
    const second = await begin(b, 'm');
    run('echo 2 > b.txt');
    await second.finish();
    run('echo 3 > c.txt');
    await first.finish();
    // What a has seen and b has not is a's; b was open while a was.
    expect(await rewound(a, 'm')).toEqual({
      'a.txt': 'restored',
      'b.txt': 'conflicted',
      'c.txt': 'restored',
    });
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'conflicted' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 0', 'b.txt': '644 2\n', 'c.txt': '644 0' });
    const taken = await b.rewind({
      userMessageId: 'm',
      dryRun: false,
      mode: 'merge',
      resolutions: { [world.at('b.txt')]: 'take' },
    });
    expect(outcomesOf(taken, world)).toEqual({ 'b.txt': 'restored' });
  });

  test('keep what a tool of the other has written while a command ran', async () => {
    const command = await begin(a, 'm');
    run('echo 1 > a.txt');
    await world.agent(b, 'm', { 'b.txt': 'of b' });
    await command.finish();
    expect(await rewound(a, 'm')).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 0', 'b.txt': '644 of b' });
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'restored' });
  });

  test('keep what a rewind of the other has brought back while a command ran', async () => {
    await world.agent(b, 'm', { 'b.txt': 'of b' });
    const command = await begin(a, 'm');
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'restored' });
    run('echo 1 > a.txt');
    await command.finish();
    expect(await rewound(a, 'm')).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 0', 'b.txt': '644 0' });
  });

  test('have what their commands change while one of the other goes on behind', async () => {
    const behind = await begin(a, 'm');
    await behind.goOn();
    await world.shell(b, 'm', 'echo 2 > b.txt');
    run('echo 1 > a.txt');
    await behind.finish();
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'restored' });
    expect(await rewound(a, 'm')).toMatchObject({ 'a.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 0', 'b.txt': '644 0' });
  });

  test('look again where what was looked at beforehand may be the work of the other', async () => {
    b.prepare();
    await world.shell(a, 'm', 'echo 1 > a.txt');
    await world.shell(b, 'm', 'echo 2 > b.txt');
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 1\n' });
  });
});

describe('after a crash in the middle of a command', () => {
  test('what it has changed is recorded for its session, though another one is opened first', async () => {
    const a = await world.open('a');
    a.beginTurn('m');
    await begin(a, 'm');
    await a.endTurn();
    run('echo 1 > a.txt');
    await dieWithLocks();
    const b = await world.open('b');
    b.beginTurn('m');
    await world.shell(b, 'm', 'echo 2 > b.txt');
    await b.close();
    const again = await world.open('a');
    expect(again.list().map(({ files }) => files.map(({ path }) => path))).toEqual([[world.at('a.txt')]]);
    expect(await rewound(again, 'm')).toEqual({ 'a.txt': 'conflicted' });
    await again.close();
  });

  test('each session finds what was saved of its own', async () => {
    const [a, b] = [await world.open('a'), await world.open('b')];
    for (const one of [a, b]) {
      one.beginTurn('m');
      await begin(one, 'm');
      await one.endTurn();
    }
    run('echo 1 > a.txt');
    await dieWithLocks();
    for (const session of ['b', 'a']) {
      const again = await world.open(session);
      expect(again.list().map(({ files }) => files.map(({ path }) => path))).toEqual([[world.at('a.txt')]]);
      await again.close();
    }
  });

  test('a session that is open does not take it for one that goes on, and leaves word of it', async () => {
    const b = await world.open('b');
    b.beginTurn('m');
    await b.endTurn();
    holdByNobody(['dead.1.1']);
    await world.shell(b, 'm', 'echo 2 > b.txt');
    expect(await rewound(b, 'm')).toEqual({ 'b.txt': 'restored' });
    expect(readdirSync(findCalls())).toContain('dead.1.1.cut');
    await (await world.open('c')).close();
    expect(readdirSync(findCalls()).filter((name) => name.startsWith('dead'))).toEqual([]);
    await b.close();
  });
});
