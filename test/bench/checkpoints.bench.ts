/**
 * Checkpoints against what other agents do, on the same workspace, in turn in one run: the first one, further ones after 0, 1
 * and 20 changes, a rewind of 20 files, and the room they take. `BELAY_BENCH_PART="10,000 files, no git"` measures only the
 * workspaces whose names begin so.
 */
import { appendFile, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../scripts/bundle.mjs';
import { root } from '../../scripts/run.mjs';
import type { Checkpoints } from '../../src/core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../../src/core/checkpoints/createCheckpoints.ts';
import type { Log } from '../../src/core/ports.ts';
import { nodeByteWork } from '../../src/node/byteWork.ts';
import { createNodeClock } from '../../src/node/clock.ts';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import { createQuickFileOperations } from '../../src/node/quickFileOperations.ts';
import { createNodeStorage } from '../../src/node/storage.ts';
import { createTreeScanners } from '../../src/node/tree/treeScanner.ts';
import { type CheckpointPeer, createShadowGit, createWarmIndex, makeWorkspace } from './checkpointPeers.ts';
import { median, spread } from './figures.ts';
import type { BenchRow } from './types.ts';

interface Size {
  readonly files: number;
  readonly withGit: boolean;
  readonly runs: number;
  /** Of shadow git's time, for a further checkpoint. */
  readonly most: number;
}

const SIZES: readonly Size[] = [
  { files: 1000, withGit: true, runs: 9, most: 1 / 3 },
  { files: 10_000, withGit: true, runs: 9, most: 1 / 3 },
  { files: 10_000, withGit: false, runs: 9, most: 1 / 3 },
  { files: 100_000, withGit: true, runs: 5, most: 1 / 2 },
];
const CHANGES = [0, 1, 20] as const;
const FIRST_RUNS = 5;
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export default async function bench(): Promise<BenchRow[]> {
  await build({ production: true });
  const rows: BenchRow[] = [];
  const part = process.env.BELAY_BENCH_PART ?? '';
  for (const size of SIZES) if (nameOf(size).startsWith(part)) rows.push(...(await benchSize(size)));
  return rows;
}

function nameOf({ files, withGit }: Size): string {
  return `${files.toLocaleString('en')} files${withGit ? '' : ', no git'}`;
}

async function benchSize(size: Size): Promise<BenchRow[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'belay-bench-')));
  try {
    const workspace = join(folder, 'workspace');
    await makeWorkspace(workspace, size);
    // Git does not vouch for what is as young as its index.
    await sleep(1100);
    const peers: Peers = { shadow: createShadowGit(workspace, join(folder, 'shadow')) };
    if (size.withGit) peers.warm = createWarmIndex(workspace, join(folder, 'warm'));
    return await measure({ size, folder, workspace, peers });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Peers {
  readonly shadow: CheckpointPeer;
  warm?: CheckpointPeer;
}

interface Place {
  readonly size: Size;
  readonly folder: string;
  readonly workspace: string;
  readonly peers: Peers;
}

async function measure({ size, folder, workspace, peers }: Place): Promise<BenchRow[]> {
  const name = nameOf(size);
  const first = { ours: [] as number[], shadow: 0, warm: [] as number[] };
  first.shadow = await timed(() => peers.shadow.first());
  for (let run = 0; run < FIRST_RUNS; run += 1) {
    const warm = size.withGit ? createWarmIndex(workspace, join(folder, `warm-${run}`)) : undefined;
    if (warm !== undefined) first.warm.push(await timed(() => warm.first()));
    const store = join(folder, `store-${run}`);
    let opened: Checkpoints | undefined;
    first.ours.push(
      await timed(async () => {
        opened = await open(store, workspace);
        await begin(opened, 'first').expectChanges('shell');
      }),
    );
    await opened?.close();
  }
  await peers.warm?.first();
  const store = join(folder, 'store');
  const checkpoints = await open(store, workspace);
  await begin(checkpoints, 'warm-up').expectChanges('shell');
  const workspaceBytes = await sizeOf(workspace, ['.git']);
  const storeBytes = await sizeOf(store, ['git']);
  const rows = [
    ratioRow(
      `${name}: first checkpoint, beside shadow git`,
      first.ours,
      [first.shadow],
      size.withGit ? 1 / 20 : 1 / 5,
    ),
    ...(size.withGit
      ? [ratioRow(`${name}: first checkpoint, beside the warm index`, first.ours, first.warm, 1.5)]
      : []),
    size.withGit
      ? shareRow(`${name}: store after the first checkpoint`, storeBytes, workspaceBytes, 0.005)
      : sizeRow(
          `${name}: store after the first checkpoint`,
          storeBytes,
          await sizeOf(join(folder, 'shadow'), []),
        ),
  ];
  await checkpoints.close();
  const later = await open(store, workspace);
  const again = begin(later, 'again');
  await again.expectChanges('shell');
  // While a command runs, a rewind looks at everything first; here none does.
  await again.finish();
  for (const changes of CHANGES)
    rows.push(...(await measureNext({ size, workspace, peers, name, later, changes })));
  rows.push(await measureWait(name, later));
  await later.close();
  return rows;
}

interface Next extends Omit<Place, 'folder'> {
  readonly name: string;
  readonly later: Checkpoints;
  readonly changes: number;
}

async function measureNext({ size, workspace, peers, name, later, changes }: Next): Promise<BenchRow[]> {
  const times = { ours: [] as number[], shadow: [] as number[], warm: [] as number[] };
  const rewinds = { ours: [] as number[], shadow: [] as number[] };
  for (let run = 0; run < size.runs; run += 1) {
    const message = `${changes}-${run}`;
    later.beginTurn(message);
    const recorder = begin(later, message);
    await recorder.expectChanges('shell');
    await change(workspace, changes, run);
    times.ours.push(await timed(() => recorder.finish()));
    times.shadow.push(await timed(async () => peers.shadow.next()));
    if (peers.warm !== undefined) times.warm.push(await timed(async () => peers.warm?.next()));
    if (changes !== 20) continue;
    const answer = await timed(() => later.rewind({ userMessageId: message, dryRun: false, mode: 'merge' }));
    rewinds.ours.push(answer);
    await later.redo({ dryRun: false });
    rewinds.shadow.push(await timed(async () => peers.shadow.rewind()));
    peers.shadow.next();
  }
  const what = `${name}: a checkpoint after ${changes} changes`;
  return [
    ratioRow(`${what}, beside shadow git`, times.ours, times.shadow, size.most),
    ...(peers.warm === undefined
      ? []
      : [ratioRow(`${what}, beside the warm index`, times.ours, times.warm, 0.6)]),
    ...(rewinds.ours.length === 0
      ? []
      : [ratioRow(`${name}: a rewind of 20 files, beside shadow git`, rewinds.ours, rewinds.shadow, 1 / 2)]),
  ];
}

/** What a command waits for before it runs, when it could be prepared for while its call came in. */
async function measureWait(name: string, checkpoints: Checkpoints): Promise<BenchRow> {
  const waits: number[] = [];
  for (let run = 0; run < 20; run += 1) {
    const recorder = begin(checkpoints, `wait-${run}`);
    checkpoints.prepare();
    await sleep(150);
    waits.push(await timed(() => recorder.expectChanges('shell')));
    await recorder.finish();
  }
  const p95 =
    waits.toSorted((left, right) => left - right)[Math.floor(waits.length * 0.95) - 1] ?? Number.NaN;
  return {
    name: `${name}: what a command that changes nothing waits (95 of 100)`,
    ours: p95,
    unit: 'ms',
    target: '≤ 10 ms',
    pass: p95 <= 10,
    spread: spread(waits, 1),
  };
}

function open(store: string, workspace: string): Promise<Checkpoints> {
  return createCheckpoints({
    files: createNodeFileSystem({ platform: 'linux', operations: createQuickFileOperations() }),
    storage: createNodeStorage(store),
    clock: createNodeClock(),
    byteWork: nodeByteWork,
    log: quiet,
    sessionId: crypto.randomUUID(),
    workspace: { roots: [workspace] },
    createId: () => crypto.randomUUID(),
    capture: { scanners: createTreeScanners({ worker: join(root, 'dist', 'treeWorker.js') }), trusted: true },
  });
}

function begin(checkpoints: Checkpoints, userMessageId: string) {
  return checkpoints.record({ userMessageId, toolUseId: userMessageId, origin: 'shell' });
}

async function change(workspace: string, count: number, run: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const file = index * 20 + 1;
    const folder = join(workspace, `part${Math.floor(file / 400)}`, `group${Math.floor(file / 20) % 20}`);
    await appendFile(join(folder, `file${file}.ts`), `// run ${run}\n`);
  }
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}

