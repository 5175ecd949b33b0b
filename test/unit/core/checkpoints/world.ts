/** A workspace with a store beside it, in memory or on the disk, and the two who change it: the agent and the user. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Checkpoint, Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import {
  type CheckpointsOptions,
  createCheckpoints,
} from '../../../../src/core/checkpoints/createCheckpoints.ts';
import { createRecordingFiles } from '../../../../src/core/checkpoints/recordingFiles.ts';
import type { CaptureOptions } from '../../../../src/core/checkpoints/tree/openCapture.ts';
import type { TreeScanners } from '../../../../src/core/checkpoints/tree/treeScanner.ts';
import type { FileSystem, Log, Storage } from '../../../../src/core/ports.ts';
import { nodeByteWork } from '../../../../src/node/byteWork.ts';
import { createNodeFileSystem } from '../../../../src/node/fileSystem.ts';
import { createQuickFileOperations } from '../../../../src/node/quickFileOperations.ts';
import { createNodeStorage } from '../../../../src/node/storage.ts';
import type { RewindAnswer } from '../../../../src/protocol/checkpoints.ts';
import { createMemoryClock } from '../../../support/memory/clock.ts';
import { Faults } from '../../../support/memory/faults.ts';
import { MemoryFileSystem } from '../../../support/memory/fileSystem.ts';
import { readTree, type Tree } from '../../../support/memory/readTree.ts';
import { MemoryStorage } from '../../../support/memory/storage.ts';
import { createMemoryScanners } from '../../../support/memory/treeScanners.ts';
import { createLocalScanners } from '../../../support/memory/treeThreads.ts';

export interface World<Files extends FileSystem = FileSystem, Store extends Storage = Storage> {
  /** Without faults: for the user, and for looking. */
  readonly files: Files;
  readonly storage: Store;
  readonly root: string;
  readonly faults: Faults;
  /** Warnings and errors that were logged. */
  readonly logged: string[];
  /** `roots`: absolute; the root alone, if absent. */
  open(sessionId?: string, roots?: readonly string[]): Promise<Checkpoints>;
  /** As the agent: the call of a tool that writes these files (path below the root -> content). */
  agent(
    checkpoints: Checkpoints,
    userMessageId: string,
    contents: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<Checkpoint | undefined>;
  /** As the agent: a command in the folder; only on the disk, and where folders are looked at. */
  shell(checkpoints: Checkpoints, userMessageId: string, command: string): Promise<Checkpoint | undefined>;
  /** As the user: null removes. */
  user(contents: Readonly<Record<string, string | Uint8Array | null>>): Promise<void>;
  tree(): Promise<Tree>;
  /** Absolute. */
  at(path: string): string;
  /** The process dies: nothing is closed, its locks are free. */
  die(): Promise<void>;
  remove(): Promise<void>;
}

export type MemoryWorld = World<MemoryFileSystem, MemoryStorage>;

/** A world that stands as this one does, with nothing open. */
export function copyWorld({ files, storage, root }: MemoryWorld): MemoryWorld {
  return createWorld({ files: files.copy(), storage: storage.copy(), root }, async () => {});
}

export async function createMemoryWorld(
  options: { readonly caseInsensitive?: boolean; readonly capture?: boolean } = {},
): Promise<MemoryWorld> {
  const files = new MemoryFileSystem(options);
  await files.makeDirectory('/work');
  const capture = options.capture === true && { scanners: createMemoryScanners(files), trusted: false };
  const place = { files, storage: new MemoryStorage(), root: '/work', ...(capture && { capture }) };
  return createWorld(place, async () => {});
}

export interface DiskWorldOptions {
  /** Folders are looked at, so that what commands change is recorded. */
  readonly capture?: boolean;
  readonly trusted?: boolean;
  readonly scanners?: TreeScanners;
  readonly takeSaves?: CaptureOptions['takeSaves'];
  /** In memory where the system has a file system there: then a flush costs nothing. */
  readonly isVolatile?: boolean;
  /** The store is none of files: for tests of which there are many, and that are about the folder. */
  readonly hasMemoryStore?: boolean;
}

