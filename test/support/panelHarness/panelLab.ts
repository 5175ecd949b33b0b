/** A browser and a server for as many panels as a test or a script wants to look at. */
import { rm } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { browserArgs, ensureBrowser } from '../../../scripts/vscode/browser.mts';
import { buildPanel } from './buildPanel.ts';
import { openPanel, type PanelPage, type PanelPageOptions } from './panelPage.ts';
import { startPanelServer } from './panelServer.ts';

export interface PanelLab {
  readonly origin: string;
  open(options: Omit<PanelPageOptions, 'browser' | 'origin'>): Promise<PanelPage>;
  close(): Promise<void>;
}

export async function createPanelLab(): Promise<PanelLab> {
  const folder = await buildPanel();
  const server = await startPanelServer(folder);
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArgs() });
  return {
    origin: server.origin,
    open: (options) => openPanel({ ...options, browser, origin: server.origin }),
    close: async () => {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
