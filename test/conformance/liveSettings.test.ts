// Settings files that change: between two starts of the executable, and under a session that runs.

import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanUseTool, SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { node } from '../../scripts/run.mjs';
import { runProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { sandboxProblem } from '../unit/node/sandboxPolicy.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.dispose());

const touch = (name: string) => toolUse('Bash', { command: `touch ${name}` });
const PROJECT = '.claude/settings.json';

async function writeUser(settings: object): Promise<void> {
  await mkdir(world.configDir, { recursive: true });
  await writeFile(join(world.configDir, 'settings.json'), JSON.stringify(settings));
}

const writeProject = (settings: object): Promise<void> => world.write(PROJECT, JSON.stringify(settings));

describe('what a trusted folder has come to bring along', () => {
  const start = { SessionStart: [{ hooks: [{ type: 'command', command: 'touch hooked' }] }] };

  it('is not in force at the next start, which says so, until it is trusted anew', async () => {
    await writeUser({ trustedFolders: [world.folder] });
    await writeProject({ permissions: { allow: ['Bash(touch one)'] } });
    world.server.script([touch('one')], [text('Done.')]);
    const first = await runProgram(world, ['-p', 'Go.']);
    expect(first.stderr).not.toContain('Not in force');
    expect(await world.isThere('one')).toBe(true);

    await writeProject({
      permissions: { allow: ['Bash(touch one)', 'Bash(touch two)'], deny: ['Bash(touch one)'] },
      hooks: start,
    });
    await world.write(
      '.mcp.json',
      JSON.stringify({ mcpServers: { evil: { command: 'touch', args: ['served'] } } }),
    );
    world.server.script([touch('one'), touch('two')], [text('Done.')]);
    const second = await runProgram(world, ['-p', 'Go.', '--output-format', 'json']);
    expect(second.stderr).toContain(`${world.at(PROJECT)} has changed since it was trusted.`);
    expect(second.stderr).toContain('the allow rule Bash(touch two); other hooks.');
    expect(second.stderr).toContain('the server evil');
    expect(JSON.parse(second.stdout)).toMatchObject({
      permission_denials: [
        { tool_input: { command: 'touch one' } },
        { tool_input: { command: 'touch two' } },
      ],
    });
    for (const name of ['two', 'hooked', 'served']) expect(await world.isThere(name)).toBe(false);

    for (const flags of [['--trust'], []]) {
      world.server.script([touch('two')], [text('Done.')]);
      const { stderr } = await runProgram(world, ['-p', 'Go.', ...flags]);
      expect(stderr).not.toContain('Not in force');
      expect(await world.isThere('two')).toBe(true);
      expect(await world.isThere('hooked')).toBe(true);
    }
  });
});

describe('a session of the official SDK', () => {
  const informed =
    (part: string) =>
    (message: SDKMessage): message is SDKMessage =>
      message.type === 'system' && JSON.stringify(message).includes(part);

  it('is bound by a rule that comes while it runs, also where it waits for an answer', async () => {
    await writeUser({ permissions: { allow: ['Bash(touch one)'] } });
    world.server.script(
      [touch('one')],
      [text('Made.')],
      [touch('one')],
      [text('Not any more.')],
      [touch('two')],
      [text('Nor that.')],
    );
    let withdrawn = 0;
    const canUseTool: CanUseTool = (_name, input, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          withdrawn += 1;
          resolve({ behavior: 'allow', updatedInput: input });
        });
        void writeUser({ permissions: { deny: ['Bash(touch:*)'] } });
      });
    const session = world.open({ canUseTool });
    await session.ask('Go.');
    await writeUser({ permissions: { allow: ['Bash(touch one)'], deny: ['Bash(touch one)'] } });
    await session.until(informed('deny rule Bash(touch one) added'));
    expect((await session.ask('Again.')).permission_denials).toHaveLength(1);
    expect((await session.ask('The other.')).permission_denials).toHaveLength(1);
    expect(withdrawn).toBe(1);
    expect(await world.isThere('two')).toBe(false);
  });

  it('keeps its deny rules and loses what was allowed while a file is half written', async () => {
    await writeUser({ permissions: { allow: ['Bash(touch one)'], deny: ['Bash(touch two)'] } });
    world.server.script([touch('one'), touch('two')], [text('Neither.')]);
    const asked: unknown[] = [];
    const canUseTool: CanUseTool = async (_name, input) => {
      asked.push(input.command);
      return { behavior: 'deny', message: 'No.' };
    };
    const session = world.open({ canUseTool });
    await session.query.initializationResult();
    await writeFile(join(world.configDir, 'settings.json'), '{ "permissions": { "allow": ["Bash"');
    await session.until(informed('are not JSON'));
    expect((await session.ask('Go.')).permission_denials).toHaveLength(2);
    expect(asked).toEqual(['touch one']);
  });

  it('has nothing to allow again where a person has had a rule kept', async () => {
    await writeProject({});
    world.server.script([touch('one')], [text('Made.')], [touch('two')], [text('That, too.')]);
    const asked: unknown[] = [];
    const session = world.open({
      canUseTool: async (_name, updatedInput) => {
        asked.push(updatedInput.command);
        const rules = [{ toolName: 'Bash', ruleContent: 'touch:*' }];
        const kept = { type: 'addRules', behavior: 'allow', destination: 'localSettings', rules } as const;
        return { behavior: 'allow', updatedInput, updatedPermissions: [kept] };
      },
    });
    await session.ask('Go.');
    // By the time this is told the file with the rule has been read again.
    await writeUser({ permissions: { deny: ['WebFetch'] } });
    await session.until(informed('deny rule WebFetch added'));
    await session.ask('Go on.');
    expect(asked).toEqual(['touch one']);
    expect(await world.isThere('two')).toBe(true);
    expect(JSON.stringify(session.messages)).not.toContain('belay/settings_pending');
    expect(await world.content('.claude/settings.local.json')).toContain('Bash(touch:*)');
  });

  it('runs no hook that a project has come to name while it runs', async () => {
    await writeProject({});
    world.server.script([touch('one')], [text('Done.')]);
    const session = world.open({
      canUseTool: async (_name, updatedInput) => ({ behavior: 'allow', updatedInput }),
    });
    await session.query.initializationResult();
    const hooks = { PreToolUse: [{ hooks: [{ type: 'command', command: 'touch hooked' }] }] };
    await writeProject({ hooks });
    await session.until(informed('belay/settings_pending'));
    await session.ask('Go.');
    expect(await world.isThere('one')).toBe(true);
    expect(await world.isThere('hooked')).toBe(false);
  });
});

