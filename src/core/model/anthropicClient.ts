/**
 * The way to a server of the Messages API: its address, the credentials, and what its failures mean. Two requests of plain
 * JSON, so that no client library has to be loaded and evaluated before the first of them.
 */
import type { Clock, Secrets } from '../ports.ts';
import { buildApiError } from './apiError.ts';
import { ModelError, toModelError } from './modelError.ts';
import type { ModelAnswer, ModelFetch, ModelFetchRequest } from './modelFetch.ts';

export interface AnthropicAccess {
  /** Asked anew for each request: a key set after a refusal counts from the next one on. */
  readonly secrets: Secrets;
  /** Address of the server; undefined: the Anthropic API, which wants a key. With an address a key is optional. */
  readonly baseUrl: () => string | undefined;
  /** Default: the global one. Proxies are its business. */
  readonly fetch?: ModelFetch | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
}

const ANTHROPIC_URL = 'https://api.anthropic.com';
/** https://docs.anthropic.com/en/api/versioning */
const API_VERSION = '2026-10-21';

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

export interface MessagesClient {
  /** Resolves with the answer to read the reply from. Throws ModelError, or the signal's reason. */
  post(path: string, body: object, signal: AbortSignal): Promise<ModelAnswer>;
  /** Resolves with what was answered; undefined where that is no JSON. Throws as `post` does. */
  get(path: string, signal: AbortSignal): Promise<unknown>;
}

/** Throws ModelError('no_provider') where a key is needed and there is none. */
export async function connect(address: Address, access: AnthropicAccess): Promise<MessagesClient> {
  const { clock, fetch = globalThis.fetch } = access;
  const headers = {
    accept: 'application/json',
    'user-agent': 'Belay',
    'anthropic-version': API_VERSION,
    ...(await buildCredentials(address, access.secrets)),
    ...access.headers,
  };
  const ask = async (path: string, request: Omit<ModelFetchRequest, 'headers'>): Promise<ModelAnswer> => {
    const sent = request.body === undefined ? headers : { ...headers, 'content-type': 'application/json' };
    const answer = await connectTo(address.host, () =>
      fetch(address.url + path, { ...request, headers: sent }),
    );
    if (answer.status >= 200 && answer.status < 300) return answer;
    const { status } = answer;
    const body = parseJson(await connectTo(address.host, () => answer.text()));
    throw buildApiError({ status, headers: answer.headers, body, host: address.host, now: clock.now() });
  };
  return {
    post: (path, body, signal) => ask(path, { method: 'POST', body: JSON.stringify(body), signal }),
    async get(path, signal) {
      const answer = await ask(path, { method: 'GET', signal });
      return parseJson(await connectTo(address.host, () => answer.text()));
    },
  };
}

async function buildCredentials(
  { host, isAnthropic }: Address,
  secrets: Secrets,
): Promise<Readonly<Record<string, string>>> {
  const apiKey = await secrets.get('anthropic-api-key');
  // Many compatible servers read the older of the two headers only.
  if (apiKey !== undefined)
    return { authorization: `Bearer ${apiKey}`, ...(isAnthropic ? {} : { 'x-api-key': apiKey }) };
  const token = await secrets.get('anthropic-auth-token');
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (!isAnthropic) return {};
  throw new ModelError({ kind: 'no_provider', code: 'no_key', host, message: 'No API key is set.' });
}

/** Whatever a connection fails with, known or not, it is the network's. */
async function connectTo<Result>(host: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    const { kind, message, code } = toModelError(cause);
    const isKnown = kind === 'network' || kind === 'certificate';
    throw new ModelError({ kind: isKnown ? kind : 'network', message, code, host, cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
