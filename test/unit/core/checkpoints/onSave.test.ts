import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import { createRecordingFiles } from '../../../../src/core/checkpoints/recordingFiles.ts';
import type { SavedFile } from '../../../../src/core/checkpoints/tree/treeWatch.ts';
import type { FileSystem } from '../../../../src/core/ports.ts';
import { createDiskWorld, outcomesOf, toBytes, type World } from './world.ts';

let world: World;
let checkpoints: Checkpoints;
let saved: SavedFile[] = [];

beforeEach(async () => {
  saved = [];
  const takeSaves = async () => saved.splice(0);
  world = await createDiskWorld({ capture: true, trusted: false, isVolatile: true, takeSaves });
  await world.user({ 'a.txt': 'first\nsecond\nthird\n', 'b.txt': 'b\n' });
  checkpoints = await world.open();
  checkpoints.beginTurn('m');
});

afterEach(async () => {
  await checkpoints.close();
  await world.remove();
});

/** An editor that turns the text into capitals when it saves it, and does what else is wanted. */
function savesInCapitals(alsoOnSave: () => Promise<void> = async () => undefined): FileSystem {
  return {
    ...world.files,
    writeFile: async (path, bytes, options) => {
      const formatted = toBytes(new TextDecoder().decode(bytes).toUpperCase());
      await world.files.writeFile(path, formatted, options);
      await alsoOnSave();
      return { bytes: formatted, changedOnSave: true };
    },
  };
}

async function writeThrough(files: FileSystem, name: string, content: string): Promise<void> {
  const recorder = checkpoints.record({ userMessageId: 'm', toolUseId: `write ${name}`, origin: 'tool' });
  await createRecordingFiles(files, recorder).write(world.at(name), toBytes(content));
  await recorder.finish();
}

const rewind = () => checkpoints.rewind({ userMessageId: 'm', dryRun: false, mode: 'merge' });

describe('what runs when the agent saves a file', () => {
  test('is part of its change, and goes back with it', async () => {
    await writeThrough(savesInCapitals(), 'a.txt', 'written\n');
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 WRITTEN\n' });
    const { after } = (await checkpoints.versions({
      toolUseId: 'write a.txt',
      path: world.at('a.txt'),
      scope: 'alone',
    })) ?? { after: null };
    expect(new TextDecoder().decode(after?.bytes ?? undefined)).toBe('WRITTEN\n');
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 first\nsecond\nthird\n' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 WRITTEN\n' });
  });

  test('leaves what the user changes behind it the user’s', async () => {
    await writeThrough(savesInCapitals(), 'a.txt', 'first\nsecond\nthird\nby the agent\n');
    await world.user({
      'a.txt': 'by the user\nFIRST\nSECOND\nTHIRD\nBY THE AGENT\n',
      'b.txt': 'of the user\n',
    });
    const answer = await rewind();
    expect(answer.files).toMatchObject([{ outcome: 'conflicted' }]);
    expect(await world.tree()).toMatchObject({
      'a.txt': '644 by the user\nFIRST\nSECOND\nTHIRD\nBY THE AGENT\n',
      'b.txt': '644 of the user\n',
    });
  });

  test('in other files while a command runs is the command’s, but for what the user saved', async () => {
    const command = checkpoints.record({ userMessageId: 'm', toolUseId: 'command', origin: 'shell' });
    await command.expectChanges('shell');
    const alsoOnSave = async (): Promise<void> => writeFile(world.at('b.txt'), 'made on save\n');
    await writeThrough(savesInCapitals(alsoOnSave), 'a.txt', 'written\n');
    await world.user({ 'mine.txt': 'saved by the user\n' });
    saved.push({ path: world.at('mine.txt') });
    await command.finish();
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored', 'b.txt': 'restored' });
    expect(await world.tree()).toEqual({
      'a.txt': '644 first\nsecond\nthird\n',
      'b.txt': '644 b\n',
      'mine.txt': '644 saved by the user\n',
    });
  });
});