/** Bytes on the disk, of files only. */
async function sizeOf(folder: string, without: readonly string[]): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (without.includes(entry.name)) continue;
    const path = join(folder, entry.name);
    size += entry.isDirectory() ? await sizeOf(path, without) : ((await stat(path)).blocks ?? 0) * 512;
  }
  return size;
}

// ---- rows ----

function ratioRow(name: string, ours: readonly number[], peer: readonly number[], most: number): BenchRow {
  const [own, other] = [median(ours), median(peer)];
  return {
    name,
    ours: own,
    peer: other,
    unit: 'ms',
    ratio: other / own,
    target: `≤ ${most.toFixed(2)} of its time`,
    pass: own <= other * most,
    spread: `${spread(ours)} / ${spread(peer)}`,
  };
}

function shareRow(name: string, bytes: number, of: number, most: number): BenchRow {
  const share = (bytes / of) * 100;
  return {
    name,
    ours: share,
    unit: '%',
    target: `≤ ${most * 100} % of the files`,
    pass: share <= most * 100,
  };
}

function sizeRow(name: string, bytes: number, peer: number): BenchRow {
  const [own, other] = [bytes / 1e6, peer / 1e6];
  return {
    name,
    ours: own,
    peer: other,
    unit: 'MB',
    ratio: other / own,
    target: 'no larger',
    pass: own <= other,
  };
}
