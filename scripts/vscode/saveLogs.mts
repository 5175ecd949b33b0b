// Keeps what a server and its extension hosts have logged, before their profile is deleted.

import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Copies the logs of a profile into a folder, replacing it. */
export async function saveServerLogs(target: string, profile: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(join(profile, 'server.log'), join(target, 'server.log'));
  // A server without its native modules writes no log files.
  await cp(join(profile, 'data', 'logs'), join(target, 'vscode'), { recursive: true }).catch(() => undefined);
}
