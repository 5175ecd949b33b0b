/**
 * `fetch` for what a login takes. Where these addresses lead is the server's word, so they are no way into the private network
 * for a server that is not in it, nothing but this machine is asked without encryption, and no redirect is followed.
 */
import { lookup } from 'node:dns/promises';
import type { Fetch } from './mcpFetch.ts';
import { isAddress, isLoopbackAddress, isPublicAddress } from './publicAddress.ts';

/** All addresses of a name; empty: it can't be looked up here. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export class LoginAddressError extends Error {
  override readonly name = 'LoginAddressError';
}

/** Milliseconds that one answer may take. */
const LIMIT = 30_000;

export interface LoginFetchOptions {
  readonly server: URL;
  readonly signal?: AbortSignal | undefined;
  /** For tests. */
  readonly resolve?: Resolve;
}

export function createLoginFetch(fetch: Fetch, options: LoginFetchOptions): Fetch {
  const { server, signal, resolve = resolveName } = options;
  return async (address, init) => {
    const url = new URL(address);
    await checkAddress(url, server, resolve);
    const limit = AbortSignal.timeout(LIMIT);
    const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    return fetch(url, { ...init, redirect: 'error', signal: until });
  };
}

/** Throws LoginAddressError. What lies beside the server itself is where the server is. */
async function checkAddress(url: URL, server: URL, resolve: Resolve): Promise<void> {
  if (url.origin === server.origin) return;
  const addresses = await findAddresses(url, resolve);
  if (!isEncrypted(url) && !(addresses.length > 0 && addresses.every(isLoopbackAddress)))
    throw new LoginAddressError(`It names ${url.origin} for the login, which is not encrypted.`);
  if (addresses.every(isPublicAddress)) return;
  const around = await findAddresses(server, resolve);
  if (around.length > 0 && !around.some(isPublicAddress)) return;
  throw new LoginAddressError(
    `It names ${url.origin} for the login, which is not on the public internet, as the server is.`,
  );
}

function isEncrypted({ protocol }: URL): boolean {
  return protocol === 'https:';
}

async function findAddresses({ hostname }: URL, resolve: Resolve): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isAddress(host) ? [host] : resolve(host);
}

/** A name that only a proxy knows leads to nothing here: to find it is the proxy's. */
async function resolveName(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
