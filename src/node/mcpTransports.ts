/** The ways to MCP servers outside of the program: a process, HTTP with streams, or the older server-sent events. */
import { SSEClientTransport, SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type McpConnector, type McpTransport, McpTransportError } from '../core/mcp/connector.ts';
import { type AddressConfig, hasOwnToken, type LoginPorts } from '../core/mcp/serverLogin.ts';
import type { Platform } from '../core/ports.ts';
import { createCappedFetch, type Fetch } from './mcpFetch.ts';
import { type CarriedLogin, createMcpLogins, type McpLogins } from './mcpLogins.ts';
import { createStdioTransport } from './mcpStdio.ts';

export interface McpConnectorOptions {
  /** Where servers are started. */
  readonly cwd: string;
  readonly platform: Platform;
  /** What servers inherit, before it is cleaned (see processEnvironment.ts). */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch?: Fetch;
  /** undefined: nobody can log in from here. */
  readonly login?: LoginPorts | undefined;
  /** Time a server that is a process has to end politely, once its input has ended and it has not. Milliseconds. */
  readonly politeMs?: number | undefined;
}

export function createNodeMcpConnector(options: McpConnectorOptions): McpConnector {
  const fetch = createCappedFetch(options.fetch ?? globalThis.fetch);
  const logins = options.login && createMcpLogins(options.login, fetch);
  return {
    logins,
    async connect(config) {
      switch (config.type) {
        case 'stdio':
          return createStdioTransport({ ...options, config });
        case 'http':
          return createHttpTransport(config, toWay(config, { fetch, logins }));
        case 'sse':
          return createEventsTransport(config, toWay(config, { fetch, logins }));
        default:
          return config satisfies never;
      }
    },
  };
}

interface Ways {
  readonly fetch: Fetch;
  readonly logins: McpLogins | undefined;
}

function toWay(config: AddressConfig, { fetch, logins }: Ways): CarriedLogin {
  const isPlain = logins === undefined || hasOwnToken(config) || !isWebAddress(config);
  return isPlain ? { fetch, isLoggedIn: () => false } : logins.carry(config, fetch);
}

/** Ends the session at the server, too: it would keep it otherwise. */
function createHttpTransport(config: AddressConfig, { fetch, isLoggedIn }: CarriedLogin): McpTransport {
  const transport: McpTransport & Pick<StreamableHTTPClientTransport, 'terminateSession'> =
    new StreamableHTTPClientTransport(toAddress(config), {
      requestInit: { headers: { ...config.headers } },
      fetch,
    });
  transport.isLoggedIn = isLoggedIn;
  const close = transport.close.bind(transport);
  transport.close = async () => {
    const bye = transport.terminateSession().catch(() => undefined);
    await Promise.race([bye, new Promise((resolve) => setTimeout(resolve, BYE).unref())]);
    await close();
  };
  return transport;
}

/** Milliseconds a server has to take note of the end of a session. */
const BYE = 1000;

/** The stream of events is the connection: where it breaks, the server knows nothing of us any more. */
function createEventsTransport(config: AddressConfig, { fetch, isLoggedIn }: CarriedLogin): McpTransport {
  const transport: McpTransport = new SSEClientTransport(toAddress(config), {
    requestInit: { headers: { ...config.headers } },
    fetch,
  });
  transport.isLoggedIn = isLoggedIn;
  transport.onerror = (error) => {
    if (!(error instanceof SseError)) return;
    transport.onerror?.(new McpTransportError('Its stream of events broke off.', { cause: error }));
    void transport.close();
  };
  return transport;
}

function toAddress({ url }: AddressConfig): URL {
  if (!isWebAddress({ url }))
    throw new McpTransportError(`"${url}" is not an address of the web (http:// or https://).`);
  return new URL(url);
}

function isWebAddress({ url }: Pick<AddressConfig, 'url'>): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
