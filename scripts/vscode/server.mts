// Starts and stops VS Code servers, each with a profile of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node, plainEnv } from '../run.mjs';
import { runQuietly, tail } from './command.mts';
import { installServer } from './installServer.mts';
import type { Settings } from './settings.mts';

/** Ends the server when we end, however we end. */
const guard = fileURLToPath(new URL('guard.mts', import.meta.url));
const startTimeoutMs = 60_000;

export interface ServerOptions {
  /** Profile folder (settings, state, logs). Without it a new temporary one, deleted on stop. */
  readonly dataDir?: string;
  /** Where extensions are installed; without it inside the profile folder. Servers may share one. */
  readonly extensionsDir?: string;
  readonly settings?: Settings;
  /** Added to the environment of the server and so of its extension host; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** 0 or nothing: a free one. */
  readonly port?: number;
  /** Lets a page name tests to run in the extension host. */
  readonly testDriver?: boolean;
}

export interface Server {
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
  readonly dataDir: string;
  /** What the server printed. */
  readonly logFile: string;
  /** The address that shows a folder in the workbench. */
  folderUrl(folder: string): string;
  /** The address that shows the folders of a .code-workspace file. */
  workspaceUrl(file: string): string;
  /** Ends the server and every process it started. */
  stop(): Promise<void>;
}

/** Starts a server; resolves when it takes connections (about two seconds). */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const install = await installServer();
  const ownData = options.dataDir === undefined;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'belay-vscode-')));
  await writeSettings(join(dataDir, 'data'), options.settings ?? {});
  const logFile = join(dataDir, 'server.log');
  const command = [node, install.entry, ...serverArgs(dataDir, options)];
  const child = spawn(node, [guard, ...command], {
    env: { ...plainEnv(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.stdin.end();
    await ended;
    if (ownData) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const port = await untilListening(child, logFile);
    const url = `http://127.0.0.1:${port}`;
    const toQuery = (path: string) => encodeURIComponent(path).replaceAll('%2F', '/');
    const folderUrl = (folder: string) => `${url}/?folder=${toQuery(folder)}`;
    const workspaceUrl = (file: string) => `${url}/?workspace=${toQuery(file)}`;
    return { port, url, dataDir, logFile, folderUrl, workspaceUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Installs a packaged extension into an extensions folder, as a user would. */
export async function installExtension(vsix: string, extensionsDir: string): Promise<void> {
  const install = await installServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'belay-install-'));
  try {
    const args = [install.entry, '--install-extension', vsix, '--extensions-dir', extensionsDir];
    const common = ['--server-data-dir', dataDir, '--accept-server-license-terms'];
    const { code, output } = await runQuietly(node, [...args, ...common]);
    if (code !== 0 || !/successfully installed/.test(output)) {
      throw new Error(`VS Code did not install ${vsix}:\n${tail(output)}`);
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Writes the user settings of a user-data folder. */
export async function writeSettings(userData: string, settings: Settings): Promise<void> {
  const folder = join(userData, 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
}

function serverArgs(dataDir: string, options: ServerOptions): string[] {
  const args = ['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--without-connection-token'];
  args.push('--accept-server-license-terms', '--server-data-dir', dataDir, '--telemetry-level', 'off');
  // The login shell's variables would overrule those given to us.
  args.push('--force-disable-user-env');
  if (options.extensionsDir !== undefined) args.push('--extensions-dir', options.extensionsDir);
  if (options.testDriver) args.push('--enable-smoke-test-driver');
  return args;
}

function untilListening(child: ChildProcess, logFile: string): Promise<number> {
  const log = createWriteStream(logFile);
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (what: string) => reject(new Error(`The VS Code server ${what}. It said:\n${tail(output)}`));
    const timer = setTimeout(() => fail('did not start in a minute'), startTimeoutMs);
    const read = (chunk: Buffer) => {
      log.write(chunk);
      if (output.length < 100_000) output += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', (error) => fail(`could not be started (${error.message})`));
    child.on('close', (code) => {
      clearTimeout(timer);
      log.end();
      fail(`ended with code ${code}`);
    });
  });
}
