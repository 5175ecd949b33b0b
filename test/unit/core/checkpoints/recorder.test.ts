import { beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import { createRecordingFiles } from '../../../../src/core/checkpoints/recordingFiles.ts';
import { createMemoryWorld, type MemoryWorld, outcomesOf, toBytes } from './world.ts';

describe('a recorder', () => {
  let world: MemoryWorld;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await createMemoryWorld();
    checkpoints = await world.open();
  });

  const record = (userMessageId = 'm1') =>
    checkpoints.record({ userMessageId, toolUseId: 'call', origin: 'tool' });
  const rewind = (userMessageId = 'm1', mode: 'merge' | 'overwrite' = 'merge') =>
    checkpoints.rewind({ userMessageId, dryRun: false, mode });
  const reopen = async (): Promise<void> => {
    await world.die();
    checkpoints = await world.open();
  };

  test('has the before-image on the disk when the file may be written', async () => {
    await world.user({ 'a.txt': 'old' });
    const recorder = record();
    await recorder.beforeWrite(world.at('a.txt'));
    world.storage.losePower();
    await world.user({ 'a.txt': 'new' });
    await reopen();
    await rewind('m1', 'overwrite');
    expect(await world.tree()).toEqual({ 'a.txt': '644 old' });
  });

  test('takes what the user saves while the before-image is written for the before-image', async () => {
    await world.user({ 'a.txt': 'old' });
    const recorder = record();
    const looks = world.files.lstat.bind(world.files);
    let count = 0;
    world.files.lstat = async (path) => {
      count += 1;
      if (count === 3) await world.user({ 'a.txt': 'own' });
      return looks(path);
    };
    await recorder.beforeWrite(world.at('a.txt'), toBytes('new'));
    await world.user({ 'a.txt': 'new' });
    await reopen();
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 own' });
  });

  test('flushes journal and pack once per write, the journal alone when the content is stored already', async () => {
    await world.user({ 'a.txt': 'old' });
    const flushes = () => world.faults.trace.filter((name) => name === 'flush').length;
    const recorder = record();
    await recorder.beforeWrite(world.at('a.txt'));
    expect(flushes()).toBe(2);
    await world.user({ 'a.txt': 'new' });
    await recorder.afterWrite(world.at('a.txt'), []);
    await recorder.finish();
    await checkpoints.endTurn();
    const before = flushes();
    await record().beforeWrite(world.at('a.txt'));
    expect(flushes() - before).toBe(1);
  });

  test('records nothing for a call that writes nothing', async () => {
    expect(await record().finish()).toBeUndefined();
    expect(world.storage.paths()).toEqual([]);
    expect(checkpoints.list()).toEqual([]);
  });

  test('keeps no delta of a write that failed, nor the folders made for it', async () => {
    await world.user({ 'a.txt': 'old' });
    const recorder = record();
    const files = createRecordingFiles(world.faults.wrapFiles(world.files), recorder);
    world.faults.arm(1, { kind: 'fail', code: 'ENOSPC' }, { lasting: true, only: ['writeFile'] });
    await expect(files.write(world.at('a.txt'), toBytes('new'))).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(files.write(world.at('x/y/b.txt'), toBytes('new'))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await recorder.finish()).toBeUndefined();
    expect(await world.tree()).toEqual({ 'a.txt': '644 old' });
    await world.user({ 'a.txt': 'mine' });
    await reopen();
    expect(checkpoints.recovery.unknownChanges).toEqual([]);
    expect(await rewind()).toMatchObject({ canRewind: false });
  });

  test('does not let a file be written that could not be recorded', async () => {
    await world.user({ 'a.txt': 'old' });
    for (let n = 1; n <= 6; n += 1) {
      const recorder = record();
      const files = createRecordingFiles(world.faults.wrapFiles(world.files), recorder);
      world.faults.arm(n, { kind: 'fail', code: 'ENOSPC' }, { only: ['append', 'flush'] });
      const outcome = await files
        .write(world.at('a.txt'), toBytes(`new ${n}`))
        .catch((error: Error) => error);
      await recorder.finish();
      world.faults.disarm();
      const text = new TextDecoder().decode(await world.files.readFile(world.at('a.txt')));
      if (outcome instanceof Error) expect(text).not.toBe(`new ${n}`);
      else expect(text).toBe(`new ${n}`);
    }
    await rewind();
    expect(await world.tree()).toEqual({ 'a.txt': '644 old' });
  });

  test('writes what it could not write of one call before anything of the next', async () => {
    for (let n = 1; n <= 8; n += 1) {
      world = await createMemoryWorld();
      checkpoints = await world.open();
      await world.user({ 'a.txt': 'zero' });
      world.faults.arm(n, { kind: 'fail', code: 'ENOSPC' }, { only: ['append', 'flush'] });
      const failed = await world.agent(checkpoints, 'm1', { 'a.txt': 'one' }).then(
        () => false,
        () => true,
      );
      world.faults.disarm();
      await world.agent(checkpoints, 'm2', { 'a.txt': 'two' });
      await reopen();
      expect(checkpoints.recovery.unknownChanges).toEqual([]);
      expect(outcomesOf(await rewind('m2'), world)).toEqual({ 'a.txt': 'restored' });
      expect(await world.tree()).toEqual({ 'a.txt': failed ? '644 zero' : '644 one' });
      await rewind('m1');
      expect(await world.tree()).toEqual({ 'a.txt': '644 zero' });
    }
  });

  test('records what stands there after the save, not what was to be written', async () => {
    world.files.onSave = (bytes) => toBytes(`${new TextDecoder().decode(bytes)} formatted`);
    const checkpoint = await world.agent(checkpoints, 'm1', { 'a.txt': 'text\n' });
    expect(checkpoint?.files).toEqual([
      { path: world.at('a.txt'), change: 'created', insertions: 2, deletions: 0 },
    ]);
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toEqual({});
  });

  test('goes on from what a formatter makes of a restored file', async () => {
    await world.user({ 'a.txt': 'zero' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'one' });
    await world.agent(checkpoints, 'm2', { 'a.txt': 'two' });
    world.files.onSave = (bytes) => toBytes(`${new TextDecoder().decode(bytes)}!`);
    expect(await rewind('m2')).toMatchObject({
      files: [{ outcome: 'restored', reason: 'Something changed it again when it was saved.' }],
    });
    expect(await world.tree()).toEqual({ 'a.txt': '644 one!' });
    world.files.onSave = undefined;
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 zero' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'a.txt': '644 one!' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'a.txt': '644 two' });
  });

  test('takes the unsaved text of an editor as the before-image', async () => {
    await world.user({ 'a.txt': 'saved' });
    world.files.setUnsaved(world.at('a.txt'), 'unsaved');
    await world.agent(checkpoints, 'm1', { 'a.txt': 'agent' });
    await rewind();
    expect(await world.tree()).toEqual({ 'a.txt': '644 unsaved' });
  });

  test('writes one file at a time when two calls write the same', async () => {
    await world.user({ 'a.txt': '0' });
    const recorders = [record(), record(), record('m2')];
    await Promise.all(
      recorders.map((recorder, n) =>
        createRecordingFiles(world.files, recorder).write(world.at('a.txt'), toBytes(`${n + 1}`)),
      ),
    );
    const found = await Promise.all(recorders.map((recorder) => recorder.finish()));
    expect(found.map((checkpoint) => checkpoint?.files.length)).toEqual([1, 1, 1]);
    expect(outcomesOf(await rewind('m2'), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 2' });
    await rewind('m1');
    expect(await world.tree()).toEqual({ 'a.txt': '644 0' });
  });

  test('refuses what is no file', async () => {
    world.files.makeOther(world.at('pipe'));
    const files = createRecordingFiles(world.files, record());
    await expect(files.write(world.at('pipe'), toBytes('x'))).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('ends a write of a call that did not say how it ended', async () => {
    await world.user({ 'a.txt': 'old' });
    const recorder = record();
    await recorder.beforeWrite(world.at('a.txt'));
    await world.user({ 'a.txt': 'new' });
    expect((await recorder.finish())?.files).toEqual([
      { path: world.at('a.txt'), change: 'modified', insertions: 1, deletions: 1 },
    ]);
  });

  describe('of a process that died between before-image and after-image', () => {
    test('leaves nothing when the file was not written', async () => {
      await world.user({ 'a.txt': 'old' });
      await record().beforeWrite(world.at('a.txt'), toBytes('new'));
      await reopen();
      expect(checkpoints.recovery).toEqual({ rewinds: [], unknownChanges: [] });
      await world.user({ 'a.txt': 'mine' });
      await reopen();
      expect(await rewind()).toMatchObject({ canRewind: false });
    });

    test('leaves the change when the file is what was to be written', async () => {
      await world.user({ 'a.txt': 'old' });
      await record().beforeWrite(world.at('a.txt'), toBytes('new'));
      await world.user({ 'a.txt': 'new' });
      await reopen();
      expect(checkpoints.recovery).toEqual({ rewinds: [], unknownChanges: [] });
      expect(checkpoints.list().map(({ files }) => files)).toEqual([
        [{ path: world.at('a.txt'), change: 'modified', insertions: 1, deletions: 1 }],
      ]);
      expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
      expect(await world.tree()).toEqual({ 'a.txt': '644 old' });
    });

    test('leaves a change that is told to be unknown, and is taken back only when asked for', async () => {
      await world.user({ 'a.txt': 'old' });
      await record().beforeWrite(world.at('a.txt'), toBytes('new'));
      await world.user({ 'a.txt': 'something else' });
      await reopen();
      expect(checkpoints.recovery).toEqual({ rewinds: [], unknownChanges: [world.at('a.txt')] });
      expect(await rewind()).toMatchObject({
        files: [
          {
            outcome: 'conflicted',
            reason:
              'It cannot be told whether the agent changed it or somebody else: the agent was stopped meanwhile, or another session worked beside it.',
          },
        ],
      });
      await rewind('m1', 'overwrite');
      expect(await world.tree()).toEqual({ 'a.txt': '644 old' });
      await checkpoints.redo({ dryRun: false });
      expect(await world.tree()).toEqual({ 'a.txt': '644 something else' });
    });

    test('takes the folders made for it away with the rewind', async () => {
      await record().beforeWrite(world.at('x/y/a.txt'), toBytes('new'));
      await world.user({ 'x/y/a.txt': 'new' });
      await reopen();
      await rewind();
      expect(await world.tree()).toEqual({});
    });
  });

  describe('and a rewind', () => {
    test('leaves a file with unsaved changes in an editor', async () => {
      await world.user({ 'a.txt': 'old' });
      await world.agent(checkpoints, 'm1', { 'a.txt': 'new' });
      world.files.setUnsaved(world.at('a.txt'), 'new, and typing');
      expect(await rewind()).toMatchObject({
        files: [
          {
            outcome: 'conflicted',
            reason: 'It has unsaved changes in an editor. Save or revert them, then try again.',
          },
        ],
      });
      expect(await world.files.hasUnsavedChanges(world.at('a.txt'))).toBe(true);
      await rewind('m1', 'overwrite');
      world.files.setUnsaved(world.at('a.txt'), undefined);
      expect(await world.tree()).toEqual({ 'a.txt': '644 old' });
      await checkpoints.redo({ dryRun: false });
      expect(await world.tree()).toEqual({ 'a.txt': '644 new, and typing' });
    });

    test('takes the other names of a hard-linked file back with it', async () => {
      await world.user({ 'a.txt': 'old' });
      world.files.makeHardLink(world.at('b.txt'), world.at('a.txt'));
      await world.agent(checkpoints, 'm1', { 'a.txt': 'new' });
      expect(await world.tree()).toEqual({ 'a.txt': '644 new', 'b.txt': '644 new' });
      expect(await rewind()).toMatchObject({
        files: [
          { outcome: 'restored', reason: 'It has a second name (a hard link), which goes back with it.' },
        ],
      });
      expect(await world.tree()).toEqual({ 'a.txt': '644 old', 'b.txt': '644 old' });
    });

    test('leaves a file that was given another name since', async () => {
      await world.user({ 'a.txt': 'old' });
      await world.agent(checkpoints, 'm1', { 'a.txt': 'new', 'made.txt': 'made' });
      world.files.makeHardLink(world.at('b.txt'), world.at('a.txt'));
      world.files.makeHardLink(world.at('kept.txt'), world.at('made.txt'));
      expect(await rewind()).toMatchObject({
        skippedLinks: 1,
        files: [
          {
            outcome: 'conflicted',
            reason: 'It was given a second name (a hard link) since, which would be changed with it.',
          },
          { outcome: 'restored' },
        ],
      });
      expect(await world.tree()).toEqual({ 'a.txt': '644 new', 'b.txt': '644 new', 'kept.txt': '644 made' });
    });

    test('restores what lies in a folder that may not be written, and leaves the folder so', async () => {
      await world.user({ 'locked/a.txt': 'old', 'b.txt': 'old' });
      const before = await world.tree();
      await world.agent(checkpoints, 'm1', {
        'locked/a.txt': 'new',
        'locked/made.txt': 'new',
        'b.txt': 'new',
      });
      await world.files.setMode(world.at('locked'), 0o555);
      expect(outcomesOf(await rewind(), world)).toEqual({
        'b.txt': 'restored',
        'locked/a.txt': 'restored',
        'locked/made.txt': 'restored',
      });
      expect(await world.tree()).toEqual({ ...before, 'locked/': '555' });
    });

    test('sees a change by the user that keeps size and time', async () => {
      await world.user({ 'a.txt': 'old' });
      await world.agent(checkpoints, 'm1', { 'a.txt': 'new' });
      const { mtimeMs } = (await world.files.lstat(world.at('a.txt'))) ?? {};
      await world.user({ 'a.txt': 'own' });
      const stat = world.files.lstat.bind(world.files);
      world.files.lstat = async (path) => {
        const found = await stat(path);
        return found && { ...found, mtimeMs: mtimeMs ?? 0, ctimeMs: mtimeMs ?? 0, ino: 1 };
      };
      expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'conflicted' });
    });

    test('never opens a pipe that stands where the file was', async () => {
      await world.user({ 'a.txt': 'old' });
      await world.agent(checkpoints, 'm1', { 'a.txt': 'new' });
      await world.user({ 'a.txt': null });
      world.files.makeOther(world.at('a.txt'));
      expect(outcomesOf(await rewind('m1', 'overwrite'), world)).toEqual({ 'a.txt': 'skipped' });
      expect(await world.tree()).toEqual({ 'a.txt': 'other' });
    });

    test('knows a file by any spelling where case does not count', async () => {
      world = await createMemoryWorld({ caseInsensitive: true });
      checkpoints = await world.open();
      await world.user({ 'Readme.md': 'old' });
      await world.agent(checkpoints, 'm1', { 'README.md': 'new' });
      await world.agent(checkpoints, 'm2', { 'readme.MD': 'newer' });
      await checkpoints.rewind({
        userMessageId: 'm1',
        dryRun: false,
        mode: 'merge',
        paths: [world.at('rEADME.md')],
      });
      expect(await world.tree()).toEqual({ 'Readme.md': '644 old' });
    });
  });
});
