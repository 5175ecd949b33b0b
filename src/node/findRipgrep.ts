/** Where ripgrep is: VS Code brings one, else the PATH has it. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Platform } from '../core/ports.ts';

/** Where VS Code has kept its ripgrep through its versions, newest first. `appRoot`: `vscode.env.appRoot`. */
export function ripgrepCandidates(
  appRoot: string,
  platform: Platform,
  architecture: string,
): readonly string[] {
  const name = programName(platform);
  const packages = [
    join('@vscode', 'ripgrep-universal', 'bin', `${platform}-${architecture}`, name),
    join('@vscode', 'ripgrep', 'bin', name),
  ];
  // Files packed into an archive can't be executed; VS Code keeps programs beside it.
  return ['node_modules.asar.unpacked', 'node_modules'].flatMap((folder) =>
    packages.map((path) => join(appRoot, folder, path)),
  );
}

/** The first candidate that can be executed, else `rg` from the PATH; undefined when there is none. */
export async function findRipgrep(
  candidates: readonly string[],
  platform: Platform,
  path: string | undefined,
): Promise<string | undefined> {
  // A relative entry of the PATH would find what a project has planted.
  const folders = (path ?? '').split(delimiter).filter(isAbsolute);
  for (const file of [...candidates, ...folders.map((folder) => join(folder, programName(platform)))]) {
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

function programName(platform: Platform): string {
  return platform === 'win32' ? 'rg.exe' : 'rg';
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
