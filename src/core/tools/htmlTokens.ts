/**
 * HTML cut into tags and text, in one pass over the text whatever it holds: no tree is built, so nothing can be nested too
 * deep, and no search starts over. Follows the tokenizer of the HTML standard as far as readable text depends on it.
 */
import { decodeEntities } from './htmlEntities.ts';

export type HtmlToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string };

/** Elements whose content is no markup. */
const rawElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'iframe',
  'noscript',
  'noembed',
  'noframes',
  'textarea',
  'title',
  'xmp',
]);

export function* readHtml(html: string): Generator<HtmlToken, void, void> {
  let at = 0;
  while (at < html.length) {
    const next = findMarkup(html, at);
    if (next > at) yield { kind: 'text', text: decodeEntities(html.slice(at, next)) };
    if (next === html.length) return;
    const tag = readTag(html, next);
    at = tag.end;
    if (tag.token === undefined) continue;
    yield tag.token;
    if (tag.token.kind !== 'open' || !rawElements.has(tag.token.name)) continue;
    const end = findRawEnd(html, at, tag.token.name);
    const raw = html.slice(at, end);
    if (raw !== '') yield { kind: 'text', text: tag.token.name === 'title' ? decodeEntities(raw) : raw };
    at = end;
  }
}

/** The next "<" that starts something. */
function findMarkup(html: string, from: number): number {
  const start = /<(?:[a-zA-Z!?]|\/[a-zA-Z])/g;
  start.lastIndex = from;
  return start.exec(html)?.index ?? html.length;
}

/** token undefined: a comment, a declaration. */
function readTag(html: string, start: number): { readonly end: number; readonly token?: HtmlToken } {
  if (html.startsWith('<!--', start)) return { end: endOf(html, '-->', start + 4) };
  if (html[start + 1] === '!' || html[start + 1] === '?') return { end: endOf(html, '>', start + 2) };
  const isClosing = html[start + 1] === '/';
  const nameStart = start + (isClosing ? 2 : 1);
  const nameEnd = skip(html, nameStart, /[^\s/>]*/y);
  const name = html.slice(nameStart, nameEnd).toLowerCase();
  const { end, attributes } = readAttributes(html, nameEnd);
  return { end, token: isClosing ? { kind: 'close', name } : { kind: 'open', name, attributes } };
}

function readAttributes(
  html: string,
  from: number,
): { readonly end: number; readonly attributes: ReadonlyMap<string, string> } {
  const attributes = new Map<string, string>();
  let at = skip(html, from, /[\s/]*/y);
  while (at < html.length && html[at] !== '>') {
    // A "=" where a name should be is a part of it.
    const nameEnd = skip(html, at, /=?[^\s/>=]*/y);
    const name = html.slice(at, nameEnd).toLowerCase();
    at = skip(html, nameEnd, /\s*/y);
    let value = '';
    if (html[at] === '=') {
      const found = readValue(html, skip(html, at + 1, /\s*/y));
      value = found.value;
      at = found.end;
    }
    if (!attributes.has(name)) attributes.set(name, decodeEntities(value));
    at = skip(html, at, /[\s/]*/y);
  }
  return { end: at + 1, attributes };
}

function readValue(html: string, at: number): { readonly value: string; readonly end: number } {
  const quote = html[at];
  if (quote !== '"' && quote !== "'") {
    const end = skip(html, at, /[^\s>]*/y);
    return { value: html.slice(at, end), end };
  }
  const close = html.indexOf(quote, at + 1);
  // Never closed: then all the rest is in it.
  const end = close === -1 ? html.length : close;
  return { value: html.slice(at + 1, end), end: end + 1 };
}

function findRawEnd(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  close.lastIndex = from;
  return close.exec(html)?.index ?? html.length;
}

function endOf(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

/** Where what the (sticky) pattern takes ends. */
function skip(html: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  return pattern.test(html) ? pattern.lastIndex : from;
}
