/** The colours of VS Code's default themes, as a webview gets them: custom properties of `html`, a class of `body`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/run.mjs';

export const THEME_NAMES = [
  'dark-modern',
  'light-modern',
  'dark-2026',
  'high-contrast',
  'high-contrast-light',
] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

export interface Theme {
  readonly name: string;
  /** `vscode-dark`, `vscode-light`, `vscode-high-contrast`, `vscode-high-contrast-light` */
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

export async function readTheme(name: ThemeName): Promise<Theme> {
  const text = await readFile(join(root, 'test', 'fixtures', 'themes', `${name}.json`), 'utf8');
  return JSON.parse(text) as Theme;
}

/** What the host's own theme reader makes of the theme. */
export const TOKEN_COLORS: Readonly<Record<ThemeName, Readonly<Record<string, string>>>> = {
  'dark-modern': toProperties({
    comment: '#6a9955',
    string: '#ce9178',
    keyword: '#c586c0',
    number: '#b5cea8',
    function: '#dcdcaa',
    type: '#4ec9b0',
    variable: '#9cdcfe',
    property: '#9cdcfe',
    tag: '#569cd6',
    attribute: '#9cdcfe',
    regexp: '#d16969',
    constant: '#569cd6',
  }),
  'light-modern': toProperties({
    comment: '#008000',
    string: '#a31515',
    keyword: '#af00db',
    number: '#098658',
    function: '#795e26',
    type: '#267f99',
    variable: '#001080',
    property: '#001080',
    tag: '#800000',
    attribute: '#e50000',
    regexp: '#811f3f',
    constant: '#0000ff',
  }),
  'dark-2026': toProperties({
    comment: '#8b949e',
    string: '#a5d6ff',
    keyword: '#ff7b72',
    number: '#79c0ff',
    function: '#d2a8ff',
    type: '#ffa657',
    variable: '#c9d1d9',
    property: '#79c0ff',
    tag: '#7ee787',
    attribute: '#79c0ff',
    regexp: '#a5d6ff',
    constant: '#79c0ff',
  }),
  'high-contrast': {},
  'high-contrast-light': {},
};

function toProperties(colors: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(colors).map(([name, color]) => [`--belay-token-${name}`, color]));
}
