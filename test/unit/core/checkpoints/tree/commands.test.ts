import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiskWorld, outcomesOf, type World } from '../world.ts';

let world: World;

beforeEach(async () => {
  world = await createDiskWorld({ capture: true });
});

afterEach(() => world.remove());

function git(...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.email=a@b.c', '-c', 'user.name=a', ...args], { cwd: world.root });
}

/** The agent runs the command; then all of it is taken back, and done again. */
async function takeBack(command: string, { withGit = false } = {}): Promise<void> {
  if (withGit) {
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'x');
    // Git does not vouch for what is as young as its index.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    git('update-index', '--refresh');
  }
  const before = await world.tree();
  const checkpoints = await world.open();
  checkpoints.beginTurn('m1');
  await world.shell(checkpoints, 'm1', command);
  const after = await world.tree();
  expect(after).not.toEqual(before);
  const answer = await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
  expect(answer).toMatchObject({ canRewind: true });
  expect(await world.tree()).toEqual(before);
  await checkpoints.redo({ dryRun: false });
  expect(await world.tree()).toEqual(after);
  await checkpoints.close();
}

const files = { 'a.txt': 'one\n', 'src/b.txt': 'two\n', 'src/deep/c.txt': 'three\n' };

describe.each([
  { where: 'without git', withGit: false },
  { where: 'in a repository', withGit: true },
])('what a command changes, $where,', ({ withGit }) => {
  test.each([
    ['a changed file', 'echo more >> a.txt'],
    ['a new file', 'echo new > new.txt'],
    ['a new file in a new folder', 'mkdir -p x/y && echo new > x/y/new.txt'],
    ['a removed file', 'rm a.txt'],
    ['a renamed file', 'mv a.txt z.txt'],
    ['a removed folder', 'rm -rf src'],
    ['a link', 'ln -s a.txt link'],
    ['a file that became a link', 'rm a.txt && ln -s src/b.txt a.txt'],
  ])('is taken back and done again: %s', async (_, command) => {
    await world.user(files);
    await takeBack(command, { withGit });
  });
});

test('a folder that a command made a link to itself of comes back, with the folder that was in it', async () => {
  await world.user({ 'd/e/in.txt': 'in\n' });
  await takeBack('rm -r d; ln -s d d');
});

test('what the user changed before and after a command stays', async () => {
  await world.user(files);
  const checkpoints = await world.open();
  checkpoints.beginTurn('m1');
  await world.shell(checkpoints, 'm1', 'echo agent >> a.txt');
  await world.user({ 'mine.txt': 'mine\n', 'src/b.txt': 'changed by me\n' });
  await world.shell(checkpoints, 'm1', 'echo agent > other.txt');
  await world.user({ 'mine2.txt': 'mine\n' });
  const answer = await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
  expect(outcomesOf(answer, world)).toEqual({ 'a.txt': 'restored', 'other.txt': 'restored' });
  expect(await world.tree()).toMatchObject({});
  await checkpoints.close();
});

test('what the user saves in the editor while a command runs is theirs, and what was saved before is not', async () => {
  const saves: string[] = [];
  const watched = await createDiskWorld({
    capture: true,
    takeSaves: async () => saves.splice(0).map((path) => ({ path })),
  });
  try {
    await watched.user({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    saves.push(watched.at('a.txt'));
    const checkpoints = await watched.open();
    checkpoints.beginTurn('m1');
    const recorder = checkpoints.record({ userMessageId: 'm1', toolUseId: 't1', origin: 'shell' });
    await recorder.expectChanges('shell');
    await watched.user({ 'a.txt': 'command\n', 'b.txt': 'mine\n' });
    saves.push(watched.at('b.txt'));
    await recorder.finish();
    const answer = await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
    expect(outcomesOf(answer, watched)).toEqual({ 'a.txt': 'restored' });
    await checkpoints.close();
  } finally {
    await watched.remove();
  }
});
