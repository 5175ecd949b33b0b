/**
 * How fluent the panel is: a reply of 1,000 deltas a second, batched per frame as the host does, at the end of a
 * conversation of 1,000 messages; and a line that is as long as a book.
 *
 * Measured in headless Chromium on the production bundle. A frame's time is what the page's main thread worked between
 * one frame's begin and the next (script, style, layout, paint), taken from a trace: gaps between animation frames would
 * only show the display's clock as long as the work fits into it.
 */
import type { Browser } from 'playwright-core';
import { buildState, startBlock, startReply, stateIs, text } from '../support/panelHarness/conversation.ts';
import { measureFrames } from '../support/panelHarness/frameTimes.ts';
import { buildLongConversation } from '../support/panelHarness/longConversation.ts';
import { createPanelLab, type PanelLab } from '../support/panelHarness/panelLab.ts';
import type { BenchRow } from './types.ts';

const MESSAGES = 1_000;
const DELTAS_PER_FRAME = 16;
const DELTAS = 6_000;
const LINE_LENGTH = 200_000;
const LINE_PIECES = 250;

const WORDS =
  'The list is sorted by date now, with `compareNotes` in place of names, and **undated** notes come last. '.split(
    ' ',
  );

export default async function benchPanel(): Promise<BenchRow[]> {
  const lab = await createPanelLab();
  try {
    return [...(await benchStreaming(lab)), await benchLongLine(lab)];
  } finally {
    await lab.close();
  }
}

async function benchStreaming(lab: PanelLab): Promise<BenchRow[]> {
  const panel = await lab.open({ snapshot: buildSnapshot(), width: 420, height: 900 });
  await panel.page.getByRole('textbox', { name: 'Message Belay' }).waitFor();
  // The head of the conversation is drawn in idle moments; the reply begins when all of it is there.
  await panel.page.waitForFunction(
    (count) => document.querySelectorAll('.user-message').length >= count,
    Math.floor(MESSAGES / 9),
  );
  await panel.page.waitForTimeout(500);
  panel.host.send(stateIs('running'), startReply('live'), startBlock(0, text('')));
  await panel.page.waitForTimeout(200);
  const browser = panel.page.context().browser() as Browser;
  const frames = await measureFrames(browser, panel.page, () =>
    panel.page.evaluate(streamDeltas, {
      words: WORDS,
      perFrame: DELTAS_PER_FRAME,
      pieces: DELTAS,
      between: ' ',
    }),
  );
  await panel.close();
  const worst = Math.max(...frames);
  const usual = percentile(frames, 0.95);
  const shared = {
    unit: 'ms',
    spread: `median ${percentile(frames, 0.5).toFixed(1)}, ${frames.length} frames`,
  };
  return [
    {
      name: `panel: 95 % of frames, 1,000 deltas/s into ${MESSAGES} messages`,
      ours: usual,
      target: '< 17 ms',
      pass: usual < 17,
      ...shared,
    },
    { name: 'panel: longest frame of the same', ours: worst, target: '< 50 ms', pass: worst < 50, ...shared },
  ];
}

interface Streaming {
  readonly words: readonly string[];
  readonly perFrame: number;
  /** Deltas in all. */
  readonly pieces: number;
  /** What stands behind each word. */
  readonly between: string;
}

/** Runs in the page: posts what the host would, one envelope per frame, until all pieces are out. */
async function streamDeltas({ words, perFrame, pieces, between }: Streaming): Promise<void> {
  let count = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const batch = Array.from({ length: perFrame }, () => {
        count += 1;
        const end = between !== '' && count % 90 === 0 ? '\n\n' : '';
        const delta = { type: 'text_delta', text: `${words[count % words.length]}${between}${end}` };
        const event = { type: 'content_block_delta', index: 0, delta };
        return { type: 'stream_event', uuid: 'x', session_id: 's', parent_tool_use_id: null, event };
      });
      postMessage({ belay: 1, batch }, '*');
      if (count < pieces) return;
      clearInterval(timer);
      resolve();
    }, 16);
  });
}

/** A line without an end, as a model gives out data: layout must not break it anew for each piece. */
async function benchLongLine(lab: PanelLab): Promise<BenchRow> {
  const panel = await lab.open({ snapshot: buildSnapshot(), width: 420, height: 900 });
  await panel.page.getByRole('textbox', { name: 'Message Belay' }).waitFor();
  panel.host.send(stateIs('running'), startReply('live'), startBlock(0, text('')));
  const words = ['a'.repeat(LINE_LENGTH / LINE_PIECES)];
  const browser = panel.page.context().browser() as Browser;
  const frames = await measureFrames(browser, panel.page, () =>
    panel.page.evaluate(streamDeltas, { words, perFrame: 1, pieces: LINE_PIECES, between: '' }),
  );
  await panel.close();
  const worst = Math.max(...frames);
  return {
    name: 'panel: longest frame, a line of 200 kB while it streams',
    ours: worst,
    unit: 'ms',
    target: '< 100 ms',
    pass: worst < 100,
    spread: `median ${percentile(frames, 0.5).toFixed(1)}, ${frames.length} frames`,
  };
}

function buildSnapshot() {
  return {
    state: buildState(),
    view: { draft: '', scroll: null, open: {} },
    messages: buildLongConversation(MESSAGES),
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
