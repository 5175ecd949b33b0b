// Somebody who swaps a folder or a file for a symbolic link, and back, while it is written, removed or restored: another
// process, as fast as it can. Nothing outside the workspace may change, not even for a moment.

import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join, relative } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node, root } from '../../../scripts/run.mjs';
import { createCheckpoints } from '../../../src/core/checkpoints/createCheckpoints.ts';
import { createRecordingFiles } from '../../../src/core/checkpoints/recordingFiles.ts';
import { createGuardedFiles } from '../../../src/core/loop/guardedFiles.ts';
import { createEditTool } from '../../../src/core/tools/edit.ts';
import { createPathLocks } from '../../../src/core/tools/pathLocks.ts';
import { toSeenFile } from '../../../src/core/tools/seenFile.ts';
import type { AnyTool } from '../../../src/core/tools/tool.ts';
import { createWriteTool } from '../../../src/core/tools/write.ts';
import { createNodeFileSystem } from '../../../src/node/fileSystem.ts';
import { createHarness, type Harness } from '../core/tools/toolHarness.ts';

/** Of the workspace; outside of it stand the same, with the same content, where the links lead. */
const FILES = ['dir/plain.txt', 'dir/linked.txt', 'deep/mid/inner/plain.txt', 'top.txt', 'top-linked.txt'];
const FOLDERS = ['dir', 'deep/mid'];
const SWAPPED = [...FOLDERS, 'top.txt', 'top-linked.txt'];

const disk = createNodeFileSystem({ platform: 'linux' });

let harness: Harness;
let outside: string;
let swapper: ChildProcess;
let told: Promise<string>;
/** The folders that are swapped, by themselves: what is done through them happens wherever they are at the moment. */
let held: ReadonlyMap<string, fs.FileHandle>;
let untouched: Readonly<Record<string, string>>;

const at = (name: string): string => join(harness.folder, name);
/** A name in a folder that is swapped, for who prepares and clears up. */
const through = (folder: string, name: string): string => `/proc/self/fd/${held.get(folder)?.fd}/${name}`;

