// The colours for code, out of the themes that VS Code itself ships.

import { strict as assert } from 'node:assert';
import { ConfigurationTarget, workspace } from 'vscode';
import { readTokenColors, registerThemeListener } from '../../src/vscode/themeTokens.ts';
import type { TestFunction } from './suite.ts';

export default function themeTokensSuite(test: TestFunction): void {
  for (const [theme, comment, keyword] of [
    ['Dark Modern', '#6A9955', '#C586C0'],
    ['Default Dark Modern', '#6A9955', '#C586C0'],
    ['Light Modern', '#008000', '#AF00DB'],
    ['Monokai', '#88846f', '#F92672'],
    ['Default High Contrast', '#7ca668', '#C586C0'],
  ] as const) {
    test(`the colours of ${theme} are found`, () =>
      withSetting('workbench', 'colorTheme', theme, async () => {
        const colors = await readTokenColors();
        assert.equal(colors['--belay-token-comment'], comment);
        assert.equal(colors['--belay-token-keyword'], keyword);
        assert.equal(Object.keys(colors).length, 16);
      }));
  }

  test('what the user changed of the theme counts', () =>
    withSetting('editor', 'tokenColorCustomizations', { comments: '#123456' }, async () => {
      const colors = await readTokenColors();
      assert.equal(colors['--belay-token-comment'], '#123456');
    }));

  test('a theme that is not there gives no colours', () =>
    withSetting('workbench', 'colorTheme', 'No Such Theme', async () => {
      assert.deepEqual(await readTokenColors(), {});
    }));

  test('a change of the theme is told', async () => {
    const changed = new Promise<void>((resolve) => registerThemeListener(resolve));
    await withSetting('workbench', 'colorTheme', 'Monokai', () => changed);
  });
}

async function withSetting(
  section: string,
  key: string,
  value: unknown,
  body: () => Promise<void>,
): Promise<void> {
  const configuration = workspace.getConfiguration(section);
  await configuration.update(key, value, ConfigurationTarget.Global);
  try {
    await body();
  } finally {
    await configuration.update(key, undefined, ConfigurationTarget.Global);
  }
}
