/** Where in a JSON text its values stand, so that one of them can be changed and all around it stays as somebody wrote it. */

export interface JsonNode {
  readonly kind: 'object' | 'array' | 'value';
  /** Offsets in the text, in UTF-16 units; `end` is behind its last. */
  readonly start: number;
  readonly end: number;
  /** As JSON.parse would give it; undefined for objects and arrays. */
  readonly value: unknown;
  /** Of an object its values, of an array its elements, in order. `from`: where the name or the element begins. */
  readonly items: readonly { readonly name: string; readonly from: number; readonly node: JsonNode }[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/g;

/** For a text that JSON.parse has accepted; of any other it may throw or find nonsense. */
export function readJsonNodes(text: string): JsonNode {
  const tokens = [...text.matchAll(TOKEN)];
  let next = 0;
  function take(): { readonly text: string; readonly at: number } {
    const token = tokens[next];
    if (token === undefined) throw new SyntaxError('The JSON text ends too early.');
    next += 1;
    return { text: token[0], at: token.index };
  }
  function readValue(): JsonNode {
    const token = take();
    if (token.text === '{' || token.text === '[') return readItems(token.text, token.at);
    const end = token.at + token.text.length;
    return { kind: 'value', start: token.at, end, value: JSON.parse(token.text), items: [] };
  }
  function readItems(open: '{' | '[', start: number): JsonNode {
    const kind = open === '{' ? 'object' : 'array';
    const close = open === '{' ? '}' : ']';
    const items: JsonNode['items'][number][] = [];
    while (tokens[next]?.[0] !== close) {
      const from = tokens[next]?.index ?? start;
      const name = kind === 'object' ? String(JSON.parse(take().text)) : String(items.length);
      if (kind === 'object') take();
      items.push({ name, from, node: readValue() });
      if (tokens[next]?.[0] === ',') take();
    }
    const { at } = take();
    return { kind, start, end: at + 1, value: undefined, items };
  }
  return readValue();
}

/** undefined: there is nothing of that name. Of two with one name the last counts, as it does for JSON.parse. */
export function findNode(root: JsonNode, path: readonly string[]): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const name of path) {
    if (node?.kind !== 'object') return undefined;
    node = node.items.findLast((item) => item.name === name)?.node;
  }
  return node;
}

/** From 1. */
export function toLine(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
