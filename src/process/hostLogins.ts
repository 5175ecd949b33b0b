/** Logins at MCP servers from a process that is not the editor's, through the host: there they are kept, and there a person is. */
import type { Peer } from '../channel/peer.ts';
import type { LoginPorts } from '../core/mcp/serverLogin.ts';

export function createHostLogins(host: Pick<Peer, 'request'>): LoginPorts {
  return {
    store: {
      load: async (address) => (await host.request('belay/login_load', { address })).text,
      async save(address, text) {
        await host.request('belay/login_save', text === undefined ? { address } : { address, text });
      },
    },
    browser: {
      returnAddress: async () => (await host.request('belay/login_return', {})).address,
      visit: async (visit, signal) =>
        (await host.request('belay/login_visit', { ...visit }, { signal })).query,
    },
  };
}
