// A real VS Code in a browser page, for one test: its own server, profile, home folder and project folder.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';
import { root } from '../../../scripts/run.mjs';
import { browserArgs, ensureBrowser } from '../../../scripts/vscode/browser.mts';
import { isolatedEnv } from '../../../scripts/vscode/isolatedEnv.mts';
import { createSampleProject } from '../../../scripts/vscode/sample.mts';
import { saveServerLogs } from '../../../scripts/vscode/saveLogs.mts';
import { type Server, startServer } from '../../../scripts/vscode/server.mts';
import { quietSettings, type Settings, trustedSettings } from '../../../scripts/vscode/settings.mts';

const workbenchTimeoutMs = 30_000;
const panelTimeoutMs = 20_000;
const storageTimeoutMs = 60_000;

export interface EditorOptions {
  /** The folder to open, absolute; without it a fresh copy of the sample project. */
  readonly folder?: string;
  /** The .code-workspace file to open in place of the folder, absolute. */
  readonly workspace?: string;
  /** Extensions may use the proposed API they ask for. */
  readonly proposedApi?: boolean;
  /** User settings, on top of quiet ones in a trusted folder. */
  readonly settings?: Settings;
  /** Environment of the extension host. HOME and BELAY_CONFIG_DIR are fresh folders unless given; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the extension is installed. */
  readonly extensionsDir?: string;
  /** A profile to go on with, from an earlier editor; without it a new one, deleted on close. */
  readonly profile?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Where a chat is shown: in the side bar, or as an editor tab. */
export type PanelPlace = 'view' | 'tab';

export interface Editor {
  readonly page: Page;
  readonly server: Server;
  /** The project folder, absolute. */
  readonly folder: string;
  /** Everything of this editor that outlives its process: settings, state, logs, home folder. */
  readonly profile: string;
  /** Addresses outside this machine that the page asked for; all were refused. Webview resources don't count. */
  readonly foreignRequests: readonly string[];
  /** The document inside Belay's webview, once it shows something. Ask again after a reload or a move. */
  panel(place?: PanelPlace): Promise<Frame>;
  /** Runs a command by its title in the command palette, such as "Belay: New Session". */
  runCommand(title: string): Promise<void>;
  /** Opens a file of the project by its path inside the folder, and waits until its text is shown. */
  openFile(path: string): Promise<void>;
  /** Reloads the window, as "Developer: Reload Window" does, and waits for the workbench. */
  reload(): Promise<void>;
  /** As after a crash of the window: VS Code saves nothing on its way out. (On a reload it sometimes forgets webview tabs in
   * a browser, because the extension host that could bring them back is gone before the editors are written down.) */
  crash(): Promise<void>;
  /** Waits until VS Code has written down which editors are open, with this text in it: in a browser it does so only every
   * few seconds, and a window that is reloaded before has lost its tabs. */
  untilEditorsStored(text: string): Promise<void>;
  /** Writes build/screenshots/NAME.png and returns its path. */
  screenshot(name: string): Promise<string>;
  /** Copies the logs of server, extension host and browser to build/logs/NAME. */
  saveLogs(name: string): Promise<string>;
  /** Ends browser and server. May be called twice. */
  close(): Promise<void>;
}

/** Opens a folder in a fresh VS Code and waits until the workbench stands (four to six seconds). Close it in `finally`;
 * end-to-end tests use `startEditor` of test/e2e/startEditor.ts instead, which does. */
export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const profile = options.profile ?? (await temporaryFolder(closers, 'belay-profile-'));
    const folder =
      options.folder ??
      (await createSampleProject(join(await temporaryFolder(closers, 'belay-folder-'), 'trail-notes')));
    const server = await startServer({
      dataDir: profile,
      ...(options.extensionsDir === undefined ? {} : { extensionsDir: options.extensionsDir }),
      settings: { ...quietSettings, ...trustedSettings, ...options.settings },
      env: { ...(await isolatedEnv(profile)), ...options.env },
    });
    closers.push(() => server.stop());
    const browser = await launchBrowser();
    closers.push(() => browser.close());
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    const consoleLines = recordConsole(page);
    const foreignRequests = await keepLocal(page);
    await page.goto(toAddress(server, folder, options));
    const hasExtension = options.extensionsDir !== undefined;
    await untilReady(page, hasExtension);
    return {
      page,
      server,
      folder,
      profile,
      foreignRequests,
      panel: (place = 'view') => findPanel(page, place),
      runCommand: (title) => runCommand(page, title),
      openFile: (path) => openFile(page, path),
      reload: async () => {
        await page.reload();
        await untilReady(page, hasExtension);
      },
      crash: async () => {
        await page.evaluate(keepFromLeaving);
        await page.reload();
        await untilReady(page, hasExtension);
      },
      untilEditorsStored: (text) => untilEditorsStored(page, text),
      screenshot: (name) => screenshot(page, name),
      saveLogs: (name) => saveLogs(name, profile, consoleLines, page),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function toAddress(server: Server, folder: string, { workspace, proposedApi }: EditorOptions): string {
  const address = workspace === undefined ? server.folderUrl(folder) : server.workspaceUrl(workspace);
  if (proposedApi !== true) return address;
  return `${address}&payload=${encodeURIComponent(JSON.stringify([['enableProposedApi', '']]))}`;
}

async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureBrowser(), args: browserArgs() });
}

