/** The whole agent on this machine: real files, real bash, real checkpoints, and a model server as strict as the real one. */
import { rmSync, symlinkSync } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentPorts } from '../../../src/core/agent.ts';
import { createCheckpoints } from '../../../src/core/checkpoints/createCheckpoints.ts';
import { createAnthropicModel } from '../../../src/core/model/anthropicModel.ts';
import { createModelTable } from '../../../src/core/model/modelTable.ts';
import type { LayeredRule } from '../../../src/core/permissions/decidePermission.ts';
import type { Log, Workspace } from '../../../src/core/ports.ts';
import { createBuiltinTools } from '../../../src/core/tools/builtinTools.ts';
import { createNodeClock } from '../../../src/node/clock.ts';
import { createNodeFileSystem } from '../../../src/node/fileSystem.ts';
import { createNodeStorage } from '../../../src/node/storage.ts';
import { createTranscriptStore } from '../../../src/node/transcripts.ts';
import { createNodeWeb } from '../../../src/node/web.ts';
import type { PermissionResult } from '../../../src/protocol/permissions.ts';
import { createHarness, type Harness } from '../../support/agentHarness.ts';
import { type ModelServer, startModelServer } from '../../support/modelServer/startModelServer.ts';
import { chunks, reset, stop, text, thinking, toolUse } from '../../support/modelServer/steps.ts';
import { createTestProcesses } from '../../support/testProcesses.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let base: string;
let folder: string;
let server: ModelServer;
let open: Harness[];

beforeAll(async () => {
  await createTestProcesses();
}, 300_000);

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'belay-job-'));
  folder = join(base, 'project');
  await mkdir(folder);
  server = await startModelServer();
  open = [];
});

afterEach(async () => {
  for (const harness of open) await harness.agent.close();
  await server.close();
  await rm(base, { recursive: true, force: true });
  server.assertNoRefusals();
});

interface Start {
  readonly sessionId?: string;
  readonly resume?: boolean;
  readonly answer?: (toolName: string) => PermissionResult;
  readonly rules?: readonly LayeredRule[];
}

async function start({
  sessionId = 'session-1',
  resume = false,
  answer,
  rules = [],
}: Start = {}): Promise<Harness> {
  const clock = createNodeClock();
  const files = createNodeFileSystem({ platform: 'linux' });
  const storage = createNodeStorage(join(base, 'storage'));
  const workspace: Workspace = {
    cwd: folder,
    roots: [folder],
    home: base,
    platform: 'linux',
    trusted: true,
    osDescription: 'Linux',
  };
  const createId = () => crypto.randomUUID();
  const processes = await createTestProcesses();
  const checkpoints = await createCheckpoints({
    files,
    storage,
    clock,
    log: silent,
    sessionId,
    workspace,
    createId,
  });
  const ports: AgentPorts = {
    files,
    storage,
    clock,
    workspace,
    processes,
    createId,
    log: silent,
    web: createNodeWeb(),
    transcripts: createTranscriptStore({ configDir: join(base, 'config'), cwd: folder }),
    checkpoints,
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
    options: { sessionId, resume, rules, partialMessages: true },
    uuidPrefix: resume ? 'later' : 'user',
    onQuestion: async ({ tool_name }) => answer?.(tool_name) ?? { behavior: 'allow' },
  });
  const close = async (): Promise<void> => {
    await harness.agent.close();
    await checkpoints.close();
  };
  const closing = { ...harness, agent: { ...harness.agent, close } };
  open.push(closing);
  return closing;
}

const at = (name: string): string => join(folder, name);
const contentOf = (name: string): Promise<string> => readFile(at(name), 'utf8');
const isThere = (name: string): Promise<boolean> =>
  access(at(name)).then(
    () => true,
    () => false,
  );

