/** What the official Agent SDK must be able to do with Belay: permissions. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanUseTool } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body.messages);
const touch = (name: string) => toolUse('Bash', { command: `touch ${name}` });
const write = (name: string) => toolUse('Write', { file_path: name, content: 'written' });

/** Answers every question the same way, and keeps the questions. */
function answering(answer: Awaited<ReturnType<CanUseTool>>) {
  const asked: { name: string; input: Record<string, unknown>; options: Parameters<CanUseTool>[2] }[] = [];
  const canUseTool: CanUseTool = async (name, input, options) => {
    asked.push({ name, input, options });
    return answer;
  };
  return { asked, canUseTool };
}

const allow = () => answering({ behavior: 'allow' });

describe('canUseTool', () => {
  it('allows', async () => {
    world.server.script([touch('made')], [text('Done.')]);
    const { asked, canUseTool } = allow();
    const session = world.open({ canUseTool });
    expect(await session.ask('Go.')).toMatchObject({ subtype: 'success', permission_denials: [] });
    expect(await world.isThere('made')).toBe(true);
    expect(asked).toMatchObject([
      {
        name: 'Bash',
        input: { command: 'touch made' },
        options: {
          toolUseID: expect.any(String),
          signal: expect.any(AbortSignal),
          suggestions: expect.any(Array),
        },
      },
    ]);
  });

  it('denies, with the reason to the model and the call in the result', async () => {
    world.server.script([touch('made')], [text('I see.')]);
    const session = world.open({
      canUseTool: answering({ behavior: 'deny', message: 'Not today.' }).canUseTool,
    });
    const result = await session.ask('Go.');
    expect(result).toMatchObject({
      subtype: 'success',
      permission_denials: [{ tool_name: 'Bash', tool_input: { command: 'touch made' } }],
    });
    expect(await world.isThere('made')).toBe(false);
    expect(lastRequest()).toContain('Not today.');
  });

  it('denies and ends the turn', async () => {
    world.server.script([touch('made')], [text('Here again.')]);
    const { canUseTool } = answering({ behavior: 'deny', message: 'Stop.', interrupt: true });
    const session = world.open({ canUseTool });
    expect(await session.ask('Go.')).toMatchObject({ subtype: 'error_during_execution' });
    expect(world.server.requests).toHaveLength(1);
    expect(await session.ask('And now?')).toMatchObject({ subtype: 'success', result: 'Here again.' });
  });

  it('changes the input', async () => {
    world.server.script([touch('made')], [text('Done.')]);
    const { canUseTool } = answering({ behavior: 'allow', updatedInput: { command: 'touch other' } });
    await world.open({ canUseTool }).ask('Go.');
    expect(await world.isThere('other')).toBe(true);
    expect(await world.isThere('made')).toBe(false);
  });

  it('is not asked about a changed input that a rule denies: it is refused', async () => {
    world.server.script([touch('made')], [text('Done.')]);
    const { canUseTool } = answering({ behavior: 'allow', updatedInput: { command: 'rm -r x' } });
    await world.write('x/a', '');
    await world.open({ canUseTool, disallowedTools: ['Bash(rm:*)'] }).ask('Go.');
    expect(await world.isThere('x/a')).toBe(true);
  });

  it('allows once and for all with the suggested rules', async () => {
    world.server.script([touch('one')], [touch('one')], [text('Done.')]);
    let asked = 0;
    const session = world.open({
      canUseTool: async (_name, _input, { suggestions }) => {
        asked += 1;
        return { behavior: 'allow', updatedPermissions: suggestions ?? [] };
      },
    });
    await session.ask('Go.');
    expect(asked).toBe(1);
  });

  it('is not asked about what only reads', async () => {
    await world.write('a.txt', 'one');
    world.server.script([toolUse('Read', { file_path: 'a.txt' })], [text('Done.')]);
    const { asked, canUseTool } = allow();
    await world.open({ canUseTool }).ask('Go.');
    expect(asked).toEqual([]);
  });

  it('that throws counts as a denial', async () => {
    world.server.script([touch('made')], [text('I see.')]);
    const session = world.open({
      canUseTool: async () => {
        throw new Error('broken');
      },
    });
    expect(await session.ask('Go.')).toMatchObject({ permission_denials: [{ tool_name: 'Bash' }] });
    expect(await world.isThere('made')).toBe(false);
  });
});

