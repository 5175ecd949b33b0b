/**
 * The kinds of tokens that code is coloured by. Each has a custom property `--belay-token-NAME`, which the host fills from
 * the colour theme; tokens.css has what holds where the theme says nothing.
 */
const BY_SCOPE: ReadonlyMap<string, string> = new Map([
  ['comment', 'comment'],
  ['quote', 'comment'],
  ['string', 'string'],
  ['code', 'string'],
  ['char', 'string'],
  ['regexp', 'regexp'],
  ['number', 'number'],
  ['keyword', 'keyword'],
  ['selector-tag', 'tag'],
  ['literal', 'constant'],
  ['symbol', 'constant'],
  ['bullet', 'constant'],
  ['type', 'type'],
  ['class', 'type'],
  ['built_in', 'type'],
  ['title', 'function'],
  ['section', 'keyword'],
  ['variable', 'variable'],
  ['template-variable', 'variable'],
  ['params', 'variable'],
  ['subst', 'variable'],
  ['attr', 'property'],
  ['property', 'property'],
  ['attribute', 'property'],
  ['name', 'tag'],
  ['tag', 'tag'],
  ['selector-class', 'type'],
  ['selector-id', 'type'],
  ['selector-attr', 'property'],
  ['selector-pseudo', 'keyword'],
  ['meta', 'meta'],
  ['doctag', 'keyword'],
  ['link', 'string'],
  ['addition', 'inserted'],
  ['deletion', 'deleted'],
  ['operator', 'operator'],
]);

/** A scope of highlight.js (`title.function`) to a token name; undefined: the colour of what stands around it. */
export function toTokenName(scope: string): string | undefined {
  if (scope === 'title.class' || scope === 'title.class.inherited') return 'type';
  return BY_SCOPE.get(scope) ?? BY_SCOPE.get(scope.split('.')[0] ?? '');
}
