// A small project to try Belay on: one bug that shows, one wish, and a test.

import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../run.mjs';
import { runQuietly, tail } from './command.mts';

const committer = ['-c', 'user.name=Trail notes', '-c', 'user.email=trail-notes@localhost'];

/** Puts a fresh copy of the sample project into `folder`, replacing what is there unless it is to be kept, as a git
 * repository with one commit. Returns the folder. */
export async function createSampleProject(folder: string, options: { keep?: boolean } = {}): Promise<string> {
  if (options.keep && existsSync(folder)) return folder;
  await rm(folder, { recursive: true, force: true });
  await cp(join(root, 'sample'), folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'add', '.');
  await git(folder, ...committer, 'commit', '--quiet', '--message', 'A notebook for walks');
  return folder;
}

async function git(folder: string, ...args: string[]): Promise<void> {
  const { code, output } = await runQuietly('git', ['-C', folder, ...args]);
  if (code !== 0) throw new Error(`git ${args.join(' ')} failed in ${folder}:\n${tail(output)}`);
}
