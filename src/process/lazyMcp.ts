/** A McpConnector that loads what it stands on with the first server. */
import type { McpConnector } from '../core/mcp/connector.ts';
import type { ServerLogins } from '../core/mcp/serverLogin.ts';
import type { McpConnectorOptions } from '../node/mcpTransports.ts';

export function createLazyMcpConnector(options: McpConnectorOptions): McpConnector {
  let loading: Promise<McpConnector> | undefined;
  const load = (): Promise<McpConnector> => {
    loading ??= import('./lazy/mcpTransports.ts').then(({ createNodeMcpConnector }) =>
      createNodeMcpConnector(options),
    );
    return loading;
  };
  return {
    connect: async (config) => (await load()).connect(config),
    logins: options.login === undefined ? undefined : createLazyLogins(load),
  };
}

function createLazyLogins(load: () => Promise<McpConnector>): ServerLogins {
  const logins = async (): Promise<ServerLogins> => {
    const loaded = (await load()).logins;
    if (loaded === undefined) throw new Error('a connector that was given logins has none');
    return loaded;
  };
  return {
    logIn: async (server, signal) => (await logins()).logIn(server, signal),
    logOut: async (config) => (await logins()).logOut(config),
  };
}
