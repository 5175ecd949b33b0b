/**
 * How fluent the panel is: a reply of 1,000 deltas a second, batched per frame as the host does, at the end of a
 * conversation of 1,000 messages; and how soon such a conversation can be used after the panel is shown.
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
const SECONDS = 6;
const RUNS = 5;

const WORDS =
  'The list is sorted by date now, with `compareNotes` in place of names, and **undated** notes come last. '.split(
    ' ',
  );

export default async function benchPanel(): Promise<BenchRow[]> {
  const lab = await createPanelLab();
  try {
    return [...(await benchStreaming(lab)), await benchOpening(lab)];
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
    panel.page.evaluate(streamDeltas, { words: WORDS, perFrame: DELTAS_PER_FRAME, seconds: SECONDS }),
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

/** Runs in the page: posts what the host would, one envelope per frame, for as long as told. */
async function streamDeltas({
  words,
  perFrame,
  seconds,
}: {
  words: readonly string[];
  perFrame: number;
  seconds: number;
}): Promise<void> {
  let count = 0;
  const end = performance.now() + seconds * 1000;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const batch = Array.from({ length: perFrame }, () => {
        count += 1;
        const word = `${words[count % words.length]} ${count % 90 === 0 ? '\n\n' : ''}`;
        const event = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: word } };
        return { type: 'stream_event', uuid: 'x', session_id: 's', parent_tool_use_id: null, event };
      });
      postMessage({ belay: 1, batch }, '*');
      if (performance.now() < end) return;
      clearInterval(timer);
      resolve();
    }, 16);
  });
}

async function benchOpening(lab: PanelLab): Promise<BenchRow> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const panel = await lab.open({ snapshot: buildSnapshot(), width: 420, height: 900 });
    times.push(await panel.page.evaluate(untilUsable));
    await panel.close();
  }
  const median = percentile(times, 0.5);
  return {
    name: `panel: shown until usable, ${MESSAGES} messages`,
    ours: median,
    unit: 'ms',
    target: '< 500 ms',
    pass: median < 500,
    spread: `${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}`,
  };
}

/** Runs in the page. Milliseconds from the navigation's start until composer and last message have been painted. */
function untilUsable(): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      const isThere =
        document.querySelector('textarea') !== null && document.querySelector('.turn-end') !== null;
      requestAnimationFrame(() => (isThere ? setTimeout(() => resolve(performance.now()), 0) : look()));
    };
    look();
  });
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
