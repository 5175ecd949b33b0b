import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noteWrite } from '../../../src/core/review/reviewText.ts';
import type { ReviewFile } from '../../../src/vscode/review/reviewFiles.ts';
import { createReviewStorage } from '../../../src/vscode/review/reviewStorage.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-review-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const warnings: string[] = [];
const log = { warn: (message: string) => void warnings.push(message) };
const place = { sessionId: 's', checkpointId: 'c', change: 'modified' } as const;
const files: readonly ReviewFile[] = [
  {
    ...place,
    path: '/w/a.txt',
    kind: 'text',
    text: noteWrite(undefined, { before: ['a\n', 'b\n'], after: ['A\n', 'b\n'] }, 't1'),
  },
  {
    ...place,
    ...{ path: '/w/new.txt', kind: 'text', change: 'renamed' },
    from: { path: '/w/old.txt', checkpointId: 'c', turns: ['t1'] },
    text: noteWrite(undefined, { before: ['a\n', 'b\n'], after: ['A\n', 'b\n'] }, 't1'),
  },
  {
    ...{ ...place, path: '/w/a.ipynb', kind: 'notebook' },
    text: noteWrite(undefined, { before: ['{}'], after: ['{"a":1}'] }, 't1'),
  },
  {
    ...{ ...place, path: '/w/b.ipynb', kind: 'notebook', change: 'renamed' },
    from: { path: '/w/old.ipynb', checkpointId: 'c', turns: ['t1'] },
    text: noteWrite(undefined, { before: ['{}'], after: ['{"a":1}'] }, 't1'),
  },
  { ...place, path: '/w/logo.png', kind: 'whole', turns: ['t1'], ids: { before: 'a', after: null } },
  {
    ...{ ...place, path: '/w/new.png', kind: 'whole', change: 'renamed', turns: ['t1'] },
    from: { path: '/w/old.png', checkpointId: 'c', turns: ['t1'] },
    ids: { before: 'a', after: 'a' },
  },
];

it('gives back what was kept, the newest of it', async () => {
  const file = join(folder, 'deep', 'review.json');
  const storage = createReviewStorage(file, log);
  storage.save({ files: [], cursors: new Map() });
  storage.save({ files, cursors: new Map([['s', 'c']]) });
  await storage.flush();
  expect(await createReviewStorage(file, log).read()).toEqual({ files, cursors: new Map([['s', 'c']]) });
  expect(await readdir(join(folder, 'deep'))).toEqual(['review.json']);
});

it('begins with nothing where nothing was kept, or nothing can be', async () => {
  const nothing = { files: [], cursors: new Map() };
  expect(await createReviewStorage(join(folder, 'review.json'), log).read()).toEqual(nothing);
  const nowhere = createReviewStorage(undefined, log);
  nowhere.save({ files, cursors: new Map() });
  await nowhere.flush();
  expect(await nowhere.read()).toEqual(nothing);
});

it('sets aside what it does not understand, and says so', async () => {
  const file = join(folder, 'review.json');
  await writeFile(file, '{"version": 7}');
  expect(await createReviewStorage(file, log).read()).toEqual({ files: [], cursors: new Map() });
  expect(await readFile(`${file}.corrupt`, 'utf8')).toBe('{"version": 7}');
  expect(warnings.at(-1)).toContain('can not be read');
});

it('leaves alone what it can not read', async () => {
  const file = join(folder, 'review.json');
  await mkdir(join(file, 'precious'), { recursive: true });
  const storage = createReviewStorage(file, log);
  expect(await storage.read()).toEqual({ files: [], cursors: new Map() });
  storage.save({ files, cursors: new Map() });
  await storage.flush();
  expect(await readdir(folder)).toEqual(['review.json']);
  expect(await readdir(file)).toEqual(['precious']);
  expect(warnings.at(-1)).toContain('is not kept');
});

it('leaves alone what it can not put aside', async () => {
  const file = join(folder, 'review.json');
  await writeFile(file, 'not JSON');
  await mkdir(join(`${file}.corrupt`, 'in the way'), { recursive: true });
  const storage = createReviewStorage(file, log);
  expect(await storage.read()).toEqual({ files: [], cursors: new Map() });
  storage.save({ files, cursors: new Map() });
  await storage.flush();
  expect(await readFile(file, 'utf8')).toBe('not JSON');
});
