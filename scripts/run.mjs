// Starts a command-line tool of this project and waits for it.

import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, absolute. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** Environment in which the tools under node_modules/.bin come first, also when a script was not started by npm;
 * with them comes the `node` of the version this project is built with. */
export const toolEnv = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
};

/** The Node this project is built and tested with, whatever Node started the script. */
export const node = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** The environment as it was before npm added its variables and our tools: what a VS Code started by a person has.
 * @returns {NodeJS.ProcessEnv} */
export function plainEnv() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/.test(name)),
  );
  const folders = (process.env.PATH ?? '').split(delimiter);
  const ofNpm = /[\\/]node_modules[\\/]\.bin$|[\\/]node-gyp-bin$/;
  return { ...env, PATH: folders.filter((folder) => !ofNpm.test(folder)).join(delimiter) };
}

/** Runs a tool with its output going to ours; resolves to whether it exited with 0. `onErrors` hears too what it writes to
 * its standard error.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, onErrors?: (text: string) => void }} [options]
 * @returns {Promise<boolean>} */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...toolEnv, ...options.env },
      stdio: ['inherit', 'inherit', options.onErrors === undefined ? 'inherit' : 'pipe'],
      shell: process.platform === 'win32',
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      process.stderr.write(text);
      options.onErrors?.(text);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0));
  });
}
