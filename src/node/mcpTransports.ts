/** The ways to MCP servers outside of the program: a process, HTTP with streams, or the older server-sent events. */
import { SSEClientTransport, SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  type McpConnector,
  type McpTransport,
  McpTransportError,
  type OutsideServerConfig,
} from '../core/mcp/connector.ts';
import type { Platform } from '../core/ports.ts';
import { createCappedFetch, type Fetch } from './mcpFetch.ts';
import { createStdioTransport } from './mcpStdio.ts';

export interface McpConnectorOptions {
  /** Where servers are started. */
  readonly cwd: string;
  readonly platform: Platform;
  /** What servers inherit, before it is cleaned (see processEnvironment.ts). */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch?: Fetch;
  /** Time a server that is a process has to end politely, once its input has ended and it has not. Milliseconds. */
  readonly politeMs?: number | undefined;
}

export function createNodeMcpConnector(options: McpConnectorOptions): McpConnector {
  const fetch = createCappedFetch(options.fetch ?? globalThis.fetch);
  return {
    async connect(config) {
      switch (config.type) {
        case 'stdio':
          return createStdioTransport({ ...options, config });
        case 'http':
          return createHttpTransport(config, fetch);
        case 'sse':
          return createEventsTransport(config, fetch);
        default:
          return config satisfies never;
      }
    },
  };
}

type AddressConfig = Exclude<OutsideServerConfig, { type: 'stdio' }>;

/** Ends the session at the server, too: it would keep it otherwise. */
function createHttpTransport(config: AddressConfig, fetch: Fetch): McpTransport {
  const transport = new StreamableHTTPClientTransport(toAddress(config), {
    requestInit: { headers: { ...config.headers } },
    fetch,
  });
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
function createEventsTransport(config: AddressConfig, fetch: Fetch): McpTransport {
  const transport = new SSEClientTransport(toAddress(config), {
    requestInit: { headers: { ...config.headers } },
    fetch,
  });
  transport.onerror = (error) => {
    if (!(error instanceof SseError)) return;
    transport.onerror?.(new McpTransportError('Its stream of events broke off.', { cause: error }));
    void transport.close();
  };
  return transport;
}

function toAddress({ url }: AddressConfig): URL {
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isWeb) throw new McpTransportError(`"${url}" is not an address of the web (http:// or https://).`);
  return new URL(url);
}
