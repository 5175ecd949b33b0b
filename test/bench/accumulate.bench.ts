/**
 * From the bytes of a streamed reply to the reply, against the SDK's own helper (`client.messages.stream`). Both get the same
 * bytes in the same pieces and run in turn within one process; times are CPU time of the thread that reads, because a busy
 * machine stretches any other, and because the engine's own threads still clear up after the run before. Tool input is read after every delta on both sides, as a panel that shows a file while it is written must do: ours
 * from the accumulator, the helper's from its `inputJson` event (without a listener it parses once, at the end).
 */
import Anthropic from '@anthropic-ai/sdk';
import { createAnthropicModel } from '../../src/core/model/anthropicModel.ts';
import { createModelTable } from '../../src/core/model/modelTable.ts';
import { parseStreamEvent } from '../../src/core/model/parseStreamEvent.ts';
import { ServerSentEventReader } from '../../src/core/model/serverSentEvents.ts';
import type { Clock } from '../../src/core/ports.ts';
import type { ApiReply } from '../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../src/stream/accumulator.ts';
import { median, spread } from './figures.ts';
import type { BenchRow } from './types.ts';

const PIECE_BYTES = 16 * 1024;
const MODEL = 'claude-sonnet-5-5';

export default async function bench(): Promise<BenchRow[]> {
  const text = buildReply({ type: 'text', text: '' }, textDeltas(100_000));
  const oneMegabyte = buildReply(TOOL_USE, inputDeltas(1_000_000));
  const twoMegabytes = buildReply(TOOL_USE, inputDeltas(2_000_000));
  for (const body of [
    buildReply({ type: 'text', text: '' }, textDeltas(500)),
    buildReply(TOOL_USE, inputDeltas(5000)),
  ]) {
    await expectSame(body);
  }
  for (let warm = 0; warm < 5; warm += 1) {
    for (const body of [text, oneMegabyte]) await timeOf(() => readWithOurs(body));
  }

  const texts = await measureInTurn(text, { ours: readWithOurs, oursRuns: 25, peerRuns: 25 });
  const whole = await measureInTurn(text, { ours: readThroughModel, oursRuns: 9, peerRuns: 9 });
  const inputs = await measureInTurn(oneMegabyte, { ours: readWithOurs, oursRuns: 15, peerRuns: 1 });
  const growth = await measureGrowth(oneMegabyte, twoMegabytes);
  return [
    toRow('100,000 text deltas, bytes to reply', texts, 5),
    toRow('the same, the whole way from the request', whole, 1),
    toRow('1 MB of tool input in 32-character deltas', inputs, 50),
    {
      name: '2 MB of tool input, times what 1 MB takes',
      ours: median(growth),
      unit: '×',
      target: '≤ 2.2×',
      pass: median(growth) <= 2.2,
      spread: spread(growth, 1),
    },
  ];
}

function toRow(name: string, { ours, peer }: Times, least: number): BenchRow {
  const ratio = median(peer) / median(ours);
  return {
    name,
    ours: median(ours),
    peer: median(peer),
    unit: 'ms',
    ratio,
    target: `≥ ${least}× the SDK's stream helper`,
    pass: ratio >= least,
    spread: peer.length === 1 ? `${spread(ours, 1)} / one run` : `${spread(ours, 1)} / ${spread(peer, 1)}`,
  };
}

// ---- what is streamed ----

const TOOL_USE = { type: 'tool_use', id: 'toolu_1', name: 'Write', input: {} };

function buildReply(block: object, deltas: readonly object[]): Uint8Array<ArrayBuffer>[] {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: MODEL,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const frames = [
    frame({ type: 'message_start', message }),
    frame({ type: 'content_block_start', index: 0, content_block: block }),
    ...deltas.map((delta) => frame({ type: 'content_block_delta', index: 0, delta })),
    frame({ type: 'content_block_stop', index: 0 }),
    frame({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
    frame({ type: 'message_stop' }),
  ];
  const bytes = new TextEncoder().encode(frames.join(''));
  return Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, index) =>
    bytes.slice(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  );
}

function textDeltas(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ type: 'text_delta', text: `word ${index} ` }));
}

