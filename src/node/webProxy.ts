/** The proxy that the environment asks for, in the words that curl and others use. */

type Environment = Readonly<Record<string, string | undefined>>;

/** undefined: none for this address. Throws nothing; an unusable value is the caller's to refuse. */
export function findProxy(url: URL, env: Environment): string | undefined {
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const proxy = [...names, 'all_proxy', 'ALL_PROXY'].map((name) => env[name]).find((value) => value);
  if (proxy === undefined || isExcluded(url, env.no_proxy ?? env.NO_PROXY ?? '')) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** NO_PROXY: names separated by commas; each means itself and all below it; "*" means all; a port may stand behind. */
function isExcluded(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const host = url.hostname.toLowerCase();
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const bare = name.replace(/^\*?\./, '');
      return entry === '*' || host === bare || host.endsWith(`.${bare}`);
    });
}
