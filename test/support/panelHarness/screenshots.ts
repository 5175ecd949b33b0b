/**
 * Pictures of every scene: `node test/support/panelHarness/screenshots.ts FOLDER [scene,scene…] [theme,theme…] [width,width…] [height]`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createPanelLab } from './panelLab.ts';
import { SCENES } from './scenes.ts';
import { THEME_NAMES, type ThemeName } from './themes.ts';

const [folder = 'screenshots', scenes = '', themes = '', widths = '', heights = '760'] =
  process.argv.slice(2);
const height = Number(heights);
const chosenScenes = scenes === '' ? Object.keys(SCENES) : scenes.split(',');
const chosenThemes = themes === '' ? THEME_NAMES : (themes.split(',') as ThemeName[]);
const chosenWidths = widths === '' ? [260, 400, 900] : widths.split(',').map(Number);

await mkdir(folder, { recursive: true });
const lab = await createPanelLab();
try {
  for (const name of chosenScenes) {
    for (const theme of chosenThemes) {
      for (const width of chosenWidths) await take(name, theme, width);
    }
  }
} finally {
  await lab.close();
}

async function take(name: string, theme: ThemeName, width: number): Promise<void> {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`There is no scene "${name}".`);
  const panel = await lab.open({
    snapshot: scene.snapshot(),
    theme,
    width,
    height,
    ...(scene.answers ? { answers: scene.answers } : {}),
  });
  panel.page.on('console', (message) => {
    if (message.type() !== 'log') process.stdout.write(`${name}: ${message.text()}\n`);
  });
  panel.page.on('pageerror', (error) => process.stdout.write(`${name}: ${error.stack ?? error.message}\n`));
  await panel.host.untilAsked('belay/panel_ready');
  await panel.page.getByRole('button', { name: 'New session' }).waitFor({ timeout: 5_000 });
  await scene.play?.(panel.host, panel.page);
  await panel.page.waitForTimeout(700);
  await panel.page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
  for (const problem of [...panel.host.problems, ...(await panel.violations())])
    process.stdout.write(`${name}: ${problem}\n`);
  await panel.close();
}
