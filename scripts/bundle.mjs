// Bundles the sources: the parts that run in the extension host, the webview, and the command-line program.
//
// Of the extension host only extension.js is loaded when VS Code starts. Everything heavy is a chunk of its own that is
// loaded when it is first needed, by an ordinary `await import('./session.ts')`.

import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { embedChunks } from './embedChunks.mjs';
import { root, run } from './run.mjs';

/** Chunks of the extension host that are loaded on demand, beside every file in src/process/lazy/. */
const lazyEntries = ['src/vscode/session.ts', 'src/process/agentProcess.ts', 'src/core/mcp/mcpClient.ts'];
const lazyFolder = 'src/process/lazy';
/** Scripts that run in worker threads; the chunk of `src/node/workers/x.ts` is `x.js` beside the bundle that starts it. */
const workerFolder = 'src/node/workers';
/** What the command-line program holds as text until it is imported. */
const embedded = ['marked', 'pdf-lib', 'yaml', 'src/node/mcpTransports.ts', 'src/core/mcp/mcpClient.ts'];

/**
 * @typedef {object} BuildOptions
 * @property {boolean} [production] minified, without source maps
 * @property {boolean} [watch] keep building until the process ends
 * @property {string} [outdir] absolute; dist/ of the repository without it
 */

/** Bundles everything that ships. Throws after esbuild has printed its errors. Resolves to the npm packages inside.
 * @param {BuildOptions} [options]
 * @returns {Promise<string[]>} folders of the packages, relative to the repository */
export async function build(options = {}) {
  const outdir = options.outdir ?? join(root, 'dist');
  if (!options.watch) await rm(outdir, { recursive: true, force: true });
  const production = options.production === true;
  /** @type {(esbuild.BuildOptions & { metafile: true })[]} */
  const bundles = [await hostBundle(outdir, production), webviewBundle(outdir, production)];
  /** @type {esbuild.Metafile[]} */
  const inner = [];
  bundles.push(await commandBundle(outdir, { production, inner }));
  bundles.push(await sdkBundle(outdir, production), sandboxBundle(outdir, production));
  bundles.push(await workersBundle(outdir, production));
  await copySandboxPrograms(outdir);
  await copyIcons(join(outdir, 'webview'));
  if (options.watch) {
    await watch(bundles);
    return [];
  }
  const results = await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
  await declareSdk(outdir);
  for (const result of results) printSizes(result.metafile);
  return packagesIn([...results.map((result) => result.metafile), ...inner]);
}

/** Bundles the command-line program alone, with what it starts. Resolves to its path.
 * @param {string} outdir absolute
 * @param {{ production?: boolean }} [options] without it: with source maps
 * @returns {Promise<string>} */
export async function buildCommand(outdir, { production = false } = {}) {
  await esbuild.build(await commandBundle(outdir, { production, inner: [] }));
  await esbuild.build(sandboxBundle(outdir, production));
  await esbuild.build(await workersBundle(outdir, production));
  await copySandboxPrograms(outdir);
  return join(outdir, 'belay.cjs');
}

/** @param {esbuild.BuildOptions[]} bundles */
async function watch(bundles) {
  for (const bundle of bundles) {
    const context = await esbuild.context({ ...bundle, logLevel: 'info' });
    await context.watch();
  }
}

/** @param {boolean} production
 * @returns {esbuild.BuildOptions & { metafile: true }} */
function commonOptions(production) {
  return {
    absWorkingDir: root,
    bundle: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
  };
}

/** @param {string} outdir
 * @param {boolean} production
 * @returns {Promise<esbuild.BuildOptions & { metafile: true }>} */
async function hostBundle(outdir, production) {
  const lazy = [...lazyEntries, ...(await sourcesIn(lazyFolder))];
  return {
    ...commonOptions(production),
    entryPoints: ['src/vscode/extension.ts', ...lazy],
    entryNames: '[name]',
    outdir,
    platform: 'node',
    format: 'cjs',
    // The oldest VS Code in "engines" runs Node 20.
    target: 'node20',
    // Packages offer a file for Node's import and one for require; only the first can be tree-shaken.
    mainFields: ['module', 'main'],
    external: ['vscode'],
    define: { ...commonOptions(production).define, 'import.meta.dirname': '__dirname' },
    // `await import(…)` becomes a require, which finds `vscode` in the extension host; Node's own import does not.
    supported: { 'dynamic-import': false },
    plugins: [lazyChunks(lazy)],
  };
}

