import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import type { Workspace } from '../../../../src/core/ports.ts';
import { createBuiltinTools } from '../../../../src/core/tools/builtinTools.ts';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createNodeProcesses } from '../../../../src/node/processes.ts';
import { createHarness, type Harness } from '../../../support/agentHarness.ts';
import { createClientServer } from '../../../support/mcp/clientServer.ts';
import { reply, type ScriptedReply } from '../../../support/scriptedModel.ts';
import { createDiskWorld, type World } from './world.ts';

let world: World;
let checkpoints: Checkpoints;
let harness: Harness;

beforeEach(async () => {
  world = await createDiskWorld({ capture: true, trusted: false, isVolatile: true });
  await world.user({ 'a.txt': 'old', 'gone.txt': 'gone' });
});

afterEach(async () => {
  await harness.agent.close();
  await checkpoints.close();
  await world.remove();
});

const use = (name: string, input: unknown) => reply([{ type: 'tool_use', id: `of ${name}`, name, input }]);
const say = (text: string) => reply([{ type: 'text', text }]);

async function start(replies: readonly ScriptedReply[]): Promise<void> {
  checkpoints = await world.open();
  const processes = createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] });
  const workspace: Workspace = {
    cwd: world.root,
    roots: [world.root],
    home: world.root,
    platform: 'linux',
    trusted: true,
    osDescription: 'Linux',
  };
  const server = await createClientServer((inside) => {
    inside.registerTool('change', { description: 'Changes files' }, async () => {
      await writeFile(world.at('a.txt'), 'by the server');
      execFileSync('bash', ['-c', 'rm gone.txt; mkdir made; echo x > made/new.txt'], { cwd: world.root });
      return { content: [{ type: 'text', text: 'Changed.' }] };
    });
  });
  harness = createHarness({
    replies,
    ports: { files: world.files, clock: createNodeClock(), checkpoints, processes, workspace },
    tools: createBuiltinTools({ workspace, shellName: processes.shellName }),
    options: { subagents: {}, permissionMode: 'bypassPermissions' },
    onMcpMessage: server.answer,
  });
  await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
}

async function goBack(): Promise<void> {
  const answer = await harness.peer.request('rewind_files', { user_message_id: 'user-1' });
  expect(answer).toMatchObject({ canRewind: true });
  expect(await world.tree()).toEqual({ 'a.txt': '644 old', 'gone.txt': '644 gone' });
}

const originsOf = () => checkpoints.list().map(({ origin, toolUseId }) => [origin, toolUseId]);

describe('what is changed by', () => {
  test('a tool of an MCP server is recorded as its own, and goes back', async () => {
    await start([use('mcp__inside__change', {}), say('done')]);
    await harness.ask('change');
    expect(await world.tree()).toEqual({
      'a.txt': '644 by the server',
      'made/': '755',
      'made/new.txt': '644 x\n',
    });
    expect(originsOf()).toEqual([['mcp', 'of mcp__inside__change']]);
    await goBack();
  });

  test('a command of a subagent is recorded as the subagent’s, and goes back with the message', async () => {
    const command = 'echo new > a.txt; mv gone.txt there.txt';
    await start([
      use('Agent', { description: 'change', prompt: 'change a.txt' }),
      use('Bash', { command, description: 'Change' }),
      say('changed'),
      say('done'),
    ]);
    await harness.ask('change');
    expect(await world.tree()).toEqual({ 'a.txt': '644 new\n', 'there.txt': '644 gone' });
    expect(originsOf()).toEqual([['subagent', 'of Bash']]);
    await goBack();
  });

  test('a server that a subagent calls goes back, too', async () => {
    await start([
      use('Agent', { description: 'change', prompt: 'change a.txt' }),
      use('mcp__inside__change', {}),
      say('changed'),
      say('done'),
    ]);
    await harness.ask('change');
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 by the server' });
    expect(originsOf()).toEqual([['subagent', 'of mcp__inside__change']]);
    await goBack();
  });
});