describe('without a callback', () => {
  it('nobody is asked: the call is denied, and listed', async () => {
    world.server.script([touch('made')], [text('I see.')]);
    const { messages, result } = await world.ask('Go.');
    expect(result).toMatchObject({ subtype: 'success', permission_denials: [{ tool_name: 'Bash' }] });
    expect(await world.isThere('made')).toBe(false);
    expect(
      messages.filter((message) => message.type === 'system' && message.subtype === 'permission_denied'),
    ).toMatchObject([{ tool_name: 'Bash' }]);
  });

  it('what is allowed by name is done', async () => {
    world.server.script([touch('made'), write('a.txt')], [text('Done.')]);
    const { result } = await world.ask('Go.', { allowedTools: ['Bash(touch:*)', 'Write'] });
    expect(result.permission_denials).toEqual([]);
    expect(await world.isThere('made')).toBe(true);
    expect(await world.content('a.txt')).toBe('written');
  });
});

describe('a mode', () => {
  it('acceptEdits: writes without a question, but asks before a command', async () => {
    world.server.script([write('a.txt')], [touch('made')], [text('Done.')]);
    const { asked, canUseTool } = allow();
    await world.open({ canUseTool, permissionMode: 'acceptEdits' }).ask('Go.');
    expect(await world.content('a.txt')).toBe('written');
    expect(asked.map(({ name }) => name)).toEqual(['Bash']);
  });

  it('plan: nothing is written, not even what a rule allows', async () => {
    world.server.script([write('a.txt')], [touch('made')], [text('Done.')]);
    const { result } = await world.ask('Go.', { permissionMode: 'plan', allowedTools: ['Write', 'Bash'] });
    expect(result.permission_denials.map(({ tool_name }) => tool_name)).toEqual(['Write', 'Bash']);
    expect(await world.isThere('a.txt')).toBe(false);
    expect(await world.isThere('made')).toBe(false);
  });

  it('dontAsk: denies what would be asked, though there is a callback', async () => {
    world.server.script([touch('made')], [text('I see.')]);
    const { asked, canUseTool } = allow();
    const session = world.open({ canUseTool, permissionMode: 'dontAsk' });
    expect(await session.ask('Go.')).toMatchObject({ permission_denials: [{ tool_name: 'Bash' }] });
    expect(asked).toEqual([]);
  });

  it('bypassPermissions: does everything, with leave to do so', async () => {
    world.server.script([touch('made'), write('a.txt')], [text('Done.')]);
    await world.ask('Go.', { permissionMode: 'bypassPermissions', allowDangerouslySkipPermissions: true });
    expect(await world.isThere('made')).toBe(true);
    expect(await world.isThere('a.txt')).toBe(true);
  });

  it('bypassPermissions: holds a scoped deny', async () => {
    world.server.script([touch('made'), touch('secret')], [text('Done.')]);
    await world.ask('Go.', {
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
      disallowedTools: ['Bash(touch secret)'],
    });
    expect(await world.isThere('made')).toBe(true);
    expect(await world.isThere('secret')).toBe(false);
  });

  it('bypassPermissions: not without leave, neither at the start nor later', async () => {
    await expect(world.ask('Go.', { permissionMode: 'bypassPermissions' })).rejects.toThrow(
      'allow-dangerously-skip-permissions',
    );
    const session = world.open();
    await expect(session.query.setPermissionMode('bypassPermissions')).rejects.toThrow('bypass permissions');
  });

  it('is changed while the session runs', async () => {
    world.server.script([write('a.txt')], [text('Done.')], [write('b.txt')], [text('Done.')]);
    const { asked, canUseTool } = allow();
    const session = world.open({ canUseTool });
    await session.ask('a');
    await session.query.setPermissionMode('acceptEdits');
    await session.ask('b');
    expect(asked).toHaveLength(1);
    expect(await world.content('b.txt')).toBe('written');
    const inits = session.messages.filter(
      (message) => message.type === 'system' && message.subtype === 'init',
    );
    expect(inits.at(-1)).toMatchObject({ permissionMode: 'acceptEdits' });
  });
});

