// The panel as a person meets it: by roles and accessible names.

import type { Frame, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import {
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from '../support/modelServer/startModelServer.ts';
import type { Editor, EditorOptions, PanelPlace } from '../support/vscode/editor.ts';
import { startEditor } from './startEditor.ts';

/** How long something may take to become so: other runs may share the machine. */
export const patience = { timeout: 30_000 } as const;

export interface Panel {
  readonly frame: Frame;
  readonly composer: Locator;
  readonly conversation: Locator;
  readonly stop: Locator;
  /** The card that asks for permission. */
  readonly permission: Locator;
  send(text: string): Promise<void>;
  /** Allows what the card asks; again when the card has just moved, since it takes no answer then. */
  allow(): Promise<void>;
  /** Waits until the text stands in the conversation. */
  shows(text: string | RegExp): Promise<void>;
  button(name: string): Locator;
  tool(name: string): Locator;
}

/** Opens the chat, as "Belay: Open Chat" does. */
export async function openChat(editor: Editor): Promise<Panel> {
  await editor.runCommand('Belay: Open Chat');
  return findPanel(editor);
}

/** The panel that is there. Ask again after a reload. */
export async function findPanel(editor: Editor, place: PanelPlace = 'view'): Promise<Panel> {
  const frame = await findFrame(editor, place);
  const composer = frame.getByRole('textbox', { name: 'Message Belay' });
  const conversation = frame.getByRole('log', { name: 'Conversation' });
  return {
    frame,
    composer,
    conversation,
    stop: frame.getByRole('button', { name: 'Stop' }),
    permission: frame.getByRole('group', { name: 'Permission request' }),
    async send(text) {
      await composer.fill(text);
      await frame.getByRole('button', { name: 'Send', exact: true }).click();
    },
    allow: () => allow(frame),
    shows: (text) => conversation.getByText(text).first().waitFor(),
    button: (name) => frame.getByRole('button', { name, exact: true }),
    tool: (name) => frame.getByRole('group', { name: `Tool: ${name}` }),
  };
}

async function allow(frame: Frame): Promise<void> {
  const card = await frame.getByRole('group', { name: 'Permission request' }).elementHandle();
  const button = frame.getByRole('button', { name: 'Allow', exact: true });
  await expect
    .poll(
      async () => {
        await button.click({ timeout: 2000 }).catch(() => undefined);
        return card?.evaluate((element) => element.isConnected);
      },
      { timeout: 20_000, interval: 500, message: 'the permission is given' },
    )
    .toBe(false);
}

/**
 * The page of the panel, by where it stands: VS Code tells what a webview is for only when it is made for the first time,
 * not when it is made again because it was hidden.
 */
async function findFrame({ page }: Editor, place: PanelPlace): Promise<Frame> {
  let found: Frame | undefined;
  await expect
    .poll(
      async () => {
        found = await lookForFrame(page, place);
        return found !== undefined;
      },
      { timeout: 40_000, message: `Belay's ${place} is shown` },
    )
    .toBe(true);
  if (found === undefined) throw new Error('unreachable');
  return found;
}

async function lookForFrame(page: Page, place: PanelPlace): Promise<Frame | undefined> {
  const editors = await page.locator('.part.editor').boundingBox();
  for (const outer of page.frames().filter((frame) => frame.url().includes('extensionId=belay.belay'))) {
    // One that is just being replaced can't be looked into; another may be the one that is wanted.
    const left = await leftEdge(outer).catch(() => undefined);
    if (left === undefined || editors === null) continue;
    const isInEditors = left >= editors.x - 1 && left < editors.x + editors.width;
    if (isInEditors !== (place === 'tab')) continue;
    const [inner] = outer.childFrames();
    if (inner !== undefined && (await hasPage(inner).catch(() => false))) return inner;
  }
  return undefined;
}

async function leftEdge(frame: Frame): Promise<number | undefined> {
  return (await (await frame.frameElement()).boundingBox())?.x;
}

/** The composer, or the choice of the first start. */
async function hasPage(frame: Frame): Promise<boolean> {
  return (await frame.getByRole('textbox').or(frame.getByRole('region')).count()) > 0;
}

/** A model server that ends with the test, which fails when a request was refused. */
export async function startModel(options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = await startModelServer(options);
  onTestFinished(() => server.close());
  return server;
}

/** An editor whose Belay asks this server. */
export function startEditorWith(server: ModelServer, options: EditorOptions = {}): Promise<Editor> {
  const env = { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: server.url, ...options.env };
  return startEditor({ ...options, env });
}

/** A promise to hold a reply back with, and its release. */
export function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
