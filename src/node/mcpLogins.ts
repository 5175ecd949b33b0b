/** Logs in at MCP servers, and carries what came of it: a token with each request, which is renewed when it is refused. */
import { auth, extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  AddressConfig,
  LoggingIn,
  LoginOutcome,
  LoginPorts,
  ServerLogins,
} from '../core/mcp/serverLogin.ts';
import type { Fetch } from './mcpFetch.ts';
import { createLoginFetch } from './mcpLoginFetch.ts';
import { createLoginProvider, loadLogin } from './mcpLoginProvider.ts';

export interface McpLogins extends ServerLogins {
  carry(config: AddressConfig, fetch: Fetch): CarriedLogin;
}

/** A way to a server that carries its login. */
export interface CarriedLogin {
  readonly fetch: Fetch;
  /** Something is kept of this server, and goes along. */
  isLoggedIn(): boolean;
}

/** What a server said last when it refused a request. */
type Challenge = Pick<ReturnType<typeof extractWWWAuthenticateParams>, 'resourceMetadataUrl' | 'scope'>;

export function createMcpLogins({ store, browser }: LoginPorts, fetch: Fetch): McpLogins {
  const challenges = new Map<string, Challenge>();
  /** Renewals under way: a refresh token may be worth nothing once it was used. */
  const renewals = new Map<string, Promise<string | undefined>>();

  function toFlow(address: string, signal?: AbortSignal) {
    const { resourceMetadataUrl, scope } = challenges.get(address) ?? {};
    return {
      serverUrl: address,
      fetchFn: createLoginFetch(fetch, { server: new URL(address), signal }),
      ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
      ...(scope === undefined ? {} : { scope }),
    };
  }

  async function logIn({ serverName, config }: LoggingIn, signal: AbortSignal): Promise<LoginOutcome> {
    const address = toLoginAddress(config);
    const redirectUrl = await browser.returnAddress();
    const kept = await loadLogin(store, address);
    const state = createState();
    const pages: URL[] = [];
    const provider = createLoginProvider({
      ...{ store, address, redirectUrl, state },
      // Registered with another address to come back to, Belay would be sent there.
      kept: kept?.redirectUrl === redirectUrl ? { client: kept.client } : {},
      onPage: (page) => pages.push(page),
    });
    const flow = toFlow(address, signal);
    await auth(provider, flow);
    const page = pages.at(-1);
    if (page === undefined) return failed('The server has named no page to log in at.');
    if (!isSafePage(page)) return failed(`The page to log in at (${page.origin}) is not encrypted.`);
    const query = await browser.visit({ serverName, page: page.href, state }, signal);
    if (query === undefined) return failed('The login was given up.');
    const answer = readReturn(query, state);
    if (answer.kind === 'failed') return answer;
    await auth(provider, { ...flow, authorizationCode: answer.code });
    return { kind: 'done' };
  }

  /** The token to go on with; undefined: a person must log in. `refused`: the one that the server did not take. */
  async function renew(address: string, refused: string): Promise<string | undefined> {
    const kept = await loadLogin(store, address);
    if (kept === undefined) return undefined;
    if (kept.tokens.access_token !== refused) return kept.tokens.access_token;
    if (kept.tokens.refresh_token === undefined) return undefined;
    const { redirectUrl } = kept;
    const onPage = (): void => undefined;
    const provider = createLoginProvider({ store, address, redirectUrl, kept, state: createState(), onPage });
    // Whatever goes wrong, a person can log in again.
    const outcome = await auth(provider, toFlow(address)).catch(() => 'REDIRECT' as const);
    return outcome === 'AUTHORIZED' ? (await provider.tokens())?.access_token : undefined;
  }

  function renewOnce(address: string, refused: string): Promise<string | undefined> {
    const renewal =
      renewals.get(address) ?? renew(address, refused).finally(() => void renewals.delete(address));
    renewals.set(address, renewal);
    return renewal;
  }

  return {
    async logIn(server, signal) {
      try {
        return await logIn(server, signal);
      } catch (error) {
        signal.throwIfAborted();
        return failed(error instanceof Error ? error.message : String(error));
      }
    },
    logOut: (config) => store.save(toLoginAddress(config), undefined),
    carry(config, send) {
      const address = toLoginAddress(config);
      const { origin } = new URL(address);
      let token: Promise<string | undefined> | undefined;
      let isLoggedIn = false;
      const load = (): Promise<string | undefined> =>
        loadLogin(store, address).then((kept) => kept?.tokens.access_token);
      return {
        isLoggedIn: () => isLoggedIn,
        async fetch(url, init) {
          if (new URL(url).origin !== origin) return send(url, init);
          token ??= load();
          const used = await token;
          isLoggedIn = used !== undefined;
          const response = await send(url, withToken(init, used));
          if (response.status !== 401) return response;
          challenges.set(address, extractWWWAuthenticateParams(response));
          const next = used === undefined ? await load() : await renewOnce(address, used);
          if (next === undefined) return response;
          await response.body?.cancel();
          token = Promise.resolve(next);
          return send(url, withToken(init, next));
        },
      };
    },
  };
}

/** What a login is kept under. */
function toLoginAddress({ url }: AddressConfig): string {
  const address = new URL(url);
  address.hash = '';
  return address.href;
}

function withToken(init: RequestInit | undefined, token: string | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** 256 bits that nobody can guess. */
function createState(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

function isSafePage({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  );
}

type Return = { readonly kind: 'code'; readonly code: string } | Extract<LoginOutcome, { kind: 'failed' }>;

/** RFC 6749, 4.1.2. */
function readReturn(query: string, state: string): Return {
  const fields = new URLSearchParams(query);
  if (fields.get('state') !== state) return failed('The browser came back from another login than this one.');
  const refusal = fields.get('error');
  if (refusal !== null) return failed(`The server refused: ${fields.get('error_description') ?? refusal}.`);
  const code = fields.get('code');
  return code === null ? failed('The browser came back without an answer.') : { kind: 'code', code };
}

function failed(problem: string): Extract<LoginOutcome, { kind: 'failed' }> {
  return { kind: 'failed', problem };
}
