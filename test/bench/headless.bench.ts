/**
 * The executable against the official CLI on the same work: the same prompts, the same model without think time, in turn
 * in one run. Both run in a network namespace of their own that has nothing but loopback.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, root } from '../../scripts/run.mjs';
import { median, spread } from './figures.ts';
import { startInstantModel } from './headlessModel.ts';
import { installPeer } from './headlessPeer.ts';
import type { BenchRow } from './types.ts';

const RUNS = 7;
const INSIDE = 'BELAY_BENCH_INSIDE';

export default async function bench(): Promise<BenchRow[]> {
  return process.env[INSIDE] === undefined ? benchInside() : benchAll();
}

/** Runs this file once more, cut off from the network. */
async function benchInside(): Promise<BenchRow[]> {
  await installPeer();
  const folder = await mkdtemp(join(tmpdir(), 'belay-bench-'));
  try {
    await buildCommand();
    const result = join(folder, 'rows.json');
    const script = 'ip link set lo up && exec "$@"';
    const inner = [join(root, 'scripts', 'runBench.mjs'), join(root, 'test/bench/headless.bench.ts'), result];
    const args = [
      '-rn',
      'sh',
      '-c',
      script,
      'sh',
      node,
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      ...inner,
    ];
    await run('unshare', args, { env: { ...process.env, [INSIDE]: '1' } });
    return JSON.parse(await readFile(result, 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildCommand(): Promise<void> {
  await run(node, [join(root, 'scripts', 'build.mjs'), '--production'], { env: process.env });
}

// ---- what is measured ----

interface Sample {
  /** Milliseconds from start to exit. */
  readonly wall: number;
  /** Peak resident memory of the process, MB. */
  readonly memory: number;
}

interface Sides {
  readonly ours: readonly Sample[];
  readonly peer: readonly Sample[];
}

async function benchAll(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-bench-'));
  const file = join(folder, 'lines.txt');
  await writeFile(file, Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join(''));
  const model = await startInstantModel(file);
  try {
    const measure = createMeasure({ folder, url: model.url, peer: await installPeer() });
    const text = await measure('hello');
    const reads = await measure('read 50');
    const bashes = await measure('bash 20');
    const deltas = await measure('deltas 100000', true);
    const perRead = {
      ours: minus(reads.ours, text.ours, 50),
      peer: minus(reads.peer, text.peer, 50),
    };
    return [
      toRow('one text turn, whole process', walls(text), { unit: 'ms', most: 0.35 }),
      toRow('the same, peak memory', memories(text), { unit: 'MB', most: 0.45 }),
      toRow('each of 50 turns with a Read', perRead, { unit: 'ms', most: 0.15 }),
      toRow('20 turns with a command', walls(bashes), { unit: 'ms', most: 0.3 }),
      toRow('100,000 deltas, partial messages on', walls(deltas), { unit: 'ms', most: 0.3 }),
    ];
  } finally {
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly folder: string;
  readonly url: string;
  readonly peer: string;
}

function createMeasure(place: Place): (prompt: string, partial?: boolean) => Promise<Sides> {
  const ours = [node, join(root, 'dist', 'belay.cjs')];
  return async (prompt, partial = false) => {
    const sides = { ours: [] as Sample[], peer: [] as Sample[] };
    for (let run = 0; run < RUNS; run += 1) {
      sides.ours.push(await runOnce(ours, { place, prompt, partial }));
      sides.peer.push(await runOnce([place.peer], { place, prompt, partial }));
    }
    return sides;
  };
}

interface Work {
  readonly place: Place;
  readonly prompt: string;
  readonly partial: boolean;
}

async function runOnce(command: readonly string[], { place, prompt, partial }: Work): Promise<Sample> {
  const home = await mkdtemp(join(place.folder, 'home-'));
  const cwd = join(home, 'project');
  await mkdir(cwd);
  const output = partial
    ? ['--output-format', 'stream-json', '--include-partial-messages', '--verbose']
    : ['--output-format', 'json'];
  const [program = '', ...first] = command;
  const args = [
    ...first,
    '-p',
    prompt,
    ...output,
    '--permission-mode',
    'bypassPermissions',
    '--allow-dangerously-skip-permissions',
  ];
  const started = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      ANTHROPIC_BASE_URL: place.url,
      ANTHROPIC_API_KEY: 'test-key',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      IS_SANDBOX: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let bytes = 0;
  const keep = (chunk: Buffer): void => {
    bytes += chunk.length;
    said = (said + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let memory = 0;
  const watch = setInterval(() => {
    void peakOf(child.pid ?? 0).then((peak) => {
      memory = Math.max(memory, peak);
    });
  }, 10);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  const wall = performance.now() - started;
  if (code !== 0 || bytes === 0) throw new Error(`${program} ended with ${String(code)}:\n${said}`);
  return { wall, memory };
}

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

// ---- figures ----

interface Figures {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

function walls({ ours, peer }: Sides): Figures {
  return { ours: ours.map(({ wall }) => wall), peer: peer.map(({ wall }) => wall) };
}

function memories({ ours, peer }: Sides): Figures {
  return { ours: ours.map(({ memory }) => memory), peer: peer.map(({ memory }) => memory) };
}

function minus(long: readonly Sample[], short: readonly Sample[], turns: number): readonly number[] {
  const base = median(short.map(({ wall }) => wall));
  return long.map(({ wall }) => (wall - base) / turns);
}

function toRow(
  name: string,
  { ours, peer }: Figures,
  { unit, most }: { readonly unit: string; readonly most: number },
): BenchRow {
  const share = median(ours) / median(peer);
  return {
    name,
    ours: median(ours),
    peer: median(peer),
    unit,
    ratio: 1 / share,
    target: `≤ ${most} × the official CLI (${share.toFixed(2)})`,
    pass: share <= most,
    spread: `${spread(ours)} / ${spread(peer)}`,
  };
}

async function run(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const child = spawn(program, args, { cwd: root, env: options.env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${String(code)}`);
}
