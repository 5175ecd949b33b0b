/** Bundles the webview alone, as scripts/bundle.mjs does for the package, into a folder of its own. */
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../scripts/run.mjs';

/** Resolves to the folder; the caller deletes it. */
export async function buildPanel(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'belay-panel-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['webview/main.tsx'],
    entryNames: '[name]',
    outdir,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome132',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const codicons = join(root, 'node_modules', '@vscode', 'codicons', 'dist');
  for (const file of ['codicon.css', 'codicon.ttf']) await copyFile(join(codicons, file), join(outdir, file));
  return outdir;
}
