// A debugger on the extension host: which scripts it has loaded, and where its time goes.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../../scripts/vscode/server.mts';

export interface Inspector {
  /** Paths of the scripts that are loaded, those that lie in a folder. */
  loadedScripts(folder: string): Promise<readonly string[]>;
  startProfile(): Promise<void>;
  /** The profile in the form that Chromium's DevTools open (.cpuprofile). */
  stopProfile(): Promise<unknown>;
  close(): void;
}

/** Node listens for debuggers on its standard port when it gets this signal; the server writes down what it says then. */
export async function connectInspector(extensionHost: number, { logFile }: Server): Promise<Inspector> {
  process.kill(extensionHost, 'SIGUSR1');
  const socket = new WebSocket(await untilListening(extensionHost, logFile));
  const scripts = new Set<string>();
  const waiting = new Map<number, (result: unknown) => void>();
  let count = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as {
      readonly id?: number;
      readonly result?: unknown;
      readonly method?: string;
      readonly params?: { readonly url?: string };
    };
    if (message.id !== undefined) waiting.get(message.id)?.(message.result);
    else if (message.method === 'Debugger.scriptParsed') scripts.add(message.params?.url ?? '');
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const call = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve) => {
      count += 1;
      waiting.set(count, resolve);
      socket.send(JSON.stringify({ id: count, method, params }));
    });
  return {
    async loadedScripts(folder) {
      // Enabling the debugger names every script there is before it answers.
      await call('Debugger.enable');
      await call('Debugger.disable');
      return [...scripts]
        .map((url) => url.replace(/^file:\/\//, ''))
        .filter((path) => path.startsWith(folder));
    },
    async startProfile() {
      await call('Profiler.enable');
      await call('Profiler.setSamplingInterval', { interval: 500 });
      await call('Profiler.start');
    },
    stopProfile: async () => ((await call('Profiler.stop')) as { readonly profile: unknown }).profile,
    close: () => socket.close(),
  };
}

async function untilListening(extensionHost: number, logFile: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const lines = (await readFile(logFile, 'utf8')).split('\n');
    const line = lines.find((each) => each.includes(`<${extensionHost}><stderr> Debugger listening on `));
    const address = /ws:\S+/.exec(line ?? '')?.[0];
    if (address !== undefined) return address;
    await sleep(100);
  }
  throw new Error(`The extension host does not listen for debuggers; ${logFile} may say why.`);
}
