/** The tour through the real loop and the real tools, on a copy of the sample project. */
import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createOfflineModel,
  createOfflineModelTable,
  OFFLINE_MODEL,
} from '../../../../../src/core/model/offline/offlineModel.ts';
import type { Workspace } from '../../../../../src/core/ports.ts';
import { createBuiltinTools } from '../../../../../src/core/tools/builtinTools.ts';
import { createNodeClock } from '../../../../../src/node/clock.ts';
import { createNodeFileSystem } from '../../../../../src/node/fileSystem.ts';
import { createNodeProcesses } from '../../../../../src/node/processes.ts';
import { createNodeStorage } from '../../../../../src/node/storage.ts';
import type { PermissionResult } from '../../../../../src/protocol/permissions.ts';
import { createHarness, type Harness } from '../../../../support/agentHarness.ts';

const SAMPLE = join(import.meta.dirname, '../../../../../sample');

let cwd: string;
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'belay-tour-')));
  await cp(SAMPLE, cwd, { recursive: true });
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
  await rm(`${cwd}-storage`, { recursive: true, force: true });
});

function startTour(decide: (tool: string) => PermissionResult): Harness {
  const workspace: Workspace = {
    cwd,
    roots: [cwd],
    home: '/home/u',
    platform: 'linux',
    trusted: true,
    osDescription: 'Linux',
  };
  const clock = createNodeClock();
  return createHarness({
    replies: [],
    tools: createBuiltinTools({ workspace, shellName: 'bash' }),
    onQuestion: async ({ tool_name }) => decide(tool_name),
    options: { model: OFFLINE_MODEL, models: createOfflineModelTable },
    ports: {
      clock,
      workspace,
      files: createNodeFileSystem({ platform: 'linux' }),
      processes: createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] }),
      storage: createNodeStorage(`${cwd}-storage`),
      streamModel: createOfflineModel({ clock, pieceMs: 0 }),
    },
  });
}

test('asks before each change and before the command, does all of it, and costs nothing', {
  timeout: 30_000,
}, async () => {
  const tour = startTour(() => ({ behavior: 'allow' }));
  const result = await tour.ask('Take the tour');
  expect(tour.questions.map(({ tool_name }) => tool_name)).toEqual(['Edit', 'Edit', 'Write', 'Bash']);
  expect(result).toMatchObject({ subtype: 'success', is_error: false, total_cost_usd: 0, cost_known: true });
  expect(result.result).toContain('`src/main.js`: the list ends with a total (done)');
  expect(result.result).toContain('`npm test` (done)');
  expect(await readFile(join(cwd, 'test/distance.test.js'), 'utf8')).toContain('the way back');
  await tour.agent.close();
});

test('goes on to its end when everything is denied, and changes nothing', async () => {
  const tour = startTour(() => ({ behavior: 'deny', message: 'Not today.' }));
  const result = await tour.ask('Take the tour');
  expect(tour.questions).toHaveLength(4);
  expect(result.result).toContain('(not done)');
  expect(await readFile(join(cwd, 'src/route.js'), 'utf8')).toBe(
    await readFile(join(SAMPLE, 'src/route.js'), 'utf8'),
  );
  await tour.agent.close();
});
