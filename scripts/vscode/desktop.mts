// Opens a folder in the desktop VS Code that is installed here, with the packaged extension and a profile of its own.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../run.mjs';
import { writeSettings } from './server.mts';
import { quietSettings } from './settings.mts';

export interface DesktopStart {
  /** VS Code's command-line program. */
  readonly command: string;
  readonly vsix: string;
  readonly folder: string;
  /** Where profile and extensions go. */
  readonly home: string;
}

/** VS Code's command-line program on the PATH, where there is a display to show it on. */
export function findDesktop(): string | undefined {
  const needsDisplay = process.platform === 'linux';
  const { DISPLAY, WAYLAND_DISPLAY, PATH = '' } = process.env;
  if (needsDisplay && !DISPLAY && !WAYLAND_DISPLAY) return undefined;
  const file = process.platform === 'win32' ? 'code.cmd' : 'code';
  return PATH.split(delimiter)
    .map((folder) => join(folder, file))
    .find((path) => existsSync(path));
}

/** Installs the extension and opens the folder; resolves when the window is closed. */
export async function startDesktop({ command, vsix, folder, home }: DesktopStart): Promise<void> {
  const userData = join(home, 'desktop');
  await writeSettings(userData, quietSettings);
  const profile = ['--user-data-dir', userData, '--extensions-dir', join(home, 'extensions')];
  if (!(await run(command, [...profile, '--install-extension', vsix, '--force']))) {
    throw new Error(`${command} could not install ${vsix}.`);
  }
  process.stdout.write(`VS Code opens ${folder} with a profile of its own; close its window to end.\n`);
  await run(command, [...profile, '--wait', '--new-window', folder]);
}