describe('the main job', () => {
  it('reads, edits, creates and runs, and takes it all back and forth', async () => {
    await writeFile(at('a.txt'), 'one\r\ntwo\r\n');
    await chmod(at('a.txt'), 0o755);
    server.script(
      [
        thinking('Look first.'),
        toolUse('Read', { file_path: 'a.txt' }),
        toolUse('Grep', { pattern: 'two' }),
        chunks(7),
      ],
      [
        text('Now the change.'),
        toolUse('Edit', { file_path: 'a.txt', old_string: 'two', new_string: 'three' }),
      ],
      [
        toolUse('Write', { file_path: 'new/deep/b.txt', content: 'made' }),
        toolUse('Bash', { command: 'cat a.txt new/deep/b.txt' }),
      ],
      [text('Done.')],
    );
    const harness = await start();
    expect(await harness.ask('please')).toMatchObject({ subtype: 'success', result: 'Done.', num_turns: 4 });
    expect(harness.questions.map(({ tool_name }) => tool_name)).toEqual(['Edit', 'Write']);
    expect(harness.questions[0]?.preview).toEqual({
      path: at('a.txt'),
      before: 'one\ntwo\n',
      after: 'one\nthree\n',
    });
    expect(await contentOf('a.txt')).toBe('one\r\nthree\r\n');
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('three\\nmade');

    const dry = await harness.peer.request('rewind_files', { user_message_id: 'user-1', dry_run: true });
    expect(dry).toMatchObject({ canRewind: true, insertions: 1, deletions: 2 });
    expect(await contentOf('a.txt')).toBe('one\r\nthree\r\n');

    await harness.peer.request('rewind_files', { user_message_id: 'user-1' });
    expect(await contentOf('a.txt')).toBe('one\r\ntwo\r\n');
    expect(await isThere('new')).toBe(false);

    await harness.peer.request('rewind_files', { user_message_id: 'user-1', redo: true });
    expect(await contentOf('a.txt')).toBe('one\r\nthree\r\n');
    expect(await contentOf('new/deep/b.txt')).toBe('made');
  });

  it('goes on after a restart: the conversation, its thinking, and what can be rewound', async () => {
    await writeFile(at('a.txt'), 'one');
    server.script(
      [thinking('First.'), toolUse('Write', { file_path: 'b.txt', content: 'b' })],
      [text('Done.')],
      [thinking('Second.'), text('Still here.')],
    );
    const before = await start();
    await before.ask('write');
    await before.agent.close();
    const after = await start({ resume: true });
    expect(await after.ask('and?')).toMatchObject({ result: 'Still here.' });
    const sent = server.requests.at(-1)?.body.messages ?? [];
    expect(JSON.stringify(sent)).toContain('First.');
    await after.peer.request('rewind_files', { user_message_id: 'user-1' });
    expect(await isThere('b.txt')).toBe(false);
  });

  it('leaves what the user changed since, and says so', async () => {
    server.script([toolUse('Write', { file_path: 'a.txt', content: 'agent' })], [text('Done.')]);
    const harness = await start();
    await harness.ask('write');
    await writeFile(at('a.txt'), 'user');
    const answer = await harness.peer.request('rewind_files', { user_message_id: 'user-1' });
    expect(answer.files).toMatchObject([
      { path: at('a.txt'), outcome: 'conflicted', reason: expect.any(String) },
    ]);
    expect(await contentOf('a.txt')).toBe('user');
  });

  it('does nothing that was denied, and the model reads why', async () => {
    server.script([toolUse('Bash', { command: 'touch denied' })], [text('I see.')]);
    const harness = await start({ answer: () => ({ behavior: 'deny', message: 'not in this folder' }) });
    await harness.ask('go');
    expect(await isThere('denied')).toBe(false);
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('not in this folder');
  });

  it('does not edit what it has not read, nor what was changed since', async () => {
    await writeFile(at('a.txt'), 'one');
    server.script(
      [toolUse('Edit', { file_path: 'a.txt', old_string: 'one', new_string: 'two' })],
      [toolUse('Read', { file_path: 'a.txt' })],
      [text('Read.')],
      [toolUse('Edit', { file_path: 'a.txt', old_string: 'one', new_string: 'two' })],
      [text('Hm.')],
    );
    const harness = await start();
    await harness.ask('go');
    await writeFile(at('a.txt'), 'one, by the user');
    await harness.ask('now');
    expect(await contentOf('a.txt')).toBe('one, by the user');
  });

  it('runs a call only once when the connection breaks after it', async () => {
    server.script(
      [toolUse('Bash', { command: 'echo x >> log' }), reset()],
      [toolUse('Bash', { command: 'echo x >> log' })],
      [text('Done.')],
    );
    const harness = await start();
    expect(await harness.ask('go')).toMatchObject({ result: 'Done.' });
    expect(await contentOf('log')).toBe('x\n');
  });

  it('writes nothing through a link that was swapped in after the permission', async () => {
    await mkdir(at('src'));
    await mkdir(join(base, 'outside'));
    server.script([toolUse('Write', { file_path: 'src/a.txt', content: 'x' })], [text('Hm.')]);
    const harness = await start({
      answer: () => {
        rmSync(at('src'), { recursive: true });
        symlinkSync(join(base, 'outside'), at('src'));
        return { behavior: 'allow' };
      },
    });
    await harness.ask('go');
    expect(await readdir(join(base, 'outside'))).toEqual([]);
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('moved or replaced meanwhile');
  });

  it('shows the model nothing of a file that a rule denies, also not in a search', async () => {
    await mkdir(at('secret'));
    await writeFile(at('secret/key.txt'), 'needle: abc');
    await writeFile(at('open.txt'), 'needle: public');
    server.script(
      [
        toolUse('Grep', { pattern: 'needle', output_mode: 'content' }),
        toolUse('Read', { file_path: 'secret/key.txt' }),
      ],
      [text('Done.')],
    );
    const harness = await start({
      rules: [{ toolName: 'Read', ruleContent: 'secret/**', behavior: 'deny', layer: 'user' }],
    });
    await harness.ask('go');
    const sent = JSON.stringify(server.requests.at(-1)?.body.messages);
    expect(sent).toContain('needle: public');
    expect(sent).not.toContain('needle: abc');
  });

  it('stops a command with all its children', async () => {
    server.script([toolUse('Bash', { command: 'sleep 1000 & sleep 1000' })], [text('Stopped.')]);
    const harness = await start();
    const first = harness.ask('go');
    await harness.until(
      (message): message is typeof message & { type: 'tool_progress' } => message.type === 'tool_progress',
    );
    await harness.peer.request('interrupt', {});
    expect(await first).toMatchObject({ interrupted: true });
    expect(await harness.ask('and now')).toMatchObject({ result: 'Stopped.' });
  });

  it('cuts the conversation and goes on from there with valid thinking', async () => {
    server.script(
      [thinking('One.'), text('First.')],
      [thinking('Two.'), text('Second.')],
      [thinking('Three.'), text('Third.'), stop('end_turn')],
    );
    const harness = await start();
    await harness.ask('a');
    await harness.ask('b');
    await harness.peer.request('belay/conversation_rewind', { user_message_id: 'user-2' });
    expect(await harness.ask('c')).toMatchObject({ result: 'Third.' });
    expect(JSON.stringify(server.requests.at(-1)?.body.messages)).not.toContain('Second.');
  });
});
