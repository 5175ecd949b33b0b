/** Every child process that a Node process starts, however short it lives. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/run.mjs';

export interface Spawn {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stack: string;
}

const recorder = join(root, 'test', 'support', 'hostile', 'recordSpawns.cjs');

/** Arguments for the Node that is watched; SPAWNS_TO in its environment names the file. */
export const recordingArgs: string[] = ['--require', recorder];

/** `file`: where they were written down. */
export async function readSpawns(file: string): Promise<readonly Spawn[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Spawn);
}
