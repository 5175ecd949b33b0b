/**
 * An old session of 200 MB, resumed by the executable: until it answers `initialize`, and until its first request has
 * reached the model (where it could: no provider takes a request of 200 MB). Beside it, in turn, what reading the file and parsing each line takes a process that does nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { node, root } from '../../scripts/run.mjs';
import { toProjectName } from '../../src/node/transcripts.ts';
import { median, spread } from './figures.ts';
import { type InstantModel, startInstantModel } from './headlessModel.ts';
import { type TranscriptKind, writeTranscript } from './transcriptFile.ts';
import type { BenchRow } from './types.ts';

const RUNS = 5;
const BYTES = 200_000_000;
const SESSION = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const MOST_MS = 2000;
const MOST_MB = 300;

const KINDS: Readonly<Record<TranscriptKind, string>> = {
  work: 'compacted as it grew',
  short: 'of many short lines',
  outputs: 'never compacted, long outputs',
  content: 'that the model is to see whole',
};

export default async function bench(): Promise<BenchRow[]> {
  await buildCommand();
  const rows: BenchRow[] = [];
  for (const kind of Object.keys(KINDS) as TranscriptKind[]) rows.push(...(await benchKind(kind)));
  return rows;
}

async function buildCommand(): Promise<void> {
  await run(node, [join(root, 'scripts', 'build.mjs'), '--production']);
}

// ---- what is measured ----

interface Sample {
  /** Milliseconds since the start, to the answer to `initialize`. */
  readonly answered: number;
  /** Peak resident memory until then, MB. */
  readonly answeredMemory: number;
  /** Milliseconds since the start, to the end of the first request. */
  readonly asked: number;
  readonly askedMemory: number;
}

interface Parsed {
  readonly wall: number;
  readonly memory: number;
}

async function benchKind(kind: TranscriptKind): Promise<BenchRow[]> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'belay-bench-')));
  const model = await startInstantModel('');
  try {
    const cwd = join(home, 'project');
    const folder = join(home, '.belay', 'projects', toProjectName(cwd));
    await mkdir(cwd);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${SESSION}.jsonl`);
    await writeTranscript({ path, sessionId: SESSION, kind, bytes: BYTES });
    const ours: Sample[] = [];
    const peers: Parsed[] = [];
    for (let index = 0; index < RUNS; index += 1) {
      ours.push(await resume({ home, cwd, model }));
      peers.push(await parseWhole(path));
    }
    return toRows(kind, ours, peers);
  } finally {
    await model.close();
    await rm(home, { recursive: true, force: true });
  }
}

interface Place {
  readonly home: string;
  readonly cwd: string;
  readonly model: InstantModel;
}

async function resume({ home, cwd, model }: Place): Promise<Sample> {
  const stream = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
  const args = [join(root, 'dist', 'belay.cjs'), '-p', ...stream, '--resume', SESSION];
  const started = performance.now();
  const child = spawn(node, args, {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'test-key',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const asked = model.nextRequest();
  try {
    const answer = hear(child, '"control_response"');
    say(child, { type: 'control_request', request_id: '1', request: { subtype: 'initialize' } });
    await answer;
    const answered = performance.now() - started;
    const answeredMemory = await peakOf(child);
    say(child, {
      type: 'user',
      parent_tool_use_id: null,
      message: { role: 'user', content: [{ type: 'text', text: 'hello' }] },
    });
    await Promise.race([asked, ended.then(() => Promise.reject(new Error('it ended before it asked')))]);
    return { answered, answeredMemory, asked: performance.now() - started, askedMemory: await peakOf(child) };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

function say(child: ChildProcess, message: object): void {
  child.stdin?.write(`${JSON.stringify(message)}\n`);
}

async function hear(child: ChildProcess, part: string): Promise<void> {
  if (child.stdout === null) throw new Error('standard output is not a pipe');
  for await (const line of createInterface({ input: child.stdout })) if (line.includes(part)) break;
  child.stdout.resume();
}

async function peakOf(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const PARSE = `
  const { readFileSync } = require('node:fs');
  const lines = readFileSync(process.argv[1], 'utf8').split('\\n').filter(Boolean).map((line) => JSON.parse(line));
  process.stdout.write(JSON.stringify({ lines: lines.length, memory: process.resourceUsage().maxRSS / 1024 }));
`;

async function parseWhole(path: string): Promise<Parsed> {
  const started = performance.now();
  const child = spawn(node, ['-e', PARSE, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  const { memory } = JSON.parse(said) as { memory: number };
  return { wall: performance.now() - started, memory };
}

// ---- figures ----

function toRows(kind: TranscriptKind, ours: readonly Sample[], peers: readonly Parsed[]): BenchRow[] {
  const walls = peers.map(({ wall }) => wall);
  const memories = peers.map(({ memory }) => memory);
  const time = { most: MOST_MS, unit: 'ms' };
  const memory = { most: MOST_MB, unit: 'MB' };
  const resumed = [
    toRow(
      `200 MB ${KINDS[kind]}: resumed`,
      { ours: ours.map(({ answered }) => answered), peer: walls },
      time,
    ),
    toRow('the same, peak memory', { ours: ours.map((one) => one.answeredMemory), peer: memories }, memory),
  ];
  if (kind === 'content') return resumed;
  return [
    ...resumed,
    toRow('the same, first request sent', { ours: ours.map(({ asked }) => asked), peer: walls }, time),
    toRow('the same, peak memory', { ours: ours.map((one) => one.askedMemory), peer: memories }, memory),
  ];
}

interface Figures {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

function toRow(
  name: string,
  { ours, peer }: Figures,
  limit: { readonly most: number; readonly unit: string },
): BenchRow {
  return {
    name,
    ours: median(ours),
    peer: median(peer),
    unit: limit.unit,
    ratio: median(peer) / median(ours),
    target: `< ${limit.most} ${limit.unit}`,
    pass: median(ours) < limit.most,
    spread: `${spread(ours)} / ${spread(peer)}`,
  };
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${String(code)}`);
}