describe('rules', () => {
  it('a bare name takes the tool away', async () => {
    world.server.script([text('Yes.')]);
    const { messages } = await world.ask('Go.', { disallowedTools: ['Bash'] });
    const tools = world.server.requests[0]?.body.tools?.map(({ name }) => name);
    expect(tools).toContain('Read');
    expect(tools).not.toContain('Bash');
    expect(messages.find((message) => message.type === 'system' && message.subtype === 'init')).toMatchObject(
      {
        tools: expect.not.arrayContaining(['Bash']),
      },
    );
  });

  it('only the named tools are there', async () => {
    world.server.script([text('Yes.')], [text('Yes.')]);
    await world.ask('Go.', { tools: ['Read', 'Glob'] });
    await world.ask('Go.', { tools: [] });
    expect(world.server.requests.map(({ body }) => body.tools?.map(({ name }) => name))).toEqual([
      ['Read', 'Glob'],
      undefined,
    ]);
  });

  it('come from the settings of the project, the user, and this machine', async () => {
    await world.write('.claude/settings.json', JSON.stringify({ permissions: { allow: ['Bash(touch:*)'] } }));
    await world.write(
      '.claude/settings.local.json',
      JSON.stringify({ permissions: { deny: ['Bash(touch local)'] } }),
    );
    await mkdir(world.configDir, { recursive: true });
    await writeFile(
      join(world.configDir, 'settings.json'),
      JSON.stringify({ permissions: { deny: ['Bash(touch user)'] } }),
    );
    world.server.script([touch('project'), touch('local'), touch('user')], [text('Done.')]);
    const { result } = await world.ask('Go.');
    expect(result.permission_denials.map(({ tool_input }) => tool_input.command)).toEqual([
      'touch local',
      'touch user',
    ]);
    expect(await world.isThere('project')).toBe(true);
  });

  it('come from no file when no source is named, and from what the client gives', async () => {
    await world.write('.claude/settings.json', JSON.stringify({ permissions: { allow: ['Bash(touch:*)'] } }));
    world.server.script([touch('project'), touch('given')], [text('Done.')]);
    await world.ask('Go.', {
      settingSources: [],
      settings: { permissions: { allow: ['Bash(touch given)'] } },
    });
    expect(await world.isThere('project')).toBe(false);
    expect(await world.isThere('given')).toBe(true);
  });

  it('a settings file that is broken is told, and nothing begins: its deny rules would be lost', async () => {
    await world.write('.claude/settings.json', '{"permissions": {"deny": ["Bash"],}}');
    await expect(world.ask('Go.')).rejects.toThrow('are not JSON');
  });

  it('are listed, and changed while the session runs', async () => {
    world.server.script([touch('one')], [text('Done.')], [touch('two')], [text('Done.')]);
    const session = world.open({ allowedTools: ['Bash(touch:*)'] });
    await session.ask('a');
    expect(await world.isThere('one')).toBe(true);
    await session.query.applyFlagSettings({ permissions: { deny: ['Bash(touch two)'] } });
    await session.ask('b');
    expect(await world.isThere('two')).toBe(false);
  });

  it('open one more folder', async () => {
    const other = join(world.folder, '..', 'other');
    await mkdir(other);
    world.server.script(
      [toolUse('Write', { file_path: join(other, 'a.txt'), content: 'x' })],
      [toolUse('Write', { file_path: join(world.folder, '..', 'b.txt'), content: 'x' })],
      [text('Done.')],
    );
    const { result } = await world.ask('Go.', {
      permissionMode: 'acceptEdits',
      additionalDirectories: [other],
    });
    expect(await world.isThere('../other/a.txt')).toBe(true);
    expect(result.permission_denials).toHaveLength(1);
  });
});
