/** Which links may be opened, and of which the real host must be shown first. */

export type LinkDecision =
  | { readonly kind: 'open'; readonly url: string }
  /** `host` as the network knows it: international names in their `xn--` form. */
  | { readonly kind: 'ask'; readonly url: string; readonly host: string }
  | { readonly kind: 'refuse'; readonly reason: string };

const PROTOCOLS: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:']);

export function decideLink(href: string): LinkDecision {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (url === undefined) return { kind: 'refuse', reason: 'it has no address.' };
  if (!PROTOCOLS.has(url.protocol)) {
    return { kind: 'refuse', reason: `it is no web or mail address (${url.protocol}).` };
  }
  if (url.protocol === 'mailto:' || isPlainHost(url)) return { kind: 'open', url: url.href };
  return { kind: 'ask', url: url.href, host: url.host };
}

/** Letters that look like others, a name before an @, a bare number or an odd port make a host that isn't what it seems. */
function isPlainHost({ hostname, username, password, port }: URL): boolean {
  if (username !== '' || password !== '') return false;
  if (hostname === 'localhost') return true;
  if (port !== '') return false;
  return hostname.split('.').length <= 4 && !/xn--|[^a-z0-9.-]|^[\d.]+$/.test(hostname);
}
