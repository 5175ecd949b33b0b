/**
 * The host's end of the channel to a webview. What travels is an envelope `{ belay: 1, batch: [...] }`, the same both ways:
 * one crossing of the process boundary per frame, however many deltas a reply has. What is no such envelope is dropped.
 */
import * as z from 'zod';
import type { Channel } from '../channel/channel.ts';
import { createMessageQueue } from '../channel/messageQueue.ts';
import { isDelta, joinDeltas } from './joinDeltas.ts';

const envelope = z.object({
  belay: z.literal(1),
  batch: z.array(z.looseObject({ type: z.string() })).max(1000),
});

/** Milliseconds that deltas wait for company: one frame of a 60 Hz display. */
const FRAME_MS = 16;
/** Messages after which a batch goes out at once, so that a flood doesn't pile up here. */
const MAX_BATCH = 512;

export interface PanelChannel extends Channel {
  /** What the webview posted, as it came. */
  receive(data: unknown): void;
}

export interface PanelChannelOptions {
  /** Hands one envelope to the webview. */
  readonly post: (envelope: unknown) => void;
  /** Runs something at the next frame; returns how to call it off. Default: a timer. */
  readonly atNextFrame?: (run: () => void) => () => void;
  readonly onProblem: (problem: string) => void;
}

export function createPanelChannel({
  post,
  onProblem,
  atNextFrame = afterFrame,
}: PanelChannelOptions): PanelChannel {
  const incoming = createMessageQueue<unknown>();
  let outgoing: unknown[] = [];
  let cancelFrame: (() => void) | undefined;
  let isClosed = false;

  function flush(): void {
    cancelFrame?.();
    cancelFrame = undefined;
    if (outgoing.length === 0) return;
    const batch = joinDeltas(outgoing);
    outgoing = [];
    post({ belay: 1, batch });
  }

  return {
    async send(message) {
      if (isClosed) return;
      outgoing.push(message);
      if (!isDelta(message) || outgoing.length >= MAX_BATCH) return flush();
      cancelFrame ??= atNextFrame(flush);
    },
    messages: incoming,
    receive(data) {
      const parsed = envelope.safeParse(data);
      if (!parsed.success) return onProblem('the panel posted something that is no envelope');
      for (const message of parsed.data.batch) incoming.push(message);
    },
    close() {
      isClosed = true;
      cancelFrame?.();
      outgoing = [];
      incoming.end();
    },
  };
}

function afterFrame(run: () => void): () => void {
  const timer = setTimeout(run, FRAME_MS);
  return () => clearTimeout(timer);
}
