/** Changes one list of a settings file (`permissions.allow`, …) and leaves every other character of it alone. */
import { findNode, type JsonNode, readJsonNodes } from './jsonNodes.ts';

export interface ListChange {
  /** Names from the outermost object to the list. */
  readonly path: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The text with the change in it; undefined: it has all of it already. An empty text is an empty file. The text must be
 * JSON. Throws TypeError where something else stands in the place of the list, or of what holds it.
 */
export function editSettings(text: string, { path, add, remove }: ListChange): string | undefined {
  const given = text.trim() === '' ? '{}\n' : text;
  const list = findList(given, path);
  const held = list === undefined ? [] : list.items.map(({ node }) => node.value);
  const missing = [...new Set(add)].filter((entry) => !held.includes(entry));
  const isGone = (value: unknown): boolean => typeof value === 'string' && remove.includes(value);
  if (missing.length === 0 && !held.some(isGone)) return undefined;
  const kept = removeItems(given, path, isGone);
  return missing.length === 0 ? kept : addItems(kept, path, missing);
}

function findList(text: string, path: readonly string[]): JsonNode | undefined {
  const root = readJsonNodes(text);
  for (let depth = 0; depth <= path.length; depth += 1) {
    const node = findNode(root, path.slice(0, depth));
    const wanted = depth === path.length ? 'array' : 'object';
    if (node === undefined) return undefined;
    if (node.kind !== wanted)
      throw new TypeError(
        `"${path.slice(0, depth).join('.')}" in it is no ${wanted === 'array' ? 'list' : 'object'}.`,
      );
  }
  return findNode(root, path);
}

function removeItems(text: string, path: readonly string[], isGone: (value: unknown) => boolean): string {
  let rest = text;
  for (;;) {
    const list = findList(rest, path);
    const index = list?.items.findIndex(({ node }) => isGone(node.value)) ?? -1;
    if (list === undefined || index === -1) return rest;
    rest = removeItem(rest, list, index);
  }
}

/** With it goes the comma behind it, or, of the last, the one before it. */
function removeItem(text: string, { start, end, items }: JsonNode, index: number): string {
  const [before, item, after] = [items[index - 1], items[index], items[index + 1]];
  if (after !== undefined) return text.slice(0, item?.from) + text.slice(after.from);
  if (before !== undefined) return text.slice(0, before.node.end) + text.slice(item?.node.end);
  return text.slice(0, start + 1) + text.slice(end - 1);
}

function addItems(text: string, path: readonly string[], entries: readonly string[]): string {
  const root = readJsonNodes(text);
  const list = findNode(root, path);
  const indent = findIndent(text, root);
  if (list !== undefined)
    return insert(text, list, { indent, items: entries.map((entry) => JSON.stringify(entry)) });
  let depth = path.length - 1;
  while (findNode(root, path.slice(0, depth)) === undefined) depth -= 1;
  const holder = findNode(root, path.slice(0, depth)) ?? root;
  const value = path.slice(depth + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), entries);
  const name = JSON.stringify(path[depth]);
  return insert(text, holder, { indent, items: [`${name}: ${JSON.stringify(value, null, indent)}`] });
}

interface Insertion {
  /** One step of it. */
  readonly indent: string;
  /** As JSON, indented from nothing. */
  readonly items: readonly string[];
}

/** At the end of an object or an array: on the same line where all of it stands on one, else on lines of their own. */
function insert(text: string, holder: JsonNode, { indent, items }: Insertion): string {
  const last = holder.items.at(-1);
  const inner = text.slice(holder.start + 1, holder.end - 1);
  if (last !== undefined && !inner.includes('\n') && !items.some((item) => item.includes('\n'))) {
    return `${text.slice(0, last.node.end)}, ${items.join(', ')}${text.slice(last.node.end)}`;
  }
  const outer = lineIndent(text, holder.start);
  const step = last !== undefined && inner.includes('\n') ? lineIndent(text, last.from) : outer + indent;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = items.map((item) => step + item.replaceAll('\n', newline + step)).join(`,${newline}`);
  if (last === undefined) {
    return `${text.slice(0, holder.start + 1)}${newline}${lines}${newline}${outer}${text.slice(holder.end - 1)}`;
  }
  const rest = inner.includes('\n')
    ? text.slice(last.node.end)
    : `${newline}${outer}${text.slice(holder.end - 1)}`;
  return `${text.slice(0, last.node.end)},${newline}${lines}${rest}`;
}

function lineIndent(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** As the first value of the file is indented; two blanks where nothing says more. */
function findIndent(text: string, root: JsonNode): string {
  const first = root.items[0];
  const found = first === undefined ? '' : lineIndent(text, first.from);
  return found === '' || !text.slice(0, first?.from).includes('\n') ? '  ' : found;
}
