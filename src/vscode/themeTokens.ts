/** Finds the colour theme that is in use and tells the panel its colours for code, now and whenever they change. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ColorThemeKind, type Disposable, extensions, window, workspace } from 'vscode';
import * as z from 'zod';
import { parseJsonWithComments } from '../core/settings/parseJsonWithComments.ts';
import { parseCustomizations, parseTokenRules, type TokenRule, toTokenColors } from './tokenColors.ts';

/** How many files a theme may include one from another. */
const MAX_INCLUDES = 10;

const contributed = z.looseObject({
  contributes: z.looseObject({
    themes: z.array(
      z.looseObject({ id: z.string().optional(), label: z.string().optional(), path: z.string() }),
    ),
  }),
});
const themeFile = z.looseObject({ include: z.string().optional(), tokenColors: z.unknown().optional() });

/** The colours as CSS custom properties; empty when the theme can't be read, and the panel then uses its own. */
export async function readTokenColors(): Promise<Record<string, string>> {
  const name = findThemeName();
  const path = findThemePath(name);
  const rules = path === undefined ? undefined : await readRules(path, MAX_INCLUDES);
  if (rules === undefined) return {};
  const custom = workspace.getConfiguration('editor').get('tokenColorCustomizations');
  return toTokenColors([...rules, ...parseCustomizations(custom, name)]);
}

export interface ThemeColors extends Disposable {
  /** What was read last; empty until the first time. */
  readonly current: Readonly<Record<string, string>>;
}

/** Reads the colours now and whenever the theme changes, without anybody waiting for it. */
export function createThemeColors(onChange: () => void): ThemeColors {
  let current: Readonly<Record<string, string>> = {};
  const read = async (): Promise<void> => {
    current = await readTokenColors();
    onChange();
  };
  const listener = registerThemeListener(() => void read());
  void read();
  return {
    get current() {
      return current;
    },
    dispose: () => listener.dispose(),
  };
}

/** Calls back when the theme, or what the user changed of it, may be another one. */
export function registerThemeListener(onChange: () => void): Disposable {
  const theme = window.onDidChangeActiveColorTheme(onChange);
  const settings = workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('editor.tokenColorCustomizations')) onChange();
  });
  return {
    dispose() {
      theme.dispose();
      settings.dispose();
    },
  };
}

/** What the settings call the theme: which of them counts depends on what the system prefers. */
function findThemeName(): string {
  const { kind } = window.activeColorTheme;
  const isHighContrast = kind === ColorThemeKind.HighContrast || kind === ColorThemeKind.HighContrastLight;
  const isLight = kind === ColorThemeKind.Light || kind === ColorThemeKind.HighContrastLight;
  const followsContrast = workspace.getConfiguration('window').get('autoDetectHighContrast') === true;
  const followsScheme = workspace.getConfiguration('window').get('autoDetectColorScheme') === true;
  const chosen = readThemeSetting('colorTheme');
  // The high-contrast setting only counts when the system asks for it; the theme then is not the chosen one.
  if (isHighContrast && followsContrast && !isHighContrastName(chosen)) {
    return readThemeSetting(
      isLight ? 'preferredHighContrastLightColorTheme' : 'preferredHighContrastColorTheme',
    );
  }
  if (followsScheme)
    return readThemeSetting(isLight ? 'preferredLightColorTheme' : 'preferredDarkColorTheme');
  return chosen;
}

function readThemeSetting(key: string): string {
  return workspace.getConfiguration('workbench').get(key, '');
}

function isHighContrastName(name: string): boolean {
  return /high contrast/i.test(name);
}

function findThemePath(name: string): string | undefined {
  for (const extension of extensions.all) {
    const parsed = contributed.safeParse(extension.packageJSON);
    const theme = parsed.data?.contributes.themes.find(({ id, label }) =>
      isSameTheme(
        name,
        [id, label].filter((each) => each !== undefined),
      ),
    );
    if (theme !== undefined) return join(extension.extensionPath, theme.path);
  }
  return undefined;
}

/** VS Code once called its own themes "Default …"; settings with the old names live on. */
function isSameTheme(name: string, names: readonly string[]): boolean {
  const toBare = (each: string): string => each.replace(/^Default /, '');
  return names.some((each) => toBare(each) === toBare(name));
}

/** The rules of the file and, before them, those of the file it includes; undefined when it is no theme in JSON. */
async function readRules(path: string, includesLeft: number): Promise<TokenRule[] | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const parsed = themeFile.safeParse(text === undefined ? undefined : parseJsonWithComments(text));
  if (!parsed.success) return undefined;
  const { include, tokenColors } = parsed.data;
  const included =
    include === undefined || includesLeft === 0
      ? []
      : await readRules(join(dirname(path), include), includesLeft - 1);
  return [...(included ?? []), ...parseTokenRules(tokenColors)];
}