/** The input of a Write call whose JSON has this many characters, 32 in each delta. */
function inputDeltas(size: number): object[] {
  const line = '  console.log(`line of code with "quotes" and a tab\t`);\n';
  const content = line.repeat(Math.ceil(size / line.length));
  const json = JSON.stringify({ file_path: 'src/generated.ts', content }).slice(0, size - 2);
  const whole = `${json.replace(/\\+$/, '')}"}`;
  return (whole.match(/[\s\S]{1,32}/g) ?? []).map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }));
}

function frame(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

// ---- the two sides ----

type Body = readonly Uint8Array<ArrayBuffer>[];

async function readWithOurs(body: Body): Promise<ApiReply> {
  const accumulator = new Accumulator();
  const reader = new ServerSentEventReader((name, data) => {
    const event = parseStreamEvent(name, data);
    if (event === undefined || event.type === 'error') return;
    accumulator.push(event);
    if (event.type === 'content_block_delta') void accumulator.blocks[0]?.partialInput;
  });
  for (const piece of body) reader.push(piece);
  reader.end();
  return accumulator.finish();
}

/** As a reply goes in the product: request, SDK, stream, events one by one. */
async function readThroughModel(body: Body): Promise<ApiReply> {
  const models = createModelTable();
  const streamModel = createAnthropicModel({
    secrets: { get: async () => 'sk-ant-bench' },
    baseUrl: () => undefined,
    fetch: answerWith(body),
    clock: CLOCK,
    models: () => models,
  });
  const accumulator = new Accumulator();
  const request = { model: MODEL, system: [], tools: [], messages: [], maxTokens: 64_000 };
  for await (const event of streamModel(request, new AbortController().signal)) accumulator.push(event);
  return accumulator.finish();
}

async function readWithHelper(body: Body): Promise<unknown> {
  const client = new Anthropic({
    apiKey: 'sk-ant-bench',
    fetch: answerWith(body),
    maxRetries: 0,
    logLevel: 'off',
  });
  const messages = [{ role: 'user' as const, content: 'x' }];
  const stream = client.messages.stream({ model: MODEL, max_tokens: 64_000, messages });
  stream.on('inputJson', (_delta, input) => void input);
  return stream.finalMessage();
}

function answerWith(body: Body): typeof fetch {
  return async () => {
    let next = 0;
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const piece = body[next];
        next += 1;
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  };
}

const CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (_ms, signal) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};

async function expectSame(body: Body): Promise<void> {
  const ours = await readWithOurs(body);
  const theirs = (await readWithHelper(body)) as { readonly content: unknown };
  if (JSON.stringify(ours.content) !== JSON.stringify(theirs.content))
    throw new Error('the two sides read different replies');
}

// ---- measuring ----

interface Times {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

interface Measuring {
  readonly ours: (body: Body) => Promise<unknown>;
  readonly oursRuns: number;
  readonly peerRuns: number;
}

async function measureInTurn(body: Body, { ours: run, oursRuns, peerRuns }: Measuring): Promise<Times> {
  const ours: number[] = [];
  const peer: number[] = [];
  for (let count = 0; count < oursRuns; count += 1) {
    ours.push(await timeOf(() => run(body)));
    if (count < peerRuns) peer.push(await timeOf(() => readWithHelper(body)));
  }
  return { ours, peer };
}

/** How many times as long the double size takes, run for run. */
async function measureGrowth(single: Body, double: Body): Promise<number[]> {
  const factors: number[] = [];
  for (let run = 0; run < 25; run += 1) {
    const one = await timeOf(() => readWithOurs(single));
    factors.push((await timeOf(() => readWithOurs(double))) / one);
  }
  return factors;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const started = process.threadCpuUsage();
  await run();
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1000;
}
