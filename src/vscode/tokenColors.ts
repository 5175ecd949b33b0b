/**
 * Which colour a colour theme gives to a kind of token. Themes name TextMate scopes (https://macromates.com/manual/en/scope_selectors);
 * of all rules that match, the one whose selector says most about the innermost scope wins, the later one among equals.
 */
import * as z from 'zod';

/** The kinds of tokens the panel colours, each with the scope that grammars commonly give it. */
const TOKEN_SCOPES = {
  comment: 'comment.line',
  string: 'string.quoted',
  keyword: 'keyword.control',
  number: 'constant.numeric',
  function: 'entity.name.function',
  type: 'entity.name.type',
  variable: 'variable.other.readwrite',
  property: 'variable.other.property',
  tag: 'entity.name.tag',
  attribute: 'entity.other.attribute-name',
  operator: 'keyword.operator',
  regexp: 'string.regexp',
  constant: 'constant.language',
  punctuation: 'punctuation.separator',
  inserted: 'markup.inserted',
  deleted: 'markup.deleted',
} as const;

/** The simple names of `editor.tokenColorCustomizations`, each with the scope it stands for. */
const CUSTOM_SCOPES = {
  comments: 'comment',
  strings: 'string',
  keywords: 'keyword',
  numbers: 'constant.numeric',
  types: 'entity.name.type',
  functions: 'entity.name.function',
  variables: 'variable',
} as const;

export interface TokenRule {
  /** A scope selector, without commas: ancestors before the scope itself, separated by blanks. */
  readonly selector: string;
  /** `#rrggbb`, or one of its shorter and longer forms. */
  readonly color: string;
}

const rawRule = z.looseObject({
  scope: z.union([z.string(), z.array(z.string())]).optional(),
  settings: z.looseObject({ foreground: z.string().optional() }).optional(),
});

/** From `tokenColors` of a theme, or `textMateRules` of the settings. What is no rule with a colour is left out. */
export function parseTokenRules(value: unknown): TokenRule[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const rule = rawRule.safeParse(item);
    if (!rule.success) return [];
    const { scope, settings } = rule.data;
    return toRules(scope ?? [], settings?.foreground);
  });
}

/** From `editor.tokenColorCustomizations`; `theme` chooses the part in square brackets that counts besides. */
export function parseCustomizations(value: unknown, theme: string): TokenRule[] {
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (!parsed.success) return [];
  const own = parseCustomRules(parsed.data);
  const ofTheme = Object.entries(parsed.data).filter(([key]) => namesTheme(key, theme));
  return [...own, ...ofTheme.flatMap(([, rules]) => parseCustomizations(rules, ''))];
}

/** CSS custom properties `--belay-token-<kind>`. Where no rule matches, the token has the colour of plain text. */
export function toTokenColors(rules: readonly TokenRule[]): Record<string, string> {
  const colors: Record<string, string> = {};
  for (const [kind, scope] of Object.entries(TOKEN_SCOPES)) {
    colors[`--belay-token-${kind}`] = findColor(rules, scope) ?? 'var(--vscode-editor-foreground)';
  }
  return colors;
}

function findColor(rules: readonly TokenRule[], scope: string): string | undefined {
  let best: { readonly color: string; readonly weight: number } | undefined;
  for (const { selector, color } of rules) {
    const weight = toWeight(selector, scope);
    if (weight > 0 && weight >= (best?.weight ?? 0)) best = { color, weight };
  }
  return best?.color;
}

/** How much a selector says about a scope; 0 when it doesn't match. A selector that asks for ancestors can't be judged here. */
function toWeight(selector: string, scope: string): number {
  if (/\s/.test(selector)) return 0;
  return scope === selector || scope.startsWith(`${selector}.`) ? selector.split('.').length : 0;
}

function toRules(scope: string | readonly string[], foreground: string | undefined): TokenRule[] {
  if (foreground === undefined || !/^#[0-9a-f]{3,8}$/i.test(foreground)) return [];
  const scopes = typeof scope === 'string' ? [scope] : scope;
  const selectors = scopes.flatMap((each) => each.split(',')).map((each) => each.trim());
  return selectors.filter((selector) => selector !== '').map((selector) => ({ selector, color: foreground }));
}

function parseCustomRules(settings: Readonly<Record<string, unknown>>): TokenRule[] {
  const simple = Object.entries(CUSTOM_SCOPES).flatMap(([name, scope]) => {
    const setting = z
      .union([
        z.string(),
        z.looseObject({ foreground: z.string() }).transform(({ foreground }) => foreground),
      ])
      .safeParse(settings[name]);
    return setting.success ? toRules(scope, setting.data) : [];
  });
  return [...simple, ...parseTokenRules(settings.textMateRules)];
}

/** `[Monokai]`, `[Monokai][Dark+]`, `[*Dark*]`. */
function namesTheme(key: string, theme: string): boolean {
  const names = [...key.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  return theme !== '' && names.some((name) => toPattern(name).test(theme));
}

function toPattern(name: string): RegExp {
  return new RegExp(`^${name.split('*').map(escapePattern).join('.*')}$`);
}

function escapePattern(text: string): string {
  return text.replace(/[.+?^${}()|\\]/g, '\\$&');
}
