// Runs one bench in this process and leaves its rows in a file: node runBench.mjs BENCH.ts ROWS.json

import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const [bench, result] = process.argv.slice(2);
if (bench === undefined || result === undefined) throw new Error('usage: runBench.mjs BENCH.ts ROWS.json');
const { default: run } = await import(pathToFileURL(bench).href);
await writeFile(result, JSON.stringify(await run()));
// A bench may leave a server or a worker behind; its figures are written.
process.exit(0);
