/** Watches the panel inside VS Code for what hostile content could make it do: load, run, post, or draw what it must not. */
import type { Frame, Page } from 'playwright-core';
import { findForbiddenIn, layCanaries } from '../panelHarness/exposure.ts';

/** What the panel posted to its host, or to the page of VS Code around it. */
export interface Posted {
  /** VS Code's own word for it: `onmessage` is what the host gets, as `data.message`. */
  readonly channel: string;
  readonly data: unknown;
}

export interface PanelWatch {
  /** Everything that went wrong since the last call, in words, but for what was posted. Empty is good. */
  problems(): Promise<string[]>;
  /** Everything posted since the last call. */
  posted(): Promise<Posted[]>;
}

/** Call once the panel stands. `frame`: its inner frame. */
export async function watchPanel(page: Page, frame: Frame): Promise<PanelWatch> {
  const outer = frame.parentFrame();
  if (outer === null) throw new Error('a panel in VS Code stands in a frame of its own');
  const problems: string[] = [];
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    // Of the workbench alone: it speaks with its own server.
    const isOurs = [frame, outer].some((own) => own.url() === request.headers().referer);
    if (isOurs || (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1'))
      problems.push(`request: ${url.href.slice(0, 200)}`);
  });
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', () => problems.push('popup'));
  page.on('framenavigated', ({ url }) => problems.push(`navigation: ${url()}`));
  await layCanaries(frame);
  await outer.evaluate(() => {
    const posts: unknown[] = [];
    (globalThis as unknown as { belayPosts: unknown[] }).belayPosts = posts;
    // VS Code's own frame around the panel hands everything on by a port.
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function recordedPost(this: MessagePort, ...args: [unknown]): void {
      posts.push(args[0]);
      postMessage.apply(this, args);
    };
  });
  await frame.evaluate(() => {
    const page = globalThis as unknown as { belayViolations: string[] };
    page.belayViolations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      page.belayViolations.push(`violation: ${violatedDirective} ${blockedURI}`);
    });
  });
  return {
    async problems() {
      const violations = await frame.evaluate(() =>
        (globalThis as unknown as { belayViolations: string[] }).belayViolations.splice(0),
      );
      return [...problems.splice(0), ...violations, ...(await findForbiddenIn(frame))];
    },
    posted: () =>
      outer.evaluate(() => (globalThis as unknown as { belayPosts: Posted[] }).belayPosts.splice(0)),
  };
}
