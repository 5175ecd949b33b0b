/** Subagents on this machine: real files and checkpoints, a strict model server, and the Agent SDK's readers of sessions. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSessionMessages, getSubagentMessages, listSubagents } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentPorts } from '../../../../src/core/agent.ts';
import { createCheckpoints } from '../../../../src/core/checkpoints/createCheckpoints.ts';
import { createAnthropicModel } from '../../../../src/core/model/anthropicModel.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import type { Log, Workspace } from '../../../../src/core/ports.ts';
import { createBuiltinTools } from '../../../../src/core/tools/builtinTools.ts';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createNodeFileSystem } from '../../../../src/node/fileSystem.ts';
import { createNodeProcesses } from '../../../../src/node/processes.ts';
import { createSidechainStore } from '../../../../src/node/sidechains.ts';
import { createNodeStorage } from '../../../../src/node/storage.ts';
import { createTranscriptStore } from '../../../../src/node/transcripts.ts';
import type { SystemMessageOf } from '../../../../src/protocol/systemMessages.ts';
import { createHarness, type Harness } from '../../../support/agentHarness.ts';
import { type ModelServer, startModelServer } from '../../../support/modelServer/startModelServer.ts';
import { gate, text, toolUse } from '../../../support/modelServer/steps.ts';
import { deferred } from './support.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const sessionId = '3f0f9f0e-6f6d-4f39-9f3c-0d1c2b3a4f5e';

let base: string;
let folder: string;
let server: ModelServer;
let close: (() => Promise<void>)[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'belay-subagents-'));
  folder = join(base, 'project');
  await mkdir(folder);
  vi.stubEnv('CLAUDE_CONFIG_DIR', join(base, 'config'));
  server = await startModelServer();
  close = [];
});

afterEach(async () => {
  for (const each of close) await each();
  await server.close();
  vi.unstubAllEnvs();
  await rm(base, { recursive: true, force: true });
  server.assertNoRefusals();
});

async function start({ resume = false }: { readonly resume?: boolean } = {}): Promise<Harness> {
  const clock = createNodeClock();
  const files = createNodeFileSystem({ platform: 'linux' });
  const storage = createNodeStorage(join(base, 'storage'));
  const createId = () => crypto.randomUUID();
  const workspace: Workspace = {
    cwd: folder,
    roots: [folder],
    home: base,
    platform: 'linux',
    trusted: true,
    osDescription: 'Linux',
  };
  const place = { files, storage, clock, workspace, createId, log: silent };
  const checkpoints = await createCheckpoints({ ...place, sessionId });
  const processes = createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] });
  const configDir = join(base, 'config');
  const ports: Partial<AgentPorts> = {
    ...place,
    processes,
    checkpoints,
    transcripts: createTranscriptStore({ configDir, cwd: folder }),
    sidechains: createSidechainStore(),
    streamModel: createAnthropicModel({
      secrets: { get: async () => 'test-key' },
      baseUrl: () => server.url,
      clock,
      models: () => createModelTable({}),
    }),
  };
  const harness = createHarness({
    replies: [],
    ports,
    tools: createBuiltinTools({ workspace, shellName: processes.shellName }),
    options: {
      sessionId,
      resume,
      subagents: {},
      memory: { sources: ['user', 'project'], configDir },
      permissionMode: 'acceptEdits',
    },
    uuidPrefix: resume ? 'later' : 'user',
  });
  close.push(async () => {
    await harness.agent.close();
    await checkpoints.close();
  });
  return harness;
}

const contentOf = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const isCheckpoint = (
  message: { readonly type: string } & object,
): message is SystemMessageOf<'belay/checkpoint_created'> =>
  message.type === 'system' && 'subtype' in message && message.subtype === 'belay/checkpoint_created';

/** A main agent that hands one task to a subagent, which writes a file. */
function scriptWriter(): void {
  server.scenarios({
    'please write': [
      [toolUse('Agent', { description: 'write b', prompt: 'make b.txt' })],
      [text('It is written.')],
    ],
    'make b.txt': [
      [toolUse('Write', { file_path: join(folder, 'b.txt'), content: 'by the subagent' })],
      [toolUse('Edit', { file_path: join(folder, 'a.txt'), old_string: 'one', new_string: 'two' })],
      [toolUse('Read', { file_path: join(folder, 'a.txt') })],
      [toolUse('Edit', { file_path: join(folder, 'a.txt'), old_string: 'one', new_string: 'two' })],
      [text('b.txt holds what was wanted.')],
    ],
  });
}

