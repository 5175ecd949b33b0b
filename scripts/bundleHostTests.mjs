// Bundles the tests that run inside the extension host into one file that VS Code can require.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './run.mjs';

const folder = join(root, 'test', 'vscode');

/** @param {string} outdir absolute
 * @returns {Promise<string>} the file whose `run` VS Code calls */
export async function bundleHostTests(outdir) {
  const outfile = join(outdir, 'index.js');
  await esbuild.build({
    entryPoints: [join(folder, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    external: ['vscode'],
    logLevel: 'warning',
    plugins: [everySuite()],
  });
  return outfile;
}

/** Finds the suites, so that a new one needs no list to be edited.
 * @returns {esbuild.Plugin} */
function everySuite() {
  return {
    name: 'every-suite',
    setup(context) {
      context.onResolve({ filter: /^virtual:suites$/ }, (args) => ({ path: args.path, namespace: 'suites' }));
      context.onLoad({ filter: /.*/, namespace: 'suites' }, async () => {
        const files = (await readdir(folder)).filter((file) => file.endsWith('.suite.ts')).sort();
        const imports = files.map((file, index) => `import suite${index} from './${file}';`);
        const list = files.map((_, index) => `suite${index}`).join(', ');
        return {
          contents: `${imports.join('\n')}\nexport default [${list}];`,
          resolveDir: folder,
          loader: 'ts',
        };
      });
    },
  };
}
