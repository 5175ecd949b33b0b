/** Control requests of a running session: by the official Agent SDK where it has a method, else line by line. */
import { stat } from 'node:fs/promises';
import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Program, STREAM, startProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body);
const bypass = { permissionMode: 'bypassPermissions', allowDangerouslySkipPermissions: true } as const;

function ofSubtype<Subtype extends string>(subtype: Subtype) {
  return (message: SDKMessage): message is Extract<SDKMessage, { type: 'system'; subtype: Subtype }> =>
    message.type === 'system' && message.subtype === subtype;
}

/** Asks and resolves with the whole answer. */
async function request(program: Program, id: string, asked: object) {
  program.say({ type: 'control_request', request_id: id, request: asked });
  const { response } = await program.until(
    (message) =>
      message.type === 'control_response' && (message.response as { request_id?: unknown }).request_id === id,
  );
  return response as { readonly subtype: string; readonly response?: unknown; readonly error?: string };
}

describe('a command that runs', () => {
  it('goes on in the background, while the turn goes on without it', async () => {
    const command = 'echo begun; while [ ! -e go ]; do sleep 0.05; done; echo ended';
    world.server.script([toolUse('Bash', { command }, { id: 'toolu_long' })], [text('It runs on.')]);
    const session = world.open({ ...bypass, includePartialMessages: true });
    const asked = session.ask('Run it.');
    await session.until(
      (message): message is SDKMessage => message.type === 'tool_progress' && 'output' in message,
    );
    expect(await session.query.backgroundTasks('toolu_none')).toBe(false);
    expect(await session.query.backgroundTasks('toolu_long')).toBe(true);
    expect(await asked).toMatchObject({ subtype: 'success', result: 'It runs on.' });
    expect(lastRequest()).toContain('It runs in the background as shell-1');
    const started = await session.until(ofSubtype('task_started'));
    expect(started).toMatchObject({ tool_use_id: 'toolu_long', is_backgrounded: true });
    expect(session.messages.findLast(ofSubtype('background_tasks_changed'))).toMatchObject({
      tasks: [{ task_id: 'shell-1', task_type: 'local_bash' }],
    });
    await world.write('go', '');
    const ended = await session.until(ofSubtype('task_notification'));
    expect(ended).toMatchObject({ task_id: 'shell-1', status: 'completed' });
    expect(session.messages.findLast(ofSubtype('background_tasks_changed'))?.tasks).toEqual([]);
    world.server.script([toolUse('Read', { file_path: ended.output_file })], [text('Read.')]);
    await session.ask('What did it print?');
    expect(lastRequest()).toMatch(/begun.*ended/);
  });

  it('in the background is stopped by its id, once', async () => {
    world.server.script(
      [toolUse('Bash', { command: 'sleep 600', run_in_background: true })],
      [text('It runs.')],
    );
    const session = world.open(bypass);
    await session.ask('Run it.');
    const { task_id } = await session.until(ofSubtype('task_started'));
    await session.query.stopTask(task_id);
    expect(await session.until(ofSubtype('task_notification'))).toMatchObject({ task_id, status: 'stopped' });
    await expect(session.query.stopTask(task_id)).rejects.toThrow('no running task');
  });
});

describe('a subagent that runs', () => {
  it('goes on in the background, and its answer is told later', async () => {
    const command = 'echo begun; while [ ! -e go ]; do sleep 0.05; done';
    world.server.script(
      [toolUse('Agent', { description: 'Wait', prompt: 'Wait.' }, { id: 'toolu_agent' })],
      [toolUse('Bash', { command }, { id: 'toolu_inner' })],
      [text('I go on.')],
    );
    const session = world.open(bypass);
    const asked = session.ask('Have somebody wait.');
    await session.until(
      (message): message is SDKMessage =>
        message.type === 'tool_progress' && message.tool_use_id === 'toolu_inner' && 'output' in message,
    );
    expect(await session.query.backgroundTasks('toolu_agent')).toBe(true);
    expect(await asked).toMatchObject({ subtype: 'success', result: 'I go on.' });
    world.server.script([text('I have waited.')]);
    await world.write('go', '');
    const ended = await session.until(ofSubtype('task_notification'));
    expect(ended).toMatchObject({ status: 'completed' });
    expect(session.messages.find(ofSubtype('task_progress'))).toMatchObject({
      tool_use_id: 'toolu_agent',
      description: 'Wait',
      usage: { tool_uses: 1 },
      last_tool_name: 'Bash',
    });
    expect(session.messages.filter(ofSubtype('task_updated'))).toMatchObject([
      { task_id: ended.task_id, patch: { status: 'completed' } },
    ]);
    world.server.script([text('Good.')]);
    await session.ask('And?');
    expect(lastRequest()).toContain('I have waited.');
  });
});

