/** Official servers on free ports of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { everythingPath, loginExamplePath } from './serverCommands.ts';

export interface HttpServer {
  readonly url: string;
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
}

export async function startHttpServer(mode: 'streamableHttp' | 'sse'): Promise<HttpServer> {
  const port = await findFreePort();
  return start(`http://127.0.0.1:${port}/${mode === 'sse' ? 'sse' : 'mcp'}`, () =>
    launch([everythingPath, mode], { PORT: String(port) }),
  );
}

/** The official example of a server that wants a login, with the server that gives it. */
export async function startLoginExample(): Promise<HttpServer> {
  const [port, authPort] = [await findFreePort(), await findFreePort()];
  return start(`http://localhost:${port}/mcp`, () =>
    launch([loginExamplePath, '--oauth'], { MCP_PORT: String(port), MCP_AUTH_PORT: String(authPort) }),
  );
}

async function start(url: string, begin: () => Promise<ChildProcess>): Promise<HttpServer> {
  let child = await begin();
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    kill,
    async restart() {
      await kill();
      child = await begin();
    },
  };
}

/** Ready when it has said on which port. */
async function launch(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (text: string): void => {
      words += text;
      if (/Server listening on port|on port \d+$/m.test(words)) resolve();
    };
    child.stderr.setEncoding('utf8').on('data', listen);
    child.stdout.setEncoding('utf8').on('data', listen);
    child.once('exit', () => reject(new Error(`the server did not start: ${words}`)));
  });
  return child;
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
