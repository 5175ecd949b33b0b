/** The sandbox for commands as clients of the executable know it: the SDK's option, settings files, the model's way out. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanUseTool, Options } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { sandboxProblem } from '../unit/node/sandboxPolicy.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body.messages);
const bash = (command: string, more: object = {}) => toolUse('Bash', { command, ...more });
const outside = (name: string): string => join(world.folder, '..', name);

/** Allows everything, and keeps the questions. */
function allowing() {
  const asked: { input: Record<string, unknown>; options: Parameters<CanUseTool>[2] }[] = [];
  const canUseTool: CanUseTool = async (_name, input, options) => {
    asked.push({ input, options });
    return { behavior: 'allow' };
  };
  return { asked, canUseTool };
}

async function writeSettings(settings: object, where: 'user' | 'project' = 'user'): Promise<void> {
  const folder = where === 'user' ? world.configDir : world.at('.claude');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
}

const on: Options = { sandbox: { enabled: true } };
const suite = sandboxProblem === undefined ? describe : describe.skip;
const because = sandboxProblem === undefined ? '' : ` (left out: ${sandboxProblem})`;

suite(`the sandbox${because}`, () => {
  it('keeps commands within the workspace, and tells the model what it has refused', async () => {
    world.server.script([bash(`echo x > made; echo x > ${outside('file')}`)], [text('I see.')]);
    const { asked, canUseTool } = allowing();
    const session = world.open({ ...on, canUseTool });
    expect(await session.ask('Go.')).toMatchObject({ subtype: 'success' });
    expect(asked).toHaveLength(1);
    expect(await world.isThere('made')).toBe(true);
    expect(await world.isThere('../file')).toBe(false);
    expect(lastRequest()).toContain(`The sandbox has kept the command from:\\n- writing ${outside('file')}`);
    expect(lastRequest()).toContain('dangerouslyDisableSandbox');
    const answered = session.messages.find(
      (message) => message.type === 'user' && 'tool_use_result' in message,
    );
    expect(answered).toMatchObject({ tool_use_result: { sandboxed: true, exitCode: 1 } });
  });

  it('leaves nothing behind in the workspace', async () => {
    world.server.script([bash('mkdir .vscode; echo x > .bashrc; ls -a > list')], [text('Done.')]);
    await world.open({ ...on, canUseTool: allowing().canUseTool }).ask('Go.');
    expect(await world.isThere('.vscode')).toBe(false);
    expect(await world.isThere('.bashrc')).toBe(false);
    expect(await world.isThere('.claude')).toBe(false);
    expect(await world.isThere('list')).toBe(true);
  });

  it('is left with a question of its own, whatever is allowed', async () => {
    const command = `echo x > ${outside('file')}`;
    world.server.script([bash(command, { dangerouslyDisableSandbox: true })], [text('Done.')]);
    const { asked, canUseTool } = allowing();
    const session = world.open({ ...on, canUseTool, allowedTools: ['Bash'], permissionMode: 'acceptEdits' });
    expect(await session.ask('Go.')).toMatchObject({ subtype: 'success' });
    expect(asked).toMatchObject([
      {
        input: { command, dangerouslyDisableSandbox: true },
        options: {
          title: `Run outside the sandbox: ${command}`,
          decisionReason: 'It runs a command outside the sandbox.',
          suggestions: [],
        },
      },
    ]);
    expect(await world.isThere('../file')).toBe(true);
    const answered = session.messages.find(
      (message) => message.type === 'user' && 'tool_use_result' in message,
    );
    expect(answered).toMatchObject({ tool_use_result: { dangerouslyDisableSandbox: true } });
  });

  it('is not left where the settings refuse it', async () => {
    const command = `echo x > ${outside('file')}`;
    world.server.script([bash(command, { dangerouslyDisableSandbox: true })], [text('I see.')]);
    const { asked, canUseTool } = allowing();
    const session = world.open({
      sandbox: { enabled: true, allowUnsandboxedCommands: false },
      canUseTool,
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
    });
    await session.ask('Go.');
    expect(asked).toEqual([]);
    expect(await world.isThere('../file')).toBe(false);
    expect(lastRequest()).toContain('Nothing may run outside the sandbox');
  });

  it('needs no question for what runs inside when the user wants none, but for rules that ask or deny', async () => {
    world.server.script(
      [bash('touch one')],
      [bash('touch two')],
      [bash('touch three')],
      [bash(`touch ${outside('four')}`)],
      [text('Done.')],
    );
    const { asked, canUseTool } = allowing();
    await writeSettings({ permissions: { ask: ['Bash(touch two)'], deny: ['Bash(touch three)'] } });
    const session = world.open({ sandbox: { enabled: true, autoAllowBashIfSandboxed: true }, canUseTool });
    await session.ask('Go.');
    expect(asked.map(({ input }) => input.command)).toEqual(['touch two']);
    expect(await Promise.all(['one', 'two', 'three', '../four'].map(world.isThere))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('hides what a Read rule denies, and what it may not write, from commands too', async () => {
    await world.write('secret.txt', 'KEY1');
    await world.write('deep/.env', 'KEY2');
    await world.write('kept/file', 'old');
    const rules = ['Read(secret.txt)', 'Read(**/.env)', 'Edit(kept/**)'];
    await writeSettings({ permissions: { deny: rules } });
    // Not by name, which the rules themselves would see.
    const command = `f=secret; cat $f.txt; cat deep/.e*; for d in ke*; do echo new > $d/file; done; true`;
    world.server.script([bash(command)], [text('I see.')]);
    await world.open({ ...on, canUseTool: allowing().canUseTool }).ask('Go.');
    expect(lastRequest()).not.toMatch(/KEY\d/);
    expect(await world.content('kept/file')).toBe('old');
  });

  it('is turned on, and never opened, by a project', async () => {
    const opens = { enabled: true, allowUnsandboxedCommands: true, autoAllowBashIfSandboxed: true };
    const filesystem = { allowWrite: [outside('')] };
    await writeSettings(
      {
        sandbox: {
          ...opens,
          filesystem,
          excludedCommands: ['touch:*'],
          network: { allowedDomains: ['*.com'] },
        },
      },
      'project',
    );
    world.server.script([bash(`touch ${outside('file')}`)], [text('I see.')]);
    const { asked, canUseTool } = allowing();
    await world.open({ canUseTool }).ask('Go.');
    expect(asked).toHaveLength(1);
    expect(await world.isThere('../file')).toBe(false);
  });

  it('lets a person’s own settings open folders and except commands', async () => {
    await writeSettings({
      sandbox: {
        enabled: true,
        filesystem: { allowWrite: [outside('open')] },
        excludedCommands: [`touch ${outside('excepted')}`],
      },
    });
    await mkdir(outside('open'));
    world.server.script(
      [bash(`touch ${outside('open/file')}`)],
      [bash(`touch ${outside('excepted')}`)],
      [text('Done.')],
    );
    await world.open({ canUseTool: allowing().canUseTool }).ask('Go.');
    expect(await world.isThere('../open/file')).toBe(true);
    expect(await world.isThere('../excepted')).toBe(true);
  });

  it('holds commands in the background, which end with the session', async () => {
    const wait = 'until [ -e go ]; do sleep 0.05; done';
    const command = `${wait}; echo x > ${outside('file')}; echo tried > mark; sleep 9876.5`;
    world.server.script([bash(command, { run_in_background: true })], [text('It runs.')]);
    const session = world.open({ ...on, canUseTool: allowing().canUseTool });
    await session.ask('Go.');
    await world.write('go', '');
    while (!(await world.isThere('mark'))) await new Promise((resolve) => setTimeout(resolve, 20));
    await session.end();
    expect(await world.isThere('../file')).toBe(false);
    expect(await world.isThere('.vscode')).toBe(false);
  });
});

describe('where the sandbox can not be had', () => {
  /** A PATH with nothing but Node on it. */
  async function without(): Promise<Options> {
    const PATH = outside('programs');
    await mkdir(PATH);
    await symlink(process.execPath, join(PATH, 'node'));
    return { env: { PATH } };
  }

  it('starts with a word about it, and runs no command', async () => {
    await writeSettings({ sandbox: { enabled: true } });
    world.server.script([bash('touch made')], [text('I see.')]);
    const session = world.open({ ...(await without()), canUseTool: allowing().canUseTool });
    expect(await session.ask('Go.')).toMatchObject({ subtype: 'success' });
    expect(await world.isThere('made')).toBe(false);
    expect(lastRequest()).toContain('The command was not run. The sandbox needs bubblewrap');
    expect(session.messages).toContainEqual(
      expect.objectContaining({
        type: 'system',
        subtype: 'informational',
        content: expect.stringMatching(/no command will run.*apt-get install bubblewrap socat/),
      }),
    );
  });

  it('does not start for a client that counts on it, as the SDK’s option does', async () => {
    const asked = world.ask('Go.', { ...(await without()), ...on });
    await expect(asked).rejects.toThrow(/sandbox for commands can't be used.*bubblewrap/);
    expect(world.server.requests).toEqual([]);
  });
});
