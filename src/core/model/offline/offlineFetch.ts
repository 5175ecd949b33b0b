/**
 * A server of the Messages API in a function: the offline model behind `fetch`, so that everything from the SDK on runs as it
 * does with a real one. Says its lines at the pace of a person reading along.
 */
import type { Clock } from '../../ports.ts';
import { decideReply } from './decideReply.ts';
import type { OfflineBlock, OfflineReply } from './offlineReply.ts';
import { buildCallId, readTurn, type Turn } from './readTurn.ts';

export interface OfflineFetchOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Name of the model that the replies claim to be of. */
  readonly model: string;
  /** How long each piece of text takes, in milliseconds; 0: no waiting. Default 30. */
  readonly pieceMs?: number | undefined;
}

interface Frame {
  readonly waitMs: number;
  readonly text: string;
}

const PIECE_LENGTH = 14;

export function createOfflineFetch(options: OfflineFetchOptions): typeof fetch {
  return async (_input, init) => {
    const turn = readTurn(JSON.parse(String(init?.body)));
    const frames = buildFrames(decideReply(turn), turn, options);
    return new Response(createBody(frames, { clock: options.clock, signal: init?.signal ?? undefined }), {
      headers: { 'content-type': 'text/event-stream' },
    });
  };
}

function createBody(
  frames: Iterator<Frame>,
  { clock, signal }: { readonly clock: Pick<Clock, 'sleep'>; readonly signal: AbortSignal | undefined },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = frames.next();
      if (done === true) {
        controller.close();
        return;
      }
      if (value.waitMs > 0) await clock.sleep(value.waitMs, signal);
      controller.enqueue(encoder.encode(value.text));
    },
  });
}

function* buildFrames(
  reply: OfflineReply,
  turn: Turn,
  { model, pieceMs = 30 }: OfflineFetchOptions,
): Generator<Frame, undefined> {
  const usage = { input_tokens: 0, output_tokens: 0 };
  const message = {
    id: `msg_offline_${turn.length}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    usage,
  };
  yield frame(12 * pieceMs, { type: 'message_start', message });
  for (const [index, block] of reply.entries()) {
    yield frame(0, { type: 'content_block_start', index, content_block: toStart(block, { turn, index }) });
    for (const delta of toDeltas(block)) yield frame(pieceMs, { type: 'content_block_delta', index, delta });
    yield frame(0, { type: 'content_block_stop', index });
  }
  const stop_reason = reply.some(({ kind }) => kind === 'call') ? 'tool_use' : 'end_turn';
  yield frame(0, { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage });
  yield frame(0, { type: 'message_stop' });
  return undefined;
}

function toStart(
  block: OfflineBlock,
  { turn, index }: { readonly turn: Turn; readonly index: number },
): object {
  switch (block.kind) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return { type: 'text', text: '' };
    case 'call':
      return { type: 'tool_use', id: buildCallId(block.stage, turn, index), name: block.name, input: {} };
    default:
      return block satisfies never;
  }
}

function toDeltas(block: OfflineBlock): readonly object[] {
  switch (block.kind) {
    case 'thinking':
      return [
        ...cut(block.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: 'offline' },
      ];
    case 'text':
      return cut(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'call':
      return cut(JSON.stringify(block.input)).map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }));
    default:
      return block satisfies never;
  }
}

/** Pieces that end where a word does, as a model's do. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const word of text.match(/\S+\s*|\s+/g) ?? []) {
    piece += word;
    if (piece.length < PIECE_LENGTH) continue;
    pieces.push(piece);
    piece = '';
  }
  return piece === '' ? pieces : [...pieces, piece];
}

function frame(waitMs: number, data: { readonly type: string; readonly [field: string]: unknown }): Frame {
  return { waitMs, text: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n` };
}
