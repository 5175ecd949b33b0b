/**
 * Reads the colours of VS Code's default themes out of a running VS Code, where every colour that a theme leaves to the
 * default has its value, and writes them as fixtures. Run by hand when VS Code changes them:
 * `node test/support/panelHarness/readThemes.ts`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { root } from '../../../scripts/run.mjs';
import { browserArgs, ensureBrowser } from '../../../scripts/vscode/browser.mts';
import { startServer } from '../../../scripts/vscode/server.mts';

const THEMES = {
  'dark-modern': { label: 'Dark Modern', kind: 'vscode-dark' },
  'light-modern': { label: 'Light Modern', kind: 'vscode-light' },
  'dark-2026': { label: 'Dark 2026', kind: 'vscode-dark' },
  'high-contrast': { label: 'Default High Contrast', kind: 'vscode-high-contrast' },
  'high-contrast-light': { label: 'Default High Contrast Light', kind: 'vscode-high-contrast-light' },
} as const;

/** What a webview is told besides colours. Fonts differ from system to system; these are Linux's. */
const FONTS = {
  '--vscode-font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  '--vscode-font-weight': 'normal',
  '--vscode-font-size': '13px',
  '--vscode-editor-font-family': '"Droid Sans Mono", "monospace", monospace',
  '--vscode-editor-font-weight': 'normal',
  '--vscode-editor-font-size': '14px',
  '--text-link-decoration': 'none',
};

const folder = join(root, 'test', 'fixtures', 'themes');
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserArgs() });
try {
  for (const [name, { label, kind }] of Object.entries(THEMES)) {
    const colors = await readColors(label);
    const variables = { ...FONTS, ...colors };
    await writeFile(
      join(folder, `${name}.json`),
      `${JSON.stringify({ name: label, kind, variables }, null, 2)}\n`,
    );
    process.stdout.write(`${name}: ${Object.keys(colors).length} colours\n`);
  }
} finally {
  await browser.close();
}

async function readColors(theme: string): Promise<Record<string, string>> {
  const server = await startServer({
    settings: { 'workbench.colorTheme': theme, 'workbench.startupEditor': 'none' },
  });
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    await page.waitForSelector('.monaco-workbench .statusbar');
    await page.waitForTimeout(4_000);
    return await collectVariables(page);
  } finally {
    await page.close();
    await server.stop();
  }
}

function collectVariables(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const found: Record<string, string> = {};
    for (const sheet of document.styleSheets) {
      for (const rule of sheet.cssRules) {
        if (!(rule instanceof CSSStyleRule) || !rule.selectorText.includes('.monaco-workbench')) continue;
        for (const name of rule.style) {
          if (name.startsWith('--vscode-')) found[name] = rule.style.getPropertyValue(name).trim();
        }
      }
    }
    return found;
  });
}