async function temporaryFolder(closers: (() => Promise<unknown>)[], prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Commands and views of an extension come some time after the workbench; the icon in the activity bar shows that they
 * are there. */
async function untilReady(page: Page, hasExtension: boolean): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: workbenchTimeoutMs });
  if (!hasExtension) return;
  const icon = page.locator('.activitybar .action-label[aria-label^="Belay"]');
  await icon.waitFor({ timeout: workbenchTimeoutMs });
}

/** A webview is two nested frames: the outer belongs to VS Code and names the extension, the inner is the document. */
async function findPanel(page: Page, place: PanelPlace): Promise<Frame> {
  const deadline = Date.now() + panelTimeoutMs;
  while (Date.now() < deadline) {
    const outer = page.frames().find((frame) => isPanelFrame(frame, place));
    const inner = outer?.childFrames()[0];
    if (inner !== undefined && (await hasContent(inner))) return inner;
    await page.waitForTimeout(50);
  }
  const urls = page.frames().map((frame) => frame.url());
  throw new Error(`Belay's ${place} did not show within ${panelTimeoutMs} ms. Frames:\n${urls.join('\n')}`);
}

function isPanelFrame(frame: Frame, place: PanelPlace): boolean {
  const query = new URLSearchParams(frame.url().split('?')[1] ?? '');
  if (query.get('extensionId') !== 'belay.belay' || frame.isDetached()) return false;
  return (query.get('purpose') === 'webviewView') === (place === 'view');
}

async function hasContent(frame: Frame): Promise<boolean> {
  // The frame may be replaced while we look.
  const count = await frame
    .locator('body *:visible')
    .count()
    .catch(() => 0);
  return count > 0;
}

async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.waitFor();
  await input.fill(`>${title}`);
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
  await row.waitFor();
  await row.click();
}

async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.waitFor();
  await input.fill(path);
  const name = path.split('/').at(-1) ?? path;
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
  await row.waitFor();
  await row.click();
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  await page.locator('.editor-instance .view-lines').first().waitFor();
}

async function untilEditorsStored(page: Page, text: string): Promise<void> {
  const deadline = Date.now() + storageTimeoutMs;
  while (!(await page.evaluate(areEditorsStored, text))) {
    if (Date.now() > deadline)
      throw new Error(`VS Code did not write ${text} down within ${storageTimeoutMs} ms.`);
    await page.waitForTimeout(200);
  }
}

/** Runs in the page: none of its own listeners hears that it goes. */
function keepFromLeaving(): void {
  for (const type of ['beforeunload', 'pagehide', 'unload']) {
    window.addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true });
  }
}

/** Runs in the page. */
async function areEditorsStored(text: string): Promise<boolean> {
  const read = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (name?.startsWith('vscode-web-state-db') !== true) continue;
    const database = await read(indexedDB.open(name));
    const table = database.transaction('ItemTable').objectStore('ItemTable');
    const row: unknown = await read(table.get('memento/workbench.parts.editor'));
    database.close();
    if (typeof row === 'string' && row.includes(text)) return true;
  }
  return false;
}

async function screenshot(page: Page, name: string): Promise<string> {
  const path = join(root, 'build', 'screenshots', `${fileName(name)}.png`);
  await page.screenshot({ path });
  return path;
}

/** No test may depend on the network. Resources of a webview have addresses on a made-up host and are answered by a
 * service worker inside the page; those never get here. */
async function keepLocal(page: Page): Promise<string[]> {
  const refused: string[] = [];
  const isForeign = (url: URL) => url.protocol.startsWith('http') && url.hostname !== '127.0.0.1';
  await page.context().route(isForeign, async (route) => {
    refused.push(route.request().url());
    await route.abort('internetdisconnected');
  });
  return refused;
}

function recordConsole(page: Page): string[] {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => lines.push(`uncaught ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) =>
    lines.push(`failed ${request.url()} ${request.failure()?.errorText ?? ''}`),
  );
  return lines;
}

async function saveLogs(
  name: string,
  profile: string,
  consoleLines: readonly string[],
  page: Page,
): Promise<string> {
  const target = join(root, 'build', 'logs', fileName(name));
  await saveServerLogs(target, profile);
  await writeFile(join(target, 'browser.log'), `${consoleLines.join('\n')}\n`);
  await page.screenshot({ path: join(target, 'last.png') }).catch(() => undefined);
  return target;
}

function fileName(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '-').replace(/^-|-$/g, '');
}
