// Takes times inside the page of the editor, where no test driver stands between: from the key that asks for a chat view
// to the first frame that shows a text box which takes text.

import type { Frame, Page } from 'playwright-core';
import type { Measured } from './editorExtensions.ts';
import { readDemand } from './editorProcess.ts';

/** How long it took, in milliseconds. */
export interface Opening {
  readonly usable: number;
  /** Until the end of the old conversation was shown as well; undefined without one. */
  readonly complete: number | undefined;
  /** How long all threads of the editor together waited for a processor meanwhile: much on a busy machine. */
  readonly waited: number;
}

type Report =
  | { readonly kind: 'asked'; readonly at: number }
  | { readonly kind: 'usable' | 'complete'; readonly at: number; readonly extension: string };

declare global {
  interface Window {
    benchReport(report: Report): Promise<void>;
    benchFrames: number[] | undefined;
  }
}

export interface Probe {
  /** Presses the key and waits for the view. `old`: there is a conversation to be shown, too. */
  open(measured: Measured, options?: { readonly old?: boolean }): Promise<Opening>;
}

const limitMs = 60_000;

/** Watches the page from its next load on. `end`: the text that ends an old conversation. */
export async function installProbe(page: Page, end: string): Promise<Probe> {
  let receive: (report: Report) => void = () => {};
  await page.exposeFunction('benchReport', (report: Report) => receive(report));
  await page.addInitScript(watch, end);
  return {
    async open(measured, { old = false } = {}) {
      const found = new Promise<Omit<Opening, 'waited'>>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${measured.id} showed no text box.`)), limitMs);
        let asked = 0;
        let usable: number | undefined;
        receive = (report) => {
          if (report.kind === 'asked') asked = report.at;
          else if (report.extension !== measured.id) return;
          else if (report.kind === 'usable') usable = report.at - asked;
          if (usable === undefined || (old && report.kind !== 'complete')) return;
          clearTimeout(timer);
          resolve({ usable, complete: old ? report.at - asked : undefined });
        };
      });
      const before = await readDemand();
      const [opening] = await Promise.all([found, page.keyboard.press(measured.openKey)]);
      return { ...opening, waited: (await readDemand()).wait - before.wait };
    },
  };
}

/** The outer frame of a webview: it belongs to VS Code, and draws in step with the document inside. */
export function findWebview(page: Page, measured: Measured): Frame {
  const frame = page.frames().find((each) => isOf(each, measured));
  if (frame === undefined) throw new Error(`There is no webview of ${measured.id}.`);
  return frame;
}

/** The document in it, once it takes text. (`Editor.panel` doesn't know a view that was hidden and shown again: VS Code
 * leaves out of its address then that it is a view.) */
export async function findDocument(page: Page, measured: Measured): Promise<Frame> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const outer = page.frames().find((frame) => isOf(frame, measured));
    for (const inner of outer?.childFrames() ?? []) {
      const box = inner.getByRole('textbox', { name: 'Message Belay' });
      // The frame may be replaced while we look.
      if (await box.isVisible().catch(() => false)) return inner;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`${measured.id} shows no text box.`);
}

function isOf(frame: Frame, { id }: Measured): boolean {
  return frame.url().includes(`extensionId=${id}`) && !frame.isDetached();
}

/** Takes the time of every frame from now on; the function that comes back ends that and gives the milliseconds between. */
export async function recordFrames(frame: Frame): Promise<() => Promise<readonly number[]>> {
  await frame.evaluate(() => {
    const times: number[] = [];
    window.benchFrames = times;
    const take = (now: number): void => {
      times.push(now);
      if (window.benchFrames === times) requestAnimationFrame(take);
    };
    requestAnimationFrame(take);
  });
  return async () => {
    const times = await frame.evaluate(() => {
      const taken = window.benchFrames ?? [];
      window.benchFrames = undefined;
      return taken;
    });
    return times.slice(1).map((time, index) => time - (times[index] ?? time));
  };
}

/** Runs in every document of the page before its own scripts. */
function watch(end: string): void {
  if (window.top === window) {
    const isAsking = (event: KeyboardEvent): boolean =>
      event.ctrlKey && event.shiftKey && event.altKey && event.key.length === 1;
    const tell = (event: KeyboardEvent): void => {
      if (!isAsking(event)) return;
      void window.benchReport({ kind: 'asked', at: performance.timeOrigin + event.timeStamp });
    };
    addEventListener('keydown', tell, true);
    return;
  }
  const extension = new URLSearchParams(location.search).get('extensionId');
  if (extension === null || window.parent !== window.top) return;
  const told = new Set<string>();
  /** To be looked at once there is a text box: a page that is looked at is never at rest. */
  let framesLeft = 60;

  /** What is there when a frame begins has been drawn when the next one does. */
  function tellNextFrame(kind: 'usable' | 'complete'): void {
    if (told.has(kind)) return;
    told.add(kind);
    requestAnimationFrame(() => {
      const at = performance.timeOrigin + performance.now();
      void window.benchReport({ kind, at, extension: extension ?? '' });
    });
  }

  function look(): void {
    for (const inner of document.querySelectorAll('iframe')) {
      const shown = inner.contentDocument;
      if (shown === null || getComputedStyle(inner).visibility === 'hidden') continue;
      const box = shown.querySelector('textarea[aria-label="Message Belay"]:enabled');
      if (box?.checkVisibility() !== true) continue;
      tellNextFrame('usable');
      const log = shown.querySelector('[role="log"]');
      if (log?.textContent.includes(end) === true) return tellNextFrame('complete');
      framesLeft -= 1;
    }
    if (framesLeft > 0) requestAnimationFrame(look);
  }
  requestAnimationFrame(look);
}