describe('what a subagent changes', () => {
  it('goes back with the message that started it, and is told as its own', async () => {
    await writeFile(join(folder, 'a.txt'), 'one');
    scriptWriter();
    const harness = await start();
    await harness.ask('please write');
    expect([await contentOf('a.txt'), await contentOf('b.txt')]).toEqual(['two', 'by the subagent']);
    expect(harness.messages.filter(isCheckpoint)).toMatchObject([
      { origin: 'subagent', user_message_id: 'user-1', files: [{ path: join(folder, 'b.txt') }] },
      { origin: 'subagent', user_message_id: 'user-1', files: [{ path: join(folder, 'a.txt') }] },
    ]);
    const answer = await harness.peer.request('rewind_files', { user_message_id: 'user-1' });
    expect(answer).toMatchObject({ canRewind: true });
    expect(await contentOf('a.txt')).toBe('one');
    await expect(contentOf('b.txt')).rejects.toThrow('ENOENT');
  });

  it('rests on what it has read itself, not on what its caller has', async () => {
    await writeFile(join(folder, 'a.txt'), 'one');
    server.scenarios({
      'please edit': [
        [toolUse('Read', { file_path: 'a.txt' })],
        [toolUse('Agent', { description: 'edit a', prompt: 'change a.txt' })],
        [text('Hm.')],
      ],
      'change a.txt': [
        [toolUse('Edit', { file_path: join(folder, 'a.txt'), old_string: 'one', new_string: 'two' })],
        [text('I could not.')],
      ],
    });
    const harness = await start();
    await harness.ask('please edit');
    expect(await contentOf('a.txt')).toBe('one');
  });

  it('stops with a rewind when it goes on in the background', async () => {
    const waiting = deferred();
    server.scenarios({
      'in the background': [
        [toolUse('Agent', { description: 'write', prompt: 'write slowly', run_in_background: true })],
        [text('It runs.')],
      ],
      'write slowly': [
        [toolUse('Write', { file_path: join(folder, 'one.txt'), content: '1' })],
        [gate(waiting.promise), toolUse('Write', { file_path: join(folder, 'two.txt'), content: '2' })],
      ],
    });
    const harness = await start();
    await harness.ask('in the background');
    await harness.until(isCheckpoint);
    await harness.peer.request('rewind_files', { user_message_id: 'user-1' });
    waiting.resolve();
    expect(
      harness.messages.filter((message) => 'subtype' in message && message.subtype === 'task_notification'),
    ).toMatchObject([{ status: 'stopped' }]);
    await expect(contentOf('one.txt')).rejects.toThrow('ENOENT');
    await expect(contentOf('two.txt')).rejects.toThrow('ENOENT');
  });
});

