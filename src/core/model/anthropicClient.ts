/**
 * The way to a server of the Messages API: its address, the credentials, and what its failures mean. The official SDK makes
 * the requests (headers and errors as its users know them), with its retries, its time limit and its search for
 * credentials switched off.
 */
import { APIConnectionError, APIError, BaseAnthropic, type ClientOptions } from '@anthropic-ai/sdk';
import type { Secrets } from '../ports.ts';
import { buildApiError } from './apiError.ts';
import { ModelError, toModelError } from './modelError.ts';
import type { ModelFetch } from './modelFetch.ts';

export interface AnthropicAccess {
  /** Asked anew for each request: a key set after a refusal counts from the next one on. */
  readonly secrets: Secrets;
  /** Address of the server; undefined: the Anthropic API, which wants a key. With an address a key is optional. */
  readonly baseUrl: () => string | undefined;
  /** Default: the global one. Proxies are its business. */
  readonly fetch?: ModelFetch | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const ANTHROPIC_URL = 'https://api.anthropic.com';
/** The SDK's own time limit is put out of the way: the longest a timer can be. */
const NEVER_MS = 2 ** 31 - 1;

export interface Address {
  readonly url: string;
  readonly host: string;
  readonly isAnthropic: boolean;
}

/** Takes what people paste: with or without a slash, `/v1` or `/v1/messages` at the end. Throws ModelError. */
export function parseAddress(given: string | undefined): Address {
  const text = given === undefined || given.trim() === '' ? ANTHROPIC_URL : given.trim();
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ModelError({
      kind: 'network',
      code: 'invalid_address',
      retryable: false,
      message: `"${text}" is not an address of a server: it must start with https:// or http://`,
    });
  }
  const url = text.replace(/\/+$/, '').replace(/\/v1(\/messages)?$/, '');
  return { url, host: parsed.host, isAnthropic: url === ANTHROPIC_URL };
}

/** Uses the credentials it is given and no others: none of the environment, no profile of the user's. */
class MessagesClient extends BaseAnthropic {
  protected override _shouldResolveDefaultCredentials(): boolean {
    return false;
  }
}

interface Credentials {
  readonly apiKey: string | null;
  readonly authToken: string | null;
}

/**
 * Resolves to a client for the address; the same one as long as the credentials are the same. Throws
 * ModelError('no_provider') where a key is needed and there is none.
 */
export type Connect = (address: Address) => Promise<MessagesClient>;

export function createConnect(access: AnthropicAccess): Connect {
  let last: (Credentials & { readonly url: string; readonly client: MessagesClient }) | undefined;
  return async (address) => {
    const { url } = address;
    const { apiKey, authToken } = await readCredentials(address, access);
    if (last?.url !== url || last.apiKey !== apiKey || last.authToken !== authToken) {
      const client = createClient(address, { apiKey, authToken }, access);
      last = { url, apiKey, authToken, client };
    }
    return last.client;
  };
}

async function readCredentials(
  { host, isAnthropic }: Address,
  { secrets }: Pick<AnthropicAccess, 'secrets'>,
): Promise<Credentials> {
  const apiKey = (await secrets.get('anthropic-api-key')) ?? null;
  const authToken = apiKey === null ? ((await secrets.get('anthropic-auth-token')) ?? null) : null;
  if (apiKey === null && authToken === null && isAnthropic) {
    throw new ModelError({ kind: 'no_provider', code: 'no_key', host, message: 'No API key is set.' });
  }
  return { apiKey, authToken };
}

function createClient(
  { url, isAnthropic }: Address,
  { apiKey, authToken }: Credentials,
  { headers, fetch }: Pick<AnthropicAccess, 'headers' | 'fetch'>,
): MessagesClient {
  const isKeyless = apiKey === null && authToken === null;
  return new MessagesClient({
    apiKey,
    authToken,
    baseURL: url,
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: 'off',
    openTelemetry: false,
    // Typed as the whole of the standard; of requests like these the library uses no more than a ModelFetch has.
    fetch: fetch as ClientOptions['fetch'],
    defaultHeaders: {
      ...(isKeyless ? { Authorization: null } : {}),
      // The SDK sends the key as a bearer token; many compatible servers read this header only.
      ...(apiKey !== null && !isAnthropic ? { 'X-Api-Key': apiKey } : {}),
      ...headers,
    },
  });
}

/** From what the client throws. Aborts are for the caller to tell. */
export function toEdgeError(
  thrown: unknown,
  { host, now }: { readonly host: string; readonly now: number },
): ModelError {
  if (thrown instanceof APIConnectionError) {
    const { kind, message, code } = toModelError(thrown.cause ?? thrown);
    // What fetch throws without a known code is still a connection that failed.
    const isKnown = kind === 'network' || kind === 'certificate';
    return new ModelError({ kind: isKnown ? kind : 'network', message, code, host, cause: thrown });
  }
  if (thrown instanceof APIError && thrown.status !== undefined) {
    const { status, headers, error: body } = thrown;
    return buildApiError({ status, headers: headers ?? new Headers(), body, host, now });
  }
  return toModelError(thrown);
}
