/** What is kept of a login, and the official client's view of it. */
import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import { OAuthClientInformationSchema, OAuthTokensSchema } from '@modelcontextprotocol/sdk/shared/auth.js';
import * as z from 'zod';
import type { LoginStore } from '../core/mcp/serverLogin.ts';

const keptLogin = z.object({
  /** Where a browser was sent back to: what Belay is registered with. */
  redirectUrl: z.string(),
  /** What Belay is at the server, which holds a secret where the server has given one. */
  client: OAuthClientInformationSchema,
  tokens: OAuthTokensSchema,
});
export type KeptLogin = z.infer<typeof keptLogin>;

/** Something else that lies there is no login. */
export async function loadLogin(store: LoginStore, address: string): Promise<KeptLogin | undefined> {
  const text = await store.load(address);
  if (text === undefined) return undefined;
  try {
    return keptLogin.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export interface LoginProviderOptions {
  readonly store: LoginStore;
  readonly address: string;
  readonly redirectUrl: string;
  /** As it is kept now, as far as it can be used. */
  readonly kept: Partial<KeptLogin>;
  readonly state: string;
  readonly onPage: (page: URL) => void;
}

/** Nothing is kept before there are tokens. */
export function createLoginProvider(options: LoginProviderOptions): OAuthClientProvider {
  const { store, address, redirectUrl, state, onPage } = options;
  let { client, tokens } = options.kept;
  let verifier = '';
  let discovery: OAuthDiscoveryState | undefined;

  /** Another window may have renewed what was refused here. */
  async function dropTokens(): Promise<void> {
    const refused = tokens?.refresh_token;
    const now = await loadLogin(store, address);
    const isNewer = now !== undefined && now.tokens.refresh_token !== refused;
    tokens = isNewer ? now.tokens : undefined;
    if (now !== undefined && !isNewer) await store.save(address, undefined);
  }

  return {
    redirectUrl,
    clientMetadata: {
      client_name: 'Belay',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => state,
    clientInformation: () => client,
    saveClientInformation(information) {
      client = information;
    },
    tokens: () => tokens,
    async saveTokens(next) {
      tokens = next;
      const kept = { redirectUrl, client, tokens: next };
      await store.save(address, JSON.stringify(kept));
    },
    redirectToAuthorization: onPage,
    saveCodeVerifier(next) {
      verifier = next;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState(next) {
      discovery = next;
    },
    discoveryState: () => discovery,
    async invalidateCredentials(scope) {
      if (scope === 'all' || scope === 'client') client = undefined;
      if (scope === 'all' || scope === 'tokens') await dropTokens();
      if (scope === 'all' || scope === 'discovery') discovery = undefined;
    },
  };
}
