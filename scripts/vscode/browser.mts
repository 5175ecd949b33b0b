// Finds the browser that shows the workbench, or installs one where that is possible without asking.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstall, installPackages, isRoot } from './aptGet.mts';
import { withLock } from './cache.mts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const wellKnown = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The path of a Chromium-based browser: BELAY_BROWSER, or the first one found, or on Debian as root a fresh install.
 * Throws, saying what to do, where there is none. */
export async function ensureBrowser(): Promise<string> {
  return findBrowser() ?? (await withLock('chromium', async () => findBrowser() ?? (await installBrowser())));
}

/** Command-line switches that keep the browser quiet and let it run in a container. */
export function browserArgs(): string[] {
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  return isRoot() ? ['--no-sandbox', '--disable-sync', ...quiet] : ['--disable-sync', ...quiet];
}

function findBrowser(): string | undefined {
  const asked = process.env.BELAY_BROWSER;
  if (asked !== undefined && asked !== '') {
    if (existsSync(asked)) return asked;
    throw new Error(`BELAY_BROWSER names ${asked}, which does not exist.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...wellKnown].find((file) => existsSync(file));
}

async function installBrowser(): Promise<string> {
  if (!canInstall()) {
    throw new Error(
      'No browser found for the tests in a real VS Code. Install Chromium, Chrome or Edge (on Debian: ' +
        '`apt-get install chromium`), or set BELAY_BROWSER to its path.',
    );
  }
  await installPackages('chromium');
  const found = findBrowser();
  if (found === undefined)
    throw new Error('apt-get installed chromium, but there is no browser on the PATH.');
  return found;
}
