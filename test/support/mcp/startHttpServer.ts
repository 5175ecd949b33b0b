/** The official server that shows everything, on a free port of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { everythingPath } from './serverCommands.ts';

export interface HttpServer {
  readonly url: string;
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
}

export async function startHttpServer(mode: 'streamableHttp' | 'sse'): Promise<HttpServer> {
  const port = await findFreePort();
  let child = await launch(mode, port);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url: `http://127.0.0.1:${port}/${mode === 'sse' ? 'sse' : 'mcp'}`,
    kill,
    async restart() {
      await kill();
      child = await launch(mode, port);
    },
  };
}

async function launch(mode: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [everythingPath, mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      if (/on port/.test(words)) resolve();
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${words}`)));
  });
  return child;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
