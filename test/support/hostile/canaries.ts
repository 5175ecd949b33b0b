/** What a hostile repository would do if it could: each of its traps leaves a mark, in a folder or at a server, with its name. */
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Canaries {
  /** A command line that marks the trap as sprung. */
  command(trap: string): string;
  /** An address that does. */
  url(trap: string): string;
  /** Names of the traps that were sprung, sorted, each once. */
  sprung(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export async function startCanaries(): Promise<Canaries> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'belay-canaries-')));
  const marks = join(folder, 'marks');
  await mkdir(marks);
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    asked.add(`${request.method} ${request.url}`);
    response
      .writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
      .end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    command: (trap) => `touch '${join(marks, trap)}'`,
    url: (trap) => `http://127.0.0.1:${port}/${trap}`,
    sprung: async () => [...asked, ...(await readdir(marks))].sort(),
    async dispose() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
