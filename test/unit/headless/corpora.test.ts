/**
 * Commands and paths that have passed by other permission systems, and those that must not cost a question, held against what
 * `belay permissions test` answers. Rows with a `setup` run on a real disk.
 */
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { FOLDED_NAMES } from '../../../src/core/permissions/nameFolding.ts';
import type { Log, PathTrace } from '../../../src/core/ports.ts';
import { type CaseOptions, decidePermissionCase } from '../../../src/headless/permissionCase.ts';

const log: Log = { debug: fail, info: fail, warn: fail, error: fail };

function fail(message: string, fields?: object): never {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
}

const row = z.looseObject({
  id: z.string(),
  cat: z.string(),
  expect: z.enum(['allow', 'ask', 'deny']),
  arguable: z.boolean().default(false),
  setup: z.array(z.string()).default([]),
  cwd: z.string().default('/srv/proj'),
  home: z.string().default('/home/u'),
  platform: z.string().default('linux'),
});
type Row = z.infer<typeof row>;

async function readRows(name: string): Promise<readonly Row[]> {
  const text = await readFile(new URL(`../../fixtures/corpora/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => row.parse(JSON.parse(line)));
}

interface Judged {
  readonly row: Row;
  readonly decision: string;
  readonly reasons: readonly string[];
}

async function judge(given: Row, options: Partial<CaseOptions> = {}): Promise<Judged> {
  const { decision, reasons } = await decidePermissionCase(JSON.stringify(given), { log, ...options });
  return { row: given, decision, reasons };
}

const describeRow = ({ row: { id, expect: expected, cat }, decision, reasons }: Judged): string =>
  `${id} (${cat}): ${expected} expected, ${decision} because ${reasons.join(' ')}`;

function expectGates(judged: readonly Judged[]): void {
  const allowed = judged.filter(
    ({ row: { expect: expected }, decision }) => decision === 'allow' && expected !== 'allow',
  );
  expect(allowed.map(describeRow)).toEqual([]);
  const certain = judged.filter(({ row: { arguable } }) => !arguable);
  const wrong = certain.filter(({ row: { expect: expected }, decision }) => decision !== expected);
  expect(wrong.length / certain.length, wrong.map(describeRow).join('\n')).toBeLessThanOrEqual(0.01);
  const tiring = certain.filter(
    ({ row: { cat }, decision }) => cat === 'benign-compound' && decision !== 'allow',
  );
  expect(tiring.map(describeRow)).toEqual([]);
}

describe('commands', () => {
  it('never pass where they should not, and pass without a question where they may', async () => {
    const rows = await readRows('shell-bypass');
    expect(rows).toHaveLength(308);
    expectGates(await Promise.all(rows.map((each) => judge(each))));
  });
});

describe('paths', () => {
  let disk: string;

  beforeAll(async () => {
    disk = await realpath(await mkdtemp(join(tmpdir(), 'belay-paths-')));
  });

  afterAll(() => rm(disk, { recursive: true, force: true }));

  /** The row as it is on the disk: its folders lie in one that is made for it. */
  async function settle(given: Row): Promise<Row> {
    const root = join(disk, given.id);
    const move = (path: string): string =>
      path.startsWith('/') && !path.startsWith('//') ? join(root, path) : path;
    for (const folder of [given.cwd, given.home, '/tmp']) await mkdir(move(folder), { recursive: true });
    for (const step of given.setup) await run(step, move, given.home);
    return { ...given, cwd: move(given.cwd), home: move(given.home), path: move(String(given.path)) };
  }

  async function run(step: string, move: (path: string) => string, home: string): Promise<void> {
    const [program, ...words] = step.split(' ').map((word) => word.replace(/^~/, home));
    const operands = words.filter((word) => !word.startsWith('-')).map(move);
    const [first = '', second = ''] = operands;
    const last = operands.at(-1) ?? '';
    await mkdir(dirname(last), { recursive: true });
    if (program === 'mkdir') await mkdir(last, { recursive: true });
    else if (program === 'ln') await symlink(first, second);
    else if (program === 'touch' || program === 'echo') await writeFile(last, 'x');
    // Between the answer and the write: what is judged here is the look that is taken again then.
    else if (program === 'after') await swapForLink(move('/srv/proj/src'), move('/tmp/out'));
    else throw new Error(`No such step: ${step}`);
  }

  async function swapForLink(folder: string, target: string): Promise<void> {
    await mkdir(target, { recursive: true });
    await symlink(target, folder);
  }

  /** A folder of Windows that leads to another one. */
  function junction(step: string): CaseOptions['files'] {
    const [, , from = '', to = ''] = step.split(' ');
    const lead = (path: string): PathTrace => {
      const real = path.startsWith(from) ? to + path.slice(from.length) : path;
      return { real, hops: real === path ? [] : [real], folding: FOLDED_NAMES };
    };
    return () => ({ realPath: async (path) => lead(path).real, tracePath: async (path) => lead(path) });
  }

  it('never pass where they should not, and pass without a question where they may', async () => {
    const rows = await readRows('path-bypass');
    expect(rows).toHaveLength(79);
    const judged: Judged[] = [];
    for (const each of rows) {
      const [step = ''] = each.setup;
      if (step.startsWith('mklink')) {
        const files = junction(step);
        judged.push(await judge(each, files === undefined ? {} : { files }));
      } else judged.push(await judge(each.setup.length > 0 ? await settle(each) : each));
    }
    expectGates(judged);
  });
});
