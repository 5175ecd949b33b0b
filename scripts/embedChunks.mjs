// Chunks inside of the one file of the command-line program: what most runs never need lies in it packed, so that it costs
// hardly any reading and no parsing, and is compiled by the first `await import(…)` of it.

import { basename, relative, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { root } from './run.mjs';

/** Makes a chunk of each of these wherever it is imported dynamically. A static import would pull it into the program a
 * second time, which is an error. A chunk shares nothing with the program: its classes are others (`instanceof`).
 * @param {readonly string[]} chunks packages, and files relative to the repository
 * @param {esbuild.BuildOptions} options what the program and its chunks have in common
 * @param {esbuild.Metafile[]} metafiles those of the chunks are added
 * @returns {esbuild.Plugin} */
export function embedChunks(chunks, options, metafiles) {
  const targets = new Map(chunks.map((chunk) => [isFile(chunk) ? resolve(root, chunk) : chunk, chunk]));
  return {
    name: 'embed-chunks',
    setup(context) {
      context.onResolve({ filter: /.*/ }, (args) => {
        const target = args.path.startsWith('.') ? resolve(args.resolveDir, args.path) : args.path;
        const chunk = targets.get(target);
        if (chunk === undefined || args.kind === 'entry-point') return undefined;
        if (args.kind === 'dynamic-import') return { path: chunk, namespace: 'embedded' };
        const text = `${chunk} is loaded on demand: use \`await import(…)\` or \`import type\``;
        return { errors: [{ text, location: null, notes: [{ text: relative(root, args.importer) }] }] };
      });
      context.onLoad({ filter: /.*/, namespace: 'embedded' }, async ({ path }) => {
        const built = await esbuild.build(toChunkOptions(path, options));
        const { metafile, outputFiles: [output] = [] } = built;
        if (metafile === undefined || output === undefined) throw new Error(`${path} gave no chunk.`);
        metafiles.push(metafile);
        const watchFiles = Object.keys(metafile.inputs).map((input) => resolve(root, input));
        return { contents: toModule(path, output.text), loader: 'js', watchFiles };
      });
    },
  };
}

/** @param {string} chunk */
function isFile(chunk) {
  return chunk.endsWith('.ts');
}

/** @param {string} chunk
 * @param {esbuild.BuildOptions} options
 * @returns {esbuild.BuildOptions} */
function toChunkOptions(chunk, options) {
  const entry = isFile(chunk)
    ? { entryPoints: [chunk] }
    : { stdin: { contents: `export * from ${JSON.stringify(chunk)};`, resolveDir: root } };
  return {
    ...options,
    ...entry,
    outfile: `${chunk}.js`,
    sourcemap: false,
    write: false,
    // Text that is compiled by hand has no `import(…)` of its own.
    supported: { 'dynamic-import': false },
  };
}

/** @param {string} chunk
 * @param {string} source CommonJS
 * @returns {string} CommonJS that unpacks and runs it and exports what it exports */
function toModule(chunk, source) {
  const name = JSON.stringify(`belay:${basename(chunk, '.ts')}`);
  const parameters = '["exports", "require", "module", "__filename", "__dirname"]';
  const packed = JSON.stringify(deflateRawSync(source, { level: 9 }).toString('base64'));
  return [
    'const { compileFunction } = require("node:vm");',
    'const { inflateRawSync } = require("node:zlib");',
    `const source = inflateRawSync(Buffer.from(${packed}, "base64")).toString();`,
    `const run = compileFunction(source, ${parameters}, { filename: ${name} });`,
    'run(exports, require, module, __filename, __dirname);',
  ].join('\n');
}
