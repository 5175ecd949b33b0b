// Shows an address in the person's own browser.

import { spawn } from 'node:child_process';

/** Opens the address where there is a screen; does nothing elsewhere, nor when it can't be opened. */
export function openInBrowser(address: string): void {
  const opener = findOpener();
  if (opener === undefined) return;
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  // The address is printed as well, so a failure costs nothing.
  child.on('error', () => undefined);
  child.unref();
}

function findOpener(): string | undefined {
  if (process.platform === 'darwin') return 'open';
  if (process.platform === 'win32') return 'explorer';
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}
