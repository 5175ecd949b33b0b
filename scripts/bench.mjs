// `npm run bench`: every test/bench/*.bench.ts, each in a fresh process and one after the other so that none disturbs
// another; then one table. Fails when a target is missed. `npm run bench -- NAME` runs those whose name contains NAME.

import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { node, root, toolEnv } from './run.mjs';

/** @typedef {import('../test/bench/types.ts').BenchRow} BenchRow */

const asked = process.argv.slice(2);
const folder = join(root, 'test', 'bench');
const files = (await readdir(folder)).filter((file) => file.endsWith('.bench.ts')).sort();
const chosen = files.filter((file) => asked.length === 0 || asked.some((name) => file.includes(name)));

/** @type {BenchRow[]} */
const rows = [];
const broken = [];
for (const file of chosen) {
  process.stdout.write(`bench: ${file}\n`);
  const found = await runBench(join(folder, file));
  if (found === undefined) broken.push(file);
  else rows.push(...found);
}
printTable(rows);
const missed = rows.filter((row) => !row.pass).map((row) => row.name);
if (broken.length > 0) process.stderr.write(`Broke off: ${broken.join(', ')}\n`);
if (missed.length > 0) process.stderr.write(`Target missed: ${missed.join(', ')}\n`);
if (broken.length + missed.length > 0) process.exitCode = 1;

/** @param {string} file
 * @returns {Promise<BenchRow[] | undefined>} undefined when it failed; it has then said why */
async function runBench(file) {
  const out = await mkdtemp(join(tmpdir(), 'belay-bench-'));
  try {
    const result = join(out, 'rows.json');
    const flags = ['--expose-gc', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'];
    const args = [...flags, join(root, 'scripts', 'runBench.mjs'), file, result];
    const child = spawn(node, args, { cwd: root, env: toolEnv, stdio: ['ignore', 'inherit', 'inherit'] });
    const code = await new Promise((resolve) => child.on('close', resolve));
    return code === 0 ? JSON.parse(await readFile(result, 'utf8')) : undefined;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** @param {BenchRow[]} table */
function printTable(table) {
  const head = ['', 'what', 'ours', 'peer', 'ratio', 'target', 'spread'];
  const lines = table.map((row) => [
    row.pass ? '✓' : '✗',
    row.name,
    `${format(row.ours)} ${row.unit}`,
    row.peer === undefined ? '' : `${format(row.peer)} ${row.unit}`,
    row.ratio === undefined ? '' : `${format(row.ratio)}×`,
    row.target,
    row.spread ?? '',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const isNumber = (/** @type {number} */ column) => column >= 2 && column <= 4;
  for (const line of [head, ...lines]) {
    const cells = line.map((cell, i) =>
      isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    );
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}

/** @param {number} value */
function format(value) {
  if (value !== 0 && Math.abs(value) < 10) return value.toPrecision(3);
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