describe('the record of a subagent', () => {
  it("lies beside the session's, as the Agent SDK reads both", async () => {
    await writeFile(join(folder, 'a.txt'), 'one');
    scriptWriter();
    const harness = await start();
    await harness.ask('please write');
    await harness.agent.close();
    const main = await getSessionMessages(sessionId, { dir: folder });
    expect(main.map(({ type }) => type)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(JSON.stringify(main)).not.toContain('"content":"by the subagent"');
    const [agentId = ''] = await listSubagents(sessionId, { dir: folder });
    const own = await getSubagentMessages(sessionId, agentId, { dir: folder });
    expect(own.map(({ type }) => type)).toEqual([
      'user',
      ...Array.from({ length: 4 }, () => ['assistant', 'user']).flat(),
      'assistant',
    ]);
    const [call] = harness
      .ofType('assistant')
      .flatMap(({ message }) => message.content)
      .filter(({ type }) => type === 'tool_use');
    expect(own[0]).toMatchObject({ parent_tool_use_id: call?.type === 'tool_use' ? call.id : undefined });
  });

  it('is no part of the session when that goes on', async () => {
    await writeFile(join(folder, 'a.txt'), 'one');
    scriptWriter();
    server.scenarios({ 'and now': [[text('Here.')]] });
    const before = await start();
    await before.ask('please write');
    await before.agent.close();
    const after = await start({ resume: true });
    expect(await after.ask('and now')).toMatchObject({ subtype: 'success' });
    const sent = JSON.stringify(server.requests.at(-1)?.body.messages);
    expect(sent).toContain('b.txt holds what was wanted.');
    expect(sent).not.toContain('by the subagent');
  });

  it('is said again, each under its call, when the session is opened again', async () => {
    await writeFile(join(folder, 'a.txt'), 'one');
    server.scenarios({
      'please write': [
        [
          toolUse('Agent', { description: 'write b', prompt: 'make b.txt' }),
          toolUse('Agent', { description: 'read a', prompt: 'look at a.txt' }),
        ],
        [text('It is done.')],
      ],
      'make b.txt': [
        [toolUse('Write', { file_path: join(folder, 'b.txt'), content: 'by the subagent' })],
        [text('b.txt is there.')],
      ],
      'look at a.txt': [[toolUse('Read', { file_path: join(folder, 'a.txt') })], [text('a.txt says one.')]],
    });
    const before = await start();
    await before.ask('please write');
    await before.agent.close();
    const after = await start({ resume: true });
    await after.until((message) => message.type === 'system' && message.subtype === 'session_state_changed');
    const said = threads(before);
    expect(said.map(({ words }) => words)).toEqual([
      [expect.stringContaining('Write'), expect.stringContaining('b.txt'), 'b.txt is there.'],
      [expect.stringContaining('Read'), expect.stringContaining('one'), 'a.txt says one.'],
    ]);
    expect(threads(after)).toEqual(said);
    // Behind the call, before its result.
    const order = after.messages.filter(({ type }) => type === 'assistant' || type === 'user');
    expect(
      order.map((message) => 'parent_tool_use_id' in message && message.parent_tool_use_id !== null),
    ).toEqual([
      false,
      false,
      ...Array.from({ length: 6 }, () => true),
      ...Array.from({ length: 3 }, () => false),
    ]);
  });

  it('that is torn takes nothing else along', async () => {
    scriptWriter();
    const before = await start();
    await before.ask('please write');
    await before.agent.close();
    const [agentId = ''] = await listSubagents(sessionId, { dir: folder });
    const names = await readdir(base, { recursive: true });
    const name = names.find((each) => each.endsWith(`agent-${agentId}.meta.json`)) ?? '';
    await writeFile(join(base, name), '{"toolUseId": "to');
    const after = await start({ resume: true });
    await after.until((message) => message.type === 'system' && message.subtype === 'session_state_changed');
    expect(threads(after)).toEqual([]);
    expect(JSON.stringify(after.messages)).toContain('It is written.');
  });
});

/** What was said under each call, by the order of the calls. */
function threads(harness: Harness) {
  const calls = harness
    .ofType('assistant')
    .filter(({ parent_tool_use_id: parent }) => parent === null)
    .flatMap(({ message }) => message.content)
    .flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  return calls.flatMap((call) => {
    const words = harness.messages.flatMap((message) =>
      (message.type === 'assistant' || message.type === 'user') && message.parent_tool_use_id === call
        ? [message.message.content].flat().map(toWords)
        : [],
    );
    return words.length === 0 ? [] : [{ call, words }];
  });
}

function toWords(block: string | { readonly type: string }): string {
  return typeof block === 'object' && 'text' in block ? String(block.text) : JSON.stringify(block);
}

describe('definitions in files', () => {
  it('count for the session: those of the project before those of the user', async () => {
    for (const [place, name, prompt] of [
      [join(base, 'config/agents'), 'reviewer', 'of the user'],
      [join(base, 'config/agents'), 'tester', 'Run the tests.'],
      [join(folder, '.claude/agents'), 'reviewer', 'of the project'],
    ] as const) {
      await mkdir(place, { recursive: true });
      await writeFile(
        join(place, `${name}.md`),
        `---\nname: ${name}\ndescription: Use when: always\ntools: Read, Grep\nmodel: haiku\n---\n${prompt}\n`,
      );
    }
    server.scenarios({
      review: [
        [toolUse('Agent', { description: 'review', prompt: 'look at it', subagent_type: 'reviewer' })],
        [text('Done.')],
      ],
      'look at it': [[text('Fine.')]],
    });
    const harness = await start();
    const { agents } = await harness.peer.request('initialize', {});
    expect(agents).toMatchObject([
      { name: 'general-purpose' },
      { name: 'reviewer', description: 'Use when: always', model: 'haiku' },
      { name: 'tester' },
    ]);
    await harness.ask('review');
    const own = server.requests[1]?.body;
    expect(own).toMatchObject({ model: 'claude-haiku-5-5' });
    expect(JSON.stringify(own?.system)).toContain('of the project');
    expect(own?.tools).toMatchObject([{ name: 'Read' }, { name: 'Grep' }]);
  });
});
