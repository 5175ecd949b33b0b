/** Serves the built webview and the page around it, with the policy it has in VS Code. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { buildPanelHtml } from '../../../webview/panelHtml.ts';

export interface PanelServer {
  readonly origin: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** `folder`: where main.js, main.css, codicon.css and codicon.ttf lie. */
export async function startPanelServer(folder: string): Promise<PanelServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://panel').pathname;
    if (path === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(buildPage(`http://${request.headers.host ?? ''}`));
      return;
    }
    const file = path.slice(1);
    if (!/^[\w-]+\.(js|css|ttf)$/.test(file)) return void response.writeHead(404).end();
    readFile(join(folder, file)).then(
      (content) => {
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
        response.end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function buildPage(origin: string): string {
  return buildPanelHtml({
    nonce: randomBytes(16).toString('base64'),
    cspSource: origin,
    scriptUri: `${origin}/main.js`,
    styleUri: `${origin}/main.css`,
    codiconUri: `${origin}/codicon.css`,
  });
}
