// Proves that the rooms without a runtime really have none: bundles every file of them for a browser with nothing
// external, so that an import of `vscode`, of a node: module, or of a package that needs one, fails.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

const rooms = ['protocol', 'channel', 'stream', 'core'];

const files = rooms.flatMap((room) => sourcesOf(join('src', room)));
if (files.length > 0) await bundle(files);

/** @param {string} folder */
function sourcesOf(folder) {
  try {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** @param {string[]} entries */
async function bundle(entries) {
  const source = entries
    .map((file) => `import ${JSON.stringify(`./${file.replaceAll('\\', '/')}`)};`)
    .join('\n');
  try {
    await build({
      stdin: { contents: source, resolveDir: root, sourcefile: 'every-portable-file.ts' },
      absWorkingDir: root,
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      target: 'es2023',
      logLevel: 'error',
    });
    process.stdout.write(`  ${entries.length} files bundle for a browser\n`);
  } catch {
    // esbuild has printed what and where.
    process.exitCode = 1;
  }
}
