/** The built panel in a plain browser, with a scripted host behind it. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Channel } from '../../../src/channel/channel.ts';
import { createMessageQueue } from '../../../src/channel/messageQueue.ts';
import type { Snapshot } from './scriptedHost.ts';
import { type Answers, createScriptedHost, type ScriptedHost } from './scriptedHost.ts';
import { readTheme, type ThemeName, TOKEN_COLORS } from './themes.ts';
import { installEnvironment } from './webviewEnvironment.ts';

export interface PanelPageOptions {
  readonly browser: Browser;
  /** Of the panel server. */
  readonly origin: string;
  readonly snapshot: Snapshot;
  readonly answers?: Partial<Answers>;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

export interface PanelPage {
  readonly page: Page;
  readonly host: ScriptedHost;
  /** Violations of the content security policy, as "directive blocked-uri sample". */
  violations(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openPanel(options: PanelPageOptions): Promise<PanelPage> {
  const { browser, origin, snapshot, theme = 'dark-modern', width = 400, height = 800 } = options;
  const { kind, variables } = await readTheme(theme);
  snapshot.state.token_colors = { ...TOKEN_COLORS[theme] };
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    ...(options.reducedMotion === true ? { reducedMotion: 'reduce' as const } : {}),
  });
  await context.grantPermissions(['clipboard-write', 'clipboard-read'], { origin });
  const page = await context.newPage();
  const channel = await bridge(page);
  const host = createScriptedHost(channel, snapshot, options.answers ?? {});
  const background =
    variables[width < 600 ? '--vscode-sideBar-background' : '--vscode-editor-background'] ?? '';
  await page.addInitScript(installEnvironment, { kind, variables, background, state: undefined });
  await page.goto(origin);
  return {
    page,
    host,
    violations: () =>
      page.evaluate(() => (globalThis as unknown as { belayViolations: string[] }).belayViolations),
    close: async () => {
      channel.close();
      await context.close();
    },
  };
}

/** The host's end of the channel: envelopes cross as window messages, at most one crossing at a time. */
async function bridge(page: Page): Promise<Channel> {
  const incoming = createMessageQueue<unknown>();
  let outgoing: unknown[] = [];
  let isCrossing = false;
  await page.exposeFunction(
    'belayPosted',
    (data: { readonly belay: 1; readonly batch: readonly unknown[] }) => {
      for (const message of data.batch) incoming.push(message);
    },
  );
  async function cross(): Promise<void> {
    if (isCrossing) return;
    isCrossing = true;
    while (outgoing.length > 0) {
      const batch = outgoing;
      outgoing = [];
      await page.evaluate((envelope) => postMessage(envelope, '*'), { belay: 1, batch }).catch(() => {});
    }
    isCrossing = false;
  }
  return {
    async send(message) {
      outgoing.push(message);
      queueMicrotask(() => void cross());
    },
    messages: incoming,
    close: () => incoming.end(),
  };
}
