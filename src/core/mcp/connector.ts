/** The port through which the outside brings MCP servers within reach. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { McpServerConfig } from '../../protocol/mcp.ts';
import type { ServerLogins } from './serverLogin.ts';

export interface McpTransport extends Transport {
  /** What a server that is a process writes for people, as it comes. */
  onwords?: (text: string) => void;
  /** Whether what a person has logged in with goes along. */
  isLoggedIn?: () => boolean;
}

/** A server outside of the program that drives the agent. */
export type OutsideServerConfig = Exclude<McpServerConfig, { type: 'sdk' }>;

/**
 * A transport that can't be used any more. The message is for a person: what happened, and what to do. `status` is that of
 * HTTP, where the server answered with one.
 */
export class McpTransportError extends Error {
  override readonly name = 'McpTransportError';
  readonly status: number | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly status?: number }) {
    super(message, options);
    this.status = options?.status;
  }
}

export interface McpConnector {
  /**
   * A transport that has not been started. Its `start` throws McpTransportError; whatever ends it later is told to `onerror`
   * before `onclose`. Once its `close` has resolved nothing of it is left: no process, no open connection.
   */
  connect(config: OutsideServerConfig): Promise<McpTransport>;
  /** undefined: nobody can log in from here. */
  readonly logins?: ServerLogins | undefined;
}
