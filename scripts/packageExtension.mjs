// Packs the extension as people install it.

import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from './bundle.mjs';
import { root, run } from './run.mjs';

const shipped = [
  ...['CHANGELOG.md', 'LICENSE', 'media', '.vscodeignore'],
  ...['package.nls.json', 'package.nls.zh-cn.json', 'l10n'],
];

/** Builds for release into a folder of its own, so that a development build and tests that run at the same time are
 * left alone, and packs that folder. Prints what went in. Resolves to the size in bytes.
 * @param {string} vsix the file to write, absolute */
export async function packageExtension(vsix) {
  await mkdir(dirname(vsix), { recursive: true });
  const stage = await mkdtemp(join(dirname(vsix), 'stage-'));
  try {
    const packages = await build({ production: true, outdir: join(stage, 'dist') });
    for (const path of shipped.filter((name) => existsSync(join(root, name))))
      await cp(join(root, path), join(stage, path), { recursive: true });
    await writeReadme(stage);
    await writeManifest(stage);
    await writeNotices(join(stage, 'dist', 'third-party-notices.txt'), packages);
    const packed = join(stage, 'packed.vsix');
    const args = ['package', '--no-dependencies', '--allow-missing-repository', '--out', packed];
    if (!(await run('vsce', args, { cwd: stage }))) throw new Error('vsce could not pack the extension.');
    await rename(packed, vsix);
    return (await stat(vsix)).size;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The extension page shows the README alone: pictures and pages of the source tree are not beside it there.
 * @param {string} stage */
async function writeReadme(stage) {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const text = readme
    .replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gm, '')
    .replace(/\[([^\]]*)\]\((?!https:|#)[^)]*\)/g, '$1');
  await writeFile(join(stage, 'README.md'), text);
}

/** What only a developer needs is left out of the manifest: everything is bundled.
 * @param {string} stage */
async function writeManifest(stage) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const key of [
    'scripts',
    'dependencies',
    'devDependencies',
    'overrides',
    'allowScripts',
    'bin',
    'exports',
  ]) {
    delete manifest[key];
  }
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The licences of the packages inside the bundles, as they ask for.
 * @param {string} file
 * @param {string[]} packages */
async function writeNotices(file, packages) {
  const notices = await Promise.all([...packages, 'node_modules/@vscode/codicons'].map(noticeOf));
  await writeFile(file, notices.join(`\n${'-'.repeat(80)}\n\n`));
}

/** @param {string} folder */
async function noticeOf(folder) {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const head = `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n`;
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE', 'LICENSE-MIT']) {
    const text = await readFile(join(root, folder, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return `${head}\n${text.trim()}\n`;
  }
  return head;
}