/** @param {string} outdir
 * @param {boolean} production
 * @returns {esbuild.BuildOptions & { metafile: true }} */
function webviewBundle(outdir, production) {
  return {
    ...commonOptions(production),
    entryPoints: ['webview/main.tsx'],
    entryNames: '[name]',
    outdir: join(outdir, 'webview'),
    platform: 'browser',
    format: 'iife',
    target: 'chrome132',
    loader: { '.ttf': 'copy' },
    assetNames: '[name]',
  };
}

/** The program, wrapped as Node wraps a CommonJS module, and the executable that starts it. `inner` takes the metafiles of
 * the chunks inside of it.
 * @param {string} outdir
 * @param {{ production: boolean, inner: esbuild.Metafile[] }} options
 * @returns {Promise<esbuild.BuildOptions & { metafile: true }>} */
async function commandBundle(outdir, { production, inner }) {
  const shared = await programOptions(production);
  return {
    ...shared,
    entryPoints: ['src/headless/program.ts'],
    outfile: join(outdir, 'belayProgram.js'),
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    // Not in the chunks: what speaks with the runtime's `fetch` has the runtime's types.
    inject: ['src/node/lightFetchTypes.ts', 'src/node/lightCrypto.ts'],
    plugins: [embedChunks(embedded, shared, inner), startProgram(outdir, production)],
  };
}

/** Builds the executable anew behind each build of the program: it knows the program by its hash.
 * @param {string} outdir
 * @param {boolean} production
 * @returns {esbuild.Plugin} */
function startProgram(outdir, production) {
  return {
    name: 'start-program',
    setup(context) {
      context.onEnd(async ({ errors }) => {
        if (errors.length > 0) return;
        const program = join(outdir, 'belayProgram.js');
        const text = (await readFile(program, 'utf8')).replace(/[^\0-\x7f]/g, toEscape);
        await writeFile(program, text);
        const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
        const path = join(outdir, 'belay.cjs');
        const options = await programOptions(production);
        await esbuild.build({
          ...options,
          entryPoints: ['src/headless/belay.ts'],
          outfile: path,
          banner: { js: '#!/usr/bin/env node' },
          define: { ...options.define, 'process.env.BELAY_PROGRAM_HASH': JSON.stringify(hash) },
        });
        await chmod(path, 0o755);
      });
    },
  };
}

/** The bundler escapes what is not ASCII in strings, and leaves it in regular expressions, where this means the same, and in
 * comments. The program is read a byte a character.
 * @param {string} unit of UTF-16 */
function toEscape(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What runs on plain Node, in one file.
 * @param {boolean} production
 * @returns {Promise<esbuild.BuildOptions & { metafile: true }>} */
async function programOptions(production) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return {
    ...commonOptions(production),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    // What comes with Node is required also where it is imported on demand: that is quicker.
    supported: { 'dynamic-import': false },
    define: {
      ...commonOptions(production).define,
      'process.env.BELAY_VERSION': JSON.stringify(version),
      'import.meta.dirname': '__dirname',
    },
  };
}

/** Scripts of worker threads, for all of extension, executable and SDK.
 * @param {string} outdir
 * @param {boolean} production
 * @returns {Promise<esbuild.BuildOptions & { metafile: true }>} */
async function workersBundle(outdir, production) {
  const options = await programOptions(production);
  return { ...options, entryPoints: await sourcesIn(workerFolder), entryNames: '[name]', outdir };
}

/** The process behind the sandbox for commands: a script of its own, which all others start. Its library looks for its
 * programs beside the script.
 * @param {string} outdir
 * @param {boolean} production
 * @returns {esbuild.BuildOptions & { metafile: true }} */