// Only Linux has a path for a folder that is held, for the file system and for this test alike.
describe.skipIf(process.platform !== 'linux')('while a folder or a file is swapped for a link', () => {
  beforeEach(async () => {
    harness = await createHarness();
    outside = join(harness.folder, '..', 'outside');
    for (const base of [harness.folder, outside]) await plant(base);
    held = new Map(await Promise.all(FOLDERS.map(async (name) => [name, await fs.open(at(name))] as const)));
    untouched = await look(outside);
    swapper = spawn(
      node,
      [join(root, 'test', 'support', 'swapper.mjs')].concat(
        SWAPPED.flatMap((name) => [at(name), join(outside, name)]),
      ),
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const { stdout } = swapper;
    if (stdout === null) throw new Error('unreachable');
    await new Promise((resolve) => stdout.once('readable', resolve));
    told = readAll(stdout);
  });
  afterEach(async () => {
    swapper.kill();
    for (const handle of held.values()) await handle.close();
  });

  it('Write and Edit never write outside, in 2,000 rounds', async () => {
    const options = { place: harness.context.workspace, locks: createPathLocks() };
    const [write, edit] = [createWriteTool(options), createEditTool(options)];
    const done = await tryAll(2000, 5, async (round) => {
      const file = FILES[round % FILES.length] ?? '';
      if (round % 3 === 0) {
        const name = `${FOLDERS[round % 2]}/made-${round}/by/${round}.txt`;
        return call(write, name, { content: 'new' });
      }
      const before = new TextDecoder().decode(await disk.readFile(at(file)));
      harness.context.readState.set(
        at(file),
        await toSeenFile(new TextEncoder().encode(before), { partial: false }),
      );
      if (round % 3 === 1) return call(write, file, { content: 'seed\n' });
      const [old_string, new_string] = before.includes('seed') ? ['seed', 'grown'] : ['grown', 'seed'];
      return call(edit, file, { old_string, new_string });
    });
    await judge(done);
  });

  it('removing, linking, changing modes and making folders stay inside', async () => {
    const content = new TextEncoder().encode('seed\n');
    const done = await tryAll(1400, 1, async (round) => {
      const folder = FOLDERS[Math.floor(round / 7) % 2] ?? '';
      switch (round % 7) {
        case 0:
          await fs.writeFile(through(folder, 'gone.txt'), '');
          return disk.removeFile(at(`${folder}/gone.txt`));
        case 1:
          await fs.mkdir(through(folder, 'empty'), { recursive: true });
          return disk.removeEmptyDirectory(at(`${folder}/empty`));
        case 2:
          await fs.rm(through(folder, 'link'), { force: true });
          return disk.makeLink(at(`${folder}/link`), 'gone.txt');
        case 3:
          await fs.rm(through(folder, 'made'), { recursive: true, force: true });
          return disk.makeDirectory(at(`${folder}/made/by/us`));
        case 4:
          return disk.setMode(at(`${folder}/inner`), round % 2 === 0 ? 0o700 : 0o755);
        case 5:
          return disk.setMode(at('top.txt'), round % 2 === 0 ? 0o600 : 0o644);
        default:
          return disk.writeFile(at('dir/linked.txt'), content, { expectedRealPath: at('dir/linked.txt') });
      }
    });
    await judge(done);
  });

  it('a rewind restores nothing outside', async () => {
    const checkpoints = await createCheckpoints({
      files: disk,
      storage: harness.context.storage,
      clock: harness.context.clock,
      log: harness.context.log,
      sessionId: 'session',
      workspace: { roots: [harness.folder] },
      createId: () => crypto.randomUUID(),
    });
    const done = await tryAll(120, 1, async (round) => {
      const userMessageId = `m${round}`;
      const recorder = checkpoints.record({ userMessageId, toolUseId: `t${round}`, origin: 'tool' });
      const files = createRecordingFiles(disk, recorder);
      const bytes = new TextEncoder().encode(`by the agent ${round}`);
      const writes = ['dir/gone.txt', 'dir/linked.txt', `deep/mid/made-${round}/new.txt`].map(async (name) =>
        files.write(at(name), bytes, { expectedRealPath: at(name) }),
      );
      await Promise.allSettled(writes);
      await recorder.finish();
      const answer = await checkpoints.rewind({ userMessageId, dryRun: false, mode: 'overwrite' });
      const isRestored = answer.canRewind && answer.files?.some(({ outcome }) => outcome === 'restored');
      if (isRestored !== true) throw new Error('there was nothing to restore, or it was refused');
    });
    await checkpoints.close();
    await judge(done);
  });
});

async function plant(base: string): Promise<void> {
  for (const name of [...FILES, 'dir/gone.txt', 'deep/mid/gone.txt']) {
    await fs.mkdir(join(base, name, '..'), { recursive: true });
    await fs.writeFile(join(base, name), 'seed\n');
    if (name.endsWith('linked.txt')) await fs.link(join(base, name), join(base, `${name}.other`));
  }
  for (const name of ['dir/inner', 'dir/empty', 'deep/mid/empty']) await fs.mkdir(join(base, name));
}

/** Runs a tool as the loop does when permission was given for what lies inside. */
async function call(tool: AnyTool, name: string, input: object): Promise<void> {
  const real = await disk.realPath(at(name));
  if (!real.startsWith(`${harness.folder}/`)) throw new Error('not allowed: it leads outside');
  const { files, allowWrites } = createGuardedFiles(createRecordingFiles(disk, undefined));
  allowWrites(new Map([[at(name), real]]));
  const { isError, text } = await harness.run(tool, { file_path: at(name), ...input }, { files });
  if (isError) throw new Error(text);
}

interface Done {
  readonly succeeded: number;
  readonly refused: number;
}

async function tryAll(
  rounds: number,
  sideBySide: number,
  act: (round: number) => Promise<unknown>,
): Promise<Done> {
  let next = 0;
  let succeeded = 0;
  const work = async (): Promise<void> => {
    while (next < rounds) {
      const round = next++;
      const isDone = await act(round).then(
        () => true,
        () => false,
      );
      if (isDone) succeeded += 1;
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return { succeeded, refused: rounds - succeeded };
}

/** Nothing outside has changed, and it was a fight: both sides have had their way. */
async function judge({ succeeded, refused }: Done): Promise<void> {
  swapper.stdin?.end();
  const swaps = Number((await told).split('\n').at(-2));
  expect(await look(outside)).toEqual(untouched);
  expect(swaps).toBeGreaterThan(500);
  expect(succeeded).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
}

/** Everything there with what changes with it: content, mode, names, and the time at which the system last saw a change. */
async function look(base: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const entry of await fs.readdir(base, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode, ctimeNs } = await fs.lstat(path, { bigint: true });
    const content = entry.isFile() ? await fs.readFile(path, 'utf8') : '';
    seen[relative(base, path)] = `${mode.toString(8)} ${ctimeNs} ${content}`;
  }
  return seen;
}
