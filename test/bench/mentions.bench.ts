/**
 * What a key costs while somebody writes a mention in a workspace of 100,000 files: a search for what is typed, of which some rows find
 * much and some nothing, what the index holds in memory, and the listing it is made from (in the background, once a mention is begun).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileIndex } from '../../src/core/context/fileIndex.ts';
import { PathTable } from '../../src/core/context/pathTable.ts';
import { createNodeClock } from '../../src/node/clock.ts';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import { createTestProcesses } from '../support/testProcesses.ts';
import { median, spread } from './figures.ts';
import type { BenchRow } from './types.ts';

const FILES = 100_000;
const RUNS = 31;

export default async function bench(): Promise<BenchRow[]> {
  const paths = buildPaths();
  const fill = (): PathTable => {
    const table = new PathTable();
    for (const path of paths) table.add(path);
    table.close();
    return table;
  };
  const table = fill();
  const queries = ['', 's', 'ses', 'sesho', 'sessionHost', 'vscode/sess', 'srcppnl', 'zzzqqq'];
  return [
    ...queries.map((wanted) => rowOf(table, wanted)),
    {
      name: `memory for ${table.size} files and folders`,
      ours: table.bytes / 2 ** 20,
      unit: 'MB',
      target: '≤ 10 MB',
      pass: table.bytes <= 10 * 2 ** 20,
    },
    await measureListing(paths),
  ];
}

function rowOf(table: PathTable, wanted: string): BenchRow {
  const search = (): number => {
    const started = performance.now();
    table.search({ wanted, most: 15, accept: () => true });
    return performance.now() - started;
  };
  for (let warm = 0; warm < 5; warm += 1) search();
  const times = Array.from({ length: RUNS }, search);
  const ours = median(times);
  return {
    name: `@${wanted} among 100,000 files`,
    ours,
    unit: 'ms',
    target: '< 30 ms',
    pass: ours < 30,
    spread: spread(times, 1),
  };
}

/** With the files on the disk, until the first suggestions are there. */
async function measureListing(paths: readonly string[]): Promise<BenchRow> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-mentions-'));
  try {
    for (const path of new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/')))))
      await mkdir(join(folder, path), { recursive: true });
    for (let from = 0; from < paths.length; from += 500)
      await Promise.all(paths.slice(from, from + 500).map((path) => writeFile(join(folder, path), '')));
    const processes = await createTestProcesses();
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const index = new FileIndex({
        ports: {
          processes,
          files: createNodeFileSystem({ platform: 'linux' }),
          clock: createNodeClock(),
          log: console,
          workspace: {
            ...{ cwd: folder, roots: [folder], home: '/home/u', trusted: true },
            platform: 'linux',
            osDescription: 'Linux',
          },
        },
      });
      const started = performance.now();
      const found = await index.search({ wanted: 'sess', most: 15, accept: () => true });
      times.push(performance.now() - started);
      if (found.length !== 15) throw new Error('the files were not found');
    }
    const ours = median(times);
    return {
      name: 'the first @ among 100,000 files',
      ours,
      unit: 'ms',
      target: '< 2,000 ms',
      pass: ours < 2000,
      spread: spread(times),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Names as a large project has them: 60 characters, ten files in a folder. */
function buildPaths(): readonly string[] {
  const words = [
    'session',
    'panel',
    'host',
    'editor',
    'vscode',
    'common',
    'browser',
    'parts',
    'trail',
    'note',
  ];
  const word = (index: number): string => words[index % words.length] ?? '';
  return Array.from({ length: FILES }, (_, index) => {
    const folder = Math.floor(index / 10);
    const names = [word(folder), `${word(folder * 7 + 3)}${folder % 97}`, word(Math.floor(folder / 9))];
    const name = `${word(index)}${capital(word(index * 3 + 1))}${capital(word(Math.floor(index / 10)))}${index}`;
    return `src/${names.join('/')}/folder${folder}/${name}.ts`;
  });
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
