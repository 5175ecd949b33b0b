/** Every child process that a Node process starts, however short it lives. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

/**
 * Adds an extension to a folder of extensions that does the same in the extension host, for all that run there. VS Code
 * lets nothing else be loaded into it.
 */
export async function addRecordingExtension(extensionsDir: string): Promise<void> {
  const folder = join(extensionsDir, 'belay-test.spawn-recorder-1.0.0');
  await mkdir(folder);
  const manifest = {
    name: 'spawn-recorder',
    publisher: 'belay-test',
    version: '1.0.0',
    engines: { vscode: '^1.104.0' },
    main: './extension.cjs',
    activationEvents: ['*'],
    capabilities: { untrustedWorkspaces: { supported: true } },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const source = `require(${JSON.stringify(recorder)}); exports.activate = () => {};`;
  await writeFile(join(folder, 'extension.cjs'), source);
}

/** `file`: where they were written down. */
export async function readSpawns(file: string): Promise<readonly Spawn[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Spawn);
}
