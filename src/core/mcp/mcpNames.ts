/** The names under which the model, the rules and the client know the tools of MCP servers: `mcp__<server>__<tool>`. */

const MAX_LENGTH = 128;

/** What the API doesn't take in a name becomes `_`. */
export function toNamePart(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_');
}

/** `mcp__<server>__`: what the names of all tools of a server begin with. */
export function toServerPrefix(server: string): string {
  return `mcp__${toNamePart(server)}__`;
}

/** The name of a tool whose server has no other that is named so alike. */
export function toToolName(server: string, tool: string): string {
  return `${toServerPrefix(server)}${toNamePart(tool)}`.slice(0, MAX_LENGTH);
}

/** A name that is short enough and not in `taken`, into which it is put. */
export function takeToolName(server: string, tool: string, taken: Set<string>): string {
  const wanted = `${toServerPrefix(server)}${toNamePart(tool)}`;
  for (let copy = 1; ; copy += 1) {
    const ending = copy === 1 ? '' : `_${copy}`;
    const name = `${wanted.slice(0, MAX_LENGTH - ending.length)}${ending}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** Whether a rule's tool name stands for this whole tool. `server`: whose tool it is; undefined: Belay's own. */
export function namesTool(
  ruleName: string,
  { name, server }: { readonly name: string; readonly server?: string | undefined },
): boolean {
  return ruleName === name || (server !== undefined && namesServer(ruleName, server, { everyServer: true }));
}

/**
 * Whether a rule's tool name stands for all tools of a server: `mcp__server` or `mcp__server__*`. With `everyServer`, also
 * `mcp__*`.
 */
export function namesServer(
  ruleName: string,
  server: string,
  { everyServer }: { readonly everyServer: boolean },
): boolean {
  if (everyServer && ruleName === 'mcp__*') return true;
  const prefix = toServerPrefix(server);
  return ruleName === prefix.slice(0, -2) || ruleName === `${prefix}*`;
}
