/**
 * A server that wants a login, on the official parts for that: as the official example, and besides with tokens that are renewed
 * (each only once) and that a test can make worthless.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DemoInMemoryAuthProvider } from '@modelcontextprotocol/sdk/examples/server/demoInMemoryOAuthProvider.js';
import { InvalidGrantError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { findFreePort } from './startHttpServer.ts';

export interface LoginServer {
  readonly url: string;
  /** How often tokens were renewed. */
  readonly renewals: () => number;
  /** From now on no token that was given is taken. */
  expire(): void;
  /** And none can be renewed. */
  forget(): void;
  close(): Promise<void>;
}

/** The body was parsed on the way. */
type Asked = IncomingMessage & { readonly body?: unknown };

class RenewingProvider extends DemoInMemoryAuthProvider {
  renewals = 0;
  #valid = new Set<string>();
  #renewable = new Map<string, string>();

  override async exchangeAuthorizationCode(
    ...asked: Parameters<DemoInMemoryAuthProvider['exchangeAuthorizationCode']>
  ): Promise<OAuthTokens> {
    const tokens = await super.exchangeAuthorizationCode(...asked);
    return this.#give(asked[0].client_id, tokens.access_token);
  }

  override async exchangeRefreshToken(
    ...[client, token]: Parameters<DemoInMemoryAuthProvider['exchangeRefreshToken']>
  ): Promise<OAuthTokens> {
    if (this.#renewable.get(token) !== client.client_id) throw new InvalidGrantError('It was used before.');
    this.#renewable.delete(token);
    this.renewals += 1;
    return this.#give(client.client_id, crypto.randomUUID());
  }

  override async verifyAccessToken(token: string) {
    if (!this.#valid.has(token)) throw new InvalidTokenError('It is not valid any more.');
    return { token, clientId: 'any', scopes: [], expiresAt: Math.floor(Date.now() / 1000) + 3600 };
  }

  expire(): void {
    this.#valid.clear();
  }

  forget(): void {
    this.expire();
    this.#renewable.clear();
  }

  #give(clientId: string, accessToken: string): OAuthTokens {
    const refreshToken = crypto.randomUUID();
    this.#valid.add(accessToken);
    this.#renewable.set(refreshToken, clientId);
    return { access_token: accessToken, token_type: 'bearer', refresh_token: refreshToken };
  }
}

export async function startLoginServer(): Promise<LoginServer> {
  const port = await findFreePort();
  const issuerUrl = new URL(`http://localhost:${port}`);
  const provider = new RenewingProvider();
  const app = createMcpExpressApp();
  app.use(mcpAuthRouter({ provider, issuerUrl }));
  app.post(
    '/mcp',
    requireBearerAuth({ verifier: provider }),
    async (request: Asked, response: ServerResponse) => {
      const server = new McpServer({ name: 'guarded', version: '1' });
      server.registerTool('greet', { description: 'Greets' }, () => ({
        content: [{ type: 'text', text: 'Hello.' }],
      }));
      const transport = new StreamableHTTPServerTransport({});
      await server.connect(transport as Parameters<McpServer['connect']>[0]);
      await transport.handleRequest(request, response, request.body);
    },
  );
  const listening = app.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  return {
    url: `http://localhost:${port}/mcp`,
    renewals: () => provider.renewals,
    expire: () => provider.expire(),
    forget: () => provider.forget(),
    async close() {
      listening.closeAllConnections();
      listening.close();
      await once(listening, 'close');
    },
  };
}