function sandboxBundle(outdir, production) {
  const common = commonOptions(production);
  return {
    ...common,
    entryPoints: ['src/node/sandboxHost.ts'],
    outfile: join(outdir, 'sandboxHost.js'),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { ...common.define, 'import.meta.dirname': '__dirname', 'import.meta.url': 'importMetaUrl' },
  };
}

/** Of what the sandbox library brings along: the program that shuts sockets on Linux, and what tells Java of a proxy. Not
 * its programs for Windows, where the sandbox is not offered.
 * @param {string} outdir */
async function copySandboxPrograms(outdir) {
  const source = join(root, 'node_modules', '@anthropic-ai', 'sandbox-runtime', 'vendor');
  const programs = ['seccomp/x64/apply-seccomp', 'seccomp/arm64/apply-seccomp'];
  for (const path of [...programs, 'java-proxy-agent/srt-proxy-agent.jar']) {
    const target = join(outdir, 'vendor', path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(source, path), target);
  }
  for (const path of programs) await chmod(join(outdir, 'vendor', path), 0o755);
}

/** The package `belay/sdk`. In CommonJS, which both `import` and `require` take.
 * @param {string} outdir
 * @param {boolean} production
 * @returns {Promise<esbuild.BuildOptions & { metafile: true }>} */
async function sdkBundle(outdir, production) {
  const options = await programOptions(production);
  return {
    ...options,
    entryPoints: ['src/sdk/index.ts'],
    outfile: join(outdir, 'sdk.js'),
    define: { ...options.define, 'import.meta.dirname': '__dirname' },
  };
}

/** Bundles the package `belay/sdk` alone, with source maps. Resolves to its path.
 * @param {string} outdir absolute
 * @returns {Promise<string>} */
export async function buildSdk(outdir) {
  await esbuild.build(await sdkBundle(outdir, false));
  return join(outdir, 'sdk.js');
}

/** The types of the package: declarations of its sources, and one file that names them.
 * @param {string} outdir */
async function declareSdk(outdir) {
  const types = join(outdir, 'types');
  const compiled = await run('tsc', ['-p', 'src/sdk/tsconfig.json', '--outDir', types]);
  if (!compiled) throw new Error('The types of belay/sdk could not be made.');
  await writeFile(join(outdir, 'sdk.d.ts'), "export * from './types/sdk/index.ts';\n");
}

/** Leaves `import('./session.ts')` in place as a require of the chunk that is built from it. A static import would pull
 * the chunk into whoever imports it, which is an error.
 * @param {string[]} entries
 * @returns {esbuild.Plugin} */
function lazyChunks(entries) {
  const chunks = new Set(entries.map((entry) => resolve(root, entry)));
  return {
    name: 'lazy-chunks',
    setup(context) {
      context.onResolve({ filter: /^\.{1,2}\// }, (args) => {
        const target = resolve(args.resolveDir, args.path);
        if (!chunks.has(target) || args.kind === 'entry-point') return undefined;
        if (args.kind === 'dynamic-import')
          return { path: `./${basename(target, '.ts')}.js`, external: true };
        const text = `${relative(root, target)} is loaded on demand: use \`await import(…)\` or \`import type\``;
        return { errors: [{ text }] };
      });
    },
  };
}

/** The icon font of VS Code, which a webview cannot reach in VS Code itself.
 * @param {string} outdir */
async function copyIcons(outdir) {
  await mkdir(outdir, { recursive: true });
  const source = join(root, 'node_modules', '@vscode', 'codicons', 'dist');
  for (const file of ['codicon.css', 'codicon.ttf']) await copyFile(join(source, file), join(outdir, file));
}

/** @param {string} folder
 * @returns {Promise<string[]>} */
async function sourcesIn(folder) {
  const names = await readdir(join(root, folder)).catch(ignoreMissing);
  return (names ?? []).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

/** @param {unknown} error
 * @returns {undefined} */
function ignoreMissing(error) {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

/** @param {esbuild.Metafile} metafile */
function printSizes(metafile) {
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (file.endsWith('.map')) continue;
    process.stdout.write(`  ${file.padEnd(32)} ${(output.bytes / 1024).toFixed(1).padStart(9)} KB\n`);
  }
}

/** @param {esbuild.Metafile[]} metafiles */
function packagesIn(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}
