/** What the elements of HTML mean for a text. */

/** Left out with all that is in them. */
export const skippedElements: ReadonlySet<string> = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'iframe',
  'object',
  'canvas',
  'select',
  'textarea',
  'noembed',
  'noframes',
]);

/** Elements that always have an end tag: only of these can it be told where a hidden one ends. */
const closedElements: ReadonlySet<string> = new Set([
  'div',
  'span',
  'section',
  'article',
  'aside',
  'nav',
  'ul',
  'ol',
  'form',
  'table',
  'dialog',
]);

/** Not shown to a reader of the page, so not told to the model either. */
export function isHidden(name: string, attributes: ReadonlyMap<string, string>): boolean {
  if (!closedElements.has(name)) return false;
  return attributes.has('hidden') || /display\s{0,9}:\s{0,9}none/i.test(attributes.get('style') ?? '');
}

/** Elements that stand on lines of their own, and the line breaks around them: 2 for a blank line. */
export const blockElements: ReadonlyMap<string, number> = new Map([
  ...named('p pre blockquote table figure h1 h2 h3 h4 h5 h6', 2),
  ...named('div section article header footer main nav aside form dl dt dd address details summary', 1),
  ...named('fieldset figcaption caption body tr li option', 1),
]);

/** Marks before and after. */
export const emphases: ReadonlyMap<string, string> = new Map([
  ...['b', 'strong'].map((name) => [name, '**'] as const),
  ...['i', 'em'].map((name) => [name, '_'] as const),
  ...['del', 's'].map((name) => [name, '~~'] as const),
  ...['code', 'kbd', 'samp', 'tt'].map((name) => [name, '`'] as const),
]);

/** "language-ts", "lang-ts" or "highlight-source-ts" among the classes; empty: not said. */
export function findLanguage(attributes: ReadonlyMap<string, string>): string {
  const classes = attributes.get('class') ?? '';
  return /(?:^|\s)(?:language-|lang-|highlight-source-)([\w+#-]+)/.exec(classes)?.[1] ?? '';
}

function named(names: string, breaks: number): readonly (readonly [string, number])[] {
  return names.split(' ').map((name) => [name, breaks] as const);
}