export async function createDiskWorld(options: DiskWorldOptions = {}): Promise<World> {
  const isVolatile = options.isVolatile === true && existsSync('/dev/shm');
  const parent = isVolatile ? '/dev/shm' : tmpdir();
  const folder = await realpath(await mkdtemp(join(parent, 'belay-checkpoints-')));
  const files = createNodeFileSystem({ platform: 'linux', operations: createQuickFileOperations() });
  await files.makeDirectory(`${folder}/work`);
  const place = `${folder}/storage`;
  const storage = options.hasMemoryStore === true ? new MemoryStorage(place) : createNodeStorage(place);
  const { capture = false, trusted = true, scanners = createLocalScanners(), takeSaves } = options;
  const watching = { scanners, trusted, ...(takeSaves && { takeSaves }) };
  const parts = { files, storage, root: `${folder}/work`, byteWork: nodeByteWork };
  return createWorld({ ...parts, ...(capture && { capture: watching }) }, () =>
    rm(folder, { recursive: true }),
  );
}

/** For suites that must hold in both. */
export const worlds = [
  { name: 'in memory', create: (): Promise<World> => createMemoryWorld() },
  { name: 'on the disk', create: createDiskWorld },
];

function createWorld<Files extends FileSystem, Store extends Storage>(
  place: {
    readonly files: Files;
    readonly storage: Store;
    readonly root: string;
    readonly capture?: CheckpointsOptions['capture'];
    readonly byteWork?: CheckpointsOptions['byteWork'];
  },
  remove: () => Promise<void>,
): World<Files, Store> {
  const { files, storage, root, capture, byteWork } = place;
  const faults = new Faults();
  const faultyFiles = faults.wrapFiles(files);
  const logged: string[] = [];
  const clock = createMemoryClock();
  const at = (path: string): string => `${root}/${path}`;
  return {
    ...place,
    faults,
    logged,
    at,
    remove,
    open: (sessionId = 'session', roots = [root]) =>
      createCheckpoints({
        files: faultyFiles,
        storage: faults.wrapStorage(storage),
        clock,
        log: createLog(logged),
        sessionId,
        workspace: { roots },
        createId: () => crypto.randomUUID(),
        capture,
        byteWork,
      }),
    async shell(checkpoints, userMessageId, command) {
      const toolUseId = `of ${userMessageId}`;
      const recorder = checkpoints.record({ userMessageId, toolUseId, origin: 'shell' });
      await recorder.expectChanges('shell');
      try {
        await promisify(execFile)('bash', ['--noprofile', '--norc', '-c', command], { cwd: root });
      } finally {
        await recorder.finish();
      }
      return checkpoints.list().at(-1);
    },
    async agent(checkpoints, userMessageId, contents) {
      const recorder = checkpoints.record({
        userMessageId,
        toolUseId: `of ${userMessageId}`,
        origin: 'tool',
      });
      const recording = createRecordingFiles(faultyFiles, recorder);
      try {
        for (const [path, content] of Object.entries(contents))
          await recording.write(at(path), toBytes(content));
      } finally {
        await recorder.finish();
      }
      return checkpoints.list().at(-1);
    },
    async user(contents) {
      for (const [path, content] of Object.entries(contents)) {
        if (content === null) {
          await files.removeFile(at(path));
          continue;
        }
        await files.makeDirectory(at(path).slice(0, at(path).lastIndexOf('/')));
        await files.writeFile(at(path), toBytes(content));
      }
    },
    tree: () => readTree(files, root),
    die: () => faults.restart(),
  };
}

export function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** What a rewind says of each file, in short: path below the root -> outcome. */
export function outcomesOf(answer: RewindAnswer, { root }: Pick<World, 'root'>): Record<string, string> {
  const files = answer.files ?? [];
  return Object.fromEntries(files.map(({ path, outcome }) => [path.slice(root.length + 1), outcome]));
}

function createLog(logged: string[]): Log {
  const note = (message: string): void => {
    logged.push(message);
  };
  return { debug: () => {}, info: () => {}, warn: note, error: note };
}