// An own /etc for the process, so that nothing of this machine is touched.
const suite = sandboxProblem === undefined ? describe : describe.skip;
suite('the policy of the machine', () => {
  it.each(['claude-code', 'belay'])('is read from /etc/%s, and nobody gets past it', async (name) => {
    const policy = { permissions: { deny: ['Bash(touch:*)'], disableBypassPermissionsMode: 'disable' } };
    await world.write('../policy/managed-settings.json', JSON.stringify(policy));
    world.server.script([touch('one')], [text('Done.')]);
    const allowed = ['-p', 'Go.', '--allowedTools', 'Bash(touch:*)', '--setting-sources', 'user'];
    expect(await runWithPolicy(name, allowed)).toMatchObject({ code: 0 });
    expect(await world.isThere('one')).toBe(false);
    const refused = await runWithPolicy(name, ['-p', 'Go.', '--dangerously-skip-permissions']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('do not allow to bypass') });
  });
});

async function runWithPolicy(name: string, args: readonly string[]) {
  const place = ['--dev-bind', '/', '/', '--tmpfs', '/etc', '--bind', world.at('../policy'), `/etc/${name}`];
  const bubblewrap = 'bwrap';
  const started = [node, inject('belayCommand'), ...args];
  const child = spawn(bubblewrap, [...place, '--chdir', world.folder, ...started], {
    env: world.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stderr };
}
