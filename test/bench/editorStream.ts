// A reply that comes at a steady pace, one delta a write, as a fast model sends it.

import { event, gate, type Reply, type Step } from '../support/modelServer/steps.ts';
import { buildAnswer } from './editorTranscript.ts';

export interface PacedReply {
  readonly reply: Reply;
  /** Lets the deltas go, from now on. Resolves when the last one has. */
  play(): Promise<void>;
  /** Resolves when so many deltas have been let go. */
  reached(count: number): Promise<void>;
}

export interface PacedOptions {
  readonly deltas: number;
  readonly perSecond: number;
  /** The last words. */
  readonly end: string;
}

/** Characters of a delta: about one token. */
const deltaLength = 5;

export function createPacedReply({ deltas, perSecond, end }: PacedOptions): PacedReply {
  const gates = Array.from({ length: deltas }, createGate);
  const texts = cutText(deltas);
  const steps = texts.flatMap((text, index): Step[] => [
    gate(gates[index]?.opened ?? Promise.resolve()),
    toDelta(index === deltas - 1 ? `\n\n${end}` : text),
  ]);
  const block = { type: 'text', text: '', citations: null };
  return {
    reply: [
      event('content_block_start', { type: 'content_block_start', index: 0, content_block: block }),
      ...steps,
      event('content_block_stop', { type: 'content_block_stop', index: 0 }),
    ],
    reached: async (count) => gates[Math.min(count, deltas) - 1]?.opened,
    async play() {
      const started = performance.now();
      let gone = 0;
      const timer = setInterval(() => {
        const due = Math.min(deltas, Math.floor(((performance.now() - started) / 1000) * perSecond));
        for (; gone < due; gone += 1) gates[gone]?.open();
      }, 1);
      await gates.at(-1)?.opened;
      clearInterval(timer);
    },
  };
}

function toDelta(text: string): Step {
  return event('content_block_delta', {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  });
}

function cutText(pieces: number): string[] {
  let text = '';
  for (let index = 0; text.length < pieces * deltaLength; index += 1) text += `${buildAnswer(index)}\n\n`;
  return Array.from({ length: pieces }, (_, at) => text.slice(at * deltaLength, (at + 1) * deltaLength));
}

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
