/**
 * Logging in at MCP servers that want it (OAuth 2.1 with PKCE): what the agent asks for, and what that needs of the outside. A
 * login belongs to the address of a server, whatever name it has in a folder.
 */
import type { McpServerConfig } from '../../protocol/mcp.ts';

/** A server that is reached by an address. */
export type AddressConfig = Extract<McpServerConfig, { type: 'http' | 'sse' }>;

/** Keeps what a login came to, as one text for each address. It holds keys: a store keeps them as keys. */
export interface LoginStore {
  load(address: string): Promise<string | undefined>;
  /** undefined: nothing is kept any more. */
  save(address: string, text: string | undefined): Promise<void>;
}

/** The way to a person at a browser, and back. */
export interface LoginBrowser {
  /** An address by which a browser comes back; it may be another one for each login. */
  returnAddress(): Promise<string>;
  /**
   * Shows a person where the page is, opens it when they agree, and resolves with the query with which the browser has come
   * back for this `state`; undefined: they did not want to. Rejects with the signal's reason.
   */
  visit(visit: LoginVisit, signal: AbortSignal): Promise<string | undefined>;
}

export interface LoginVisit {
  readonly serverName: string;
  /** The page, an address of the web. */
  readonly page: string;
  readonly state: string;
}

/** What a login needs of the outside. */
export interface LoginPorts {
  readonly store: LoginStore;
  readonly browser: LoginBrowser;
}

export type LoginOutcome =
  | { readonly kind: 'done' }
  /** `problem`: a sentence for a person. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface ServerLogins {
  /** Takes a person through the login. Rejects with the signal's reason only. */
  logIn(server: LoggingIn, signal: AbortSignal): Promise<LoginOutcome>;
  /** Forgets what is kept of this address. */
  logOut(config: AddressConfig): Promise<void>;
}

export interface LoggingIn {
  readonly serverName: string;
  readonly config: AddressConfig;
}

/** A token of the configuration goes before any login. */
export function hasOwnToken({ headers = {} }: AddressConfig): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}
