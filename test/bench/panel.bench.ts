/**
 * How fluent the panel is: a reply of 1,000 deltas a second, batched per frame as the host does, at the end of a
 * conversation of 10,000 blocks; what such a conversation costs to open, to keep, and to be searched; and a line that is as
 * long as a book.
 *
 * Measured in headless Chromium on the production bundle. A frame's time is what the page's main thread worked between
 * one frame's begin and the next (script, style, layout, paint), taken from a trace: gaps between animation frames would
 * only show the display's clock as long as the work fits into it.
 */
import type { Browser } from 'playwright-core';
import { buildState, startBlock, startReply, stateIs, text } from '../support/panelHarness/conversation.ts';
import { measureFrames } from '../support/panelHarness/frameTimes.ts';
import { buildLongConversation } from '../support/panelHarness/longConversation.ts';
import { createPagedConversation } from '../support/panelHarness/pagedConversation.ts';
import { createPanelLab, type PanelLab } from '../support/panelHarness/panelLab.ts';
import type { PanelPage } from '../support/panelHarness/panelPage.ts';
import { median, spread } from './figures.ts';
import type { BenchRow } from './types.ts';

/** A turn of nine messages has eight blocks that are shown. */
const BLOCKS = 10_000;
const MESSAGES = (BLOCKS / 8) * 9;
const OPENINGS = 7;
/** Pages that are read back before the memory is looked at. */
const READ_BACK = 40;
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
    return [...(await benchLongConversation(lab)), ...(await benchStreaming(lab)), await benchLongLine(lab)];
  } finally {
    await lab.close();
  }
}

/** Opens it anew for each measurement, as after the webview was killed. */
async function benchLongConversation(lab: PanelLab): Promise<BenchRow[]> {
  const times: number[] = [];
  for (let run = 0; run < OPENINGS; run += 1) {
    const { panel } = await openLong(lab);
    times.push(await panel.page.evaluate(() => performance.now()));
    await panel.close();
  }
  const { panel } = await openLong(lab);
  const found = await timeFind(panel);
  await readBack(panel);
  const heap = await readHeap(panel);
  await panel.close();
  const opened = median(times);
  return [
    {
      name: `panel: ${BLOCKS.toLocaleString('en')} blocks, from the page's start to the newest message, draft and place`,
      ours: opened,
      unit: 'ms',
      target: '< 300 ms',
      pass: opened < 300,
      spread: spread(times),
    },
    {
      name: 'panel: the same, a text found in all of it',
      ours: found,
      unit: 'ms',
      target: '< 100 ms',
      pass: found < 100,
    },
    {
      name: `panel: the same, heap after ${READ_BACK} pages were read`,
      ours: heap,
      unit: 'MB',
      target: '< 200 MB',
      pass: heap < 200,
    },
  ];
}

async function openLong(lab: PanelLab) {
  const snapshot = buildSnapshot();
  const conversation = createPagedConversation(snapshot, buildLongConversation(MESSAGES));
  const panel = await lab.open({ snapshot, answers: conversation.answers, width: 420, height: 900 });
  conversation.attach(panel.host);
  const last = `part ${Math.ceil(MESSAGES / 9) - 1} `;
  await panel.page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('.user-message')].at(-1)?.textContent?.includes(wanted) === true &&
      document.querySelector('textarea')?.value === 'half a thought',
    last,
  );
  return { panel, conversation };
}

/** Milliseconds from the last letter to the count, host and bridge of the test included. */
async function timeFind({ page }: PanelPage): Promise<number> {
  await page.keyboard.press('Control+f');
  const field = page.getByRole('textbox', { name: 'Find in conversation' });
  await field.waitFor();
  // All that is held is drawn for it first.
  await page.waitForTimeout(500);
  const counted = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let start = 0;
        document.addEventListener('input', () => (start = performance.now()), { capture: true });
        const look = (): void => {
          const text = document.querySelector('.find-count')?.textContent ?? '';
          if (/of 1250/.test(text)) resolve(performance.now() - start);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  await field.fill('look at part');
  const time = await counted;
  await page.keyboard.press('Escape');
  return time;
}

async function readBack({ page, host }: PanelPage): Promise<void> {
  const asked = (): number => host.asked.filter(({ subtype }) => subtype === 'belay/page_load').length;
  while (asked() < READ_BACK) {
    await page.getByRole('log', { name: 'Conversation' }).evaluate((element) => {
      element.scrollTop = 0;
    });
    await page.waitForTimeout(30);
  }
}

/** MB of JavaScript's heap after a collection. */
async function readHeap({ page }: PanelPage): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

async function benchStreaming(lab: PanelLab): Promise<BenchRow[]> {
  const { panel } = await openLong(lab);
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
      name: `panel: 95 % of frames, 1,000 deltas/s into ${BLOCKS.toLocaleString('en')} blocks`,
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
    view: { draft: 'half a thought', scroll: null, open: {} },
    messages: [],
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