describe('file_suggestions', () => {
  it('finds files and folders by letters of their path, and keeps to what may be read', async () => {
    await world.write('src/panel/main.ts', '');
    await world.write('src/main.test.ts', '');
    await world.write('docs/remains.md', '');
    await world.write('secret/main.key', '');
    await world.write(
      '.claude/settings.json',
      JSON.stringify({ permissions: { deny: ['Read(secret/**)'] } }),
    );
    const program = startProgram(world, [...STREAM, '--setting-sources', 'project']);
    const find = async (id: string, query: string): Promise<string[]> => {
      const { response } = await request(program, id, { subtype: 'file_suggestions', query });
      const { suggestions } = response as { readonly suggestions: readonly { readonly path: string }[] };
      return suggestions.map(({ path }) => path);
    };
    expect((await find('1', 'main.ts')).slice(0, 2)).toEqual(['src/panel/main.ts', 'src/main.test.ts']);
    expect(await find('2', 'pnl/mn')).toEqual(['src/panel/main.ts']);
    expect(await find('3', 'panel')).toContain('src/panel');
    expect(await find('4', 'main.key')).toEqual([]);
    expect(await find('5', 'no such file')).toEqual([]);
    expect(await find('6', '')).toContain('docs/remains.md');
    program.closeInput();
    await program.ended;
  });
});

describe('a session that runs', () => {
  it('tells and takes settings, rules, a title and what the client has read', async () => {
    await world.write('known.txt', 'as it was');
    const program = startProgram(world, [...STREAM, '--permission-mode', 'acceptEdits']);
    const applied = await request(program, '1', {
      subtype: 'apply_flag_settings',
      settings: { permissions: { deny: ['Bash(rm *)'] }, effortLevel: 'low' },
    });
    expect(applied).toMatchObject({ subtype: 'success' });
    expect((await request(program, '2', { subtype: 'get_settings' })).response).toMatchObject({
      effective: { effortLevel: 'low', permissions: { deny: ['Bash(rm *)'], defaultMode: 'acceptEdits' } },
      applied: { effort: 'low' },
    });
    expect((await request(program, '3', { subtype: 'list_permission_rules' })).response).toMatchObject({
      state: {
        rules: [{ behavior: 'deny', rule: 'Bash(rm *)', source: 'cliArg' }],
        originalCwd: world.folder,
      },
    });
    const bad = { subtype: 'apply_flag_settings', settings: { permissions: { deny: ['Bash('] } } };
    expect(await request(program, '4', bad)).toMatchObject({ subtype: 'error' });
    expect(await request(program, '5', { subtype: 'rename_session', title: 'About rules' })).toMatchObject({
      subtype: 'success',
    });
    const cancel = { subtype: 'cancel_async_message', message_uuid: 'none' };
    expect((await request(program, '6', cancel)).response).toEqual({ cancelled: false });
    const { mtimeMs: mtime } = await stat(world.at('known.txt'));
    await request(program, '7', { subtype: 'seed_read_state', path: world.at('known.txt'), mtime });
    const edit = { file_path: world.at('known.txt'), old_string: 'was', new_string: 'is now' };
    world.server.script([toolUse('Edit', edit)], [text('Done.')]);
    program.prompt('Change it.');
    await program.until(({ type }) => type === 'result');
    expect(await world.content('known.txt')).toBe('as it is now');
    program.closeInput();
    await program.ended;
  });
});

describe('a prompt that can not be sent', () => {
  it('ends with an error result, so that nobody waits, and the session goes on', async () => {
    world.server.script([text('Hello.')]);
    const session = world.open();
    const source = { type: 'base64', media_type: 'image/png', data: 'no image!' } as const;
    const refused = await session.ask('', {
      message: { role: 'user', content: [{ type: 'image', source }] },
    });
    expect(refused).toMatchObject({ subtype: 'error_during_execution', is_error: true });
    expect(await session.ask('Hello?')).toMatchObject({ subtype: 'success', result: 'Hello.' });
  });
});
