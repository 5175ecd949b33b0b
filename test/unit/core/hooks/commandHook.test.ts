import { mkdtemp, readFile, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HookSettings } from '../../../../src/core/hooks/settingsHooks.ts';
import { createNodeProcesses } from '../../../../src/node/processes.ts';
import { fakeTool } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';
import {
  call,
  createHookHarness,
  createTestClock,
  type HookHarnessOptions,
  lastBlocks,
  resultsOf,
  systemMessages,
  text,
  textsOf,
  warnings,
} from './hookHarness.ts';

const processes = createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] });
const look = fakeTool({ name: 'Look', run: async () => 'seen' });
let cwd = '';

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'belay-hooks-'));
});

afterEach(async () => {
  await rm(cwd, { recursive: true });
});

function workspace(trusted: boolean) {
  return {
    cwd,
    roots: [cwd],
    home: '/home/u',
    platform: 'linux' as const,
    trusted,
    osDescription: 'Linux',
  };
}

async function runWith(hooks: HookSettings, options: Partial<HookHarnessOptions> = {}) {
  const harness = await createHookHarness({
    replies: [reply([call('t1', 'Look', { at: 1 })]), reply([text('done')])],
    tools: [look],
    hooks: [],
    ...options,
    ports: { processes, workspace: workspace(true), ...options.ports },
    options: { hooks, hookEvents: true, ...options.options },
  });
  const result = await harness.ask('go');
  return { harness, result, results: resultsOf(lastBlocks(harness, 2)) };
}

/** Resolves when the file is made. */
async function appears(name: string): Promise<void> {
  for await (const { filename } of watch(cwd)) if (filename === name) return;
}

/** A process that has ended and that nobody has taken note of yet (a zombie) runs no more. */
async function isRunning(pidFile: string): Promise<boolean> {
  const pid = (await readFile(join(cwd, pidFile), 'utf8')).trim();
  try {
    return !(await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.startsWith('Z');
  } catch {
    return false;
  }
}

const on = (event: string, command: string, matcher?: string): HookSettings => ({
  [event]: [{ ...(matcher === undefined ? {} : { matcher }), hooks: [{ type: 'command', command }] }],
});

describe('a command hook', () => {
  it('reads the event from its standard input, in the project folder', async () => {
    const { results } = await runWith(
      on('PreToolUse', 'cat > heard.json; pwd > here; echo "$CLAUDE_PROJECT_DIR" >> here'),
    );
    expect(JSON.parse(await readFile(join(cwd, 'heard.json'), 'utf8'))).toMatchObject({
      hook_event_name: 'PreToolUse',
      session_id: 'session',
      cwd,
      tool_name: 'Look',
      tool_input: { at: 1 },
    });
    expect((await readFile(join(cwd, 'here'), 'utf8')).trim().split('\n')).toEqual([cwd, cwd]);
    expect(results).toEqual([{ content: 'seen', isError: false }]);
  });

  it('decides with the JSON it prints', async () => {
    const answer = {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'not here',
        updatedInput: null,
      },
    };
    const { results } = await runWith(on('PreToolUse', `echo '${JSON.stringify(answer)}'`));
    expect(results).toEqual([{ content: 'not here', isError: true }]);
  });

  it('blocks with exit code 2, and what it wrote to standard error is the reason', async () => {
    const { harness, results } = await runWith(on('PreToolUse', 'echo ignored; echo forbidden >&2; exit 2'));
    expect(results).toEqual([{ content: 'forbidden', isError: true }]);
    expect(systemMessages(harness, 'hook_response')).toMatchObject([
      { exit_code: 2, stderr: 'forbidden\n', outcome: 'success' },
    ]);
  });

  it.each([
    ['ends with another code', 'echo oops >&2; exit 3', 'it ended with exit code 3: oops'],
    ['prints broken JSON', 'echo "{"', 'is no JSON'],
    ['prints JSON of another form', 'echo \'{"decision": "maybe"}\'', 'right form'],
    ['is ended by a signal', 'kill -9 $$', 'it was ended by SIGKILL'],
  ])('has no say when it %s', async (_, command, problem) => {
    const { harness, results } = await runWith(on('PreToolUse', command));
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining(problem)]);
    expect(systemMessages(harness, 'hook_response')).toMatchObject([{ outcome: 'error' }]);
  });

  it('has no say when its program is not there', async () => {
    const { harness, results } = await runWith({
      PreToolUse: [{ hooks: [{ type: 'command', command: '/nowhere/at/all', args: [] }] }],
    });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining('could not be started')]);
  });

  it('is a program with arguments, without a shell, where arguments are given', async () => {
    const { harness } = await runWith({
      PreToolUse: [{ hooks: [{ type: 'command', command: 'echo', args: ['$HOME; rm x'] }] }],
    });
    expect(systemMessages(harness, 'hook_response')).toMatchObject([
      { stdout: '$HOME; rm x\n', exit_code: 0 },
    ]);
  });

  it('gives plain text to the model where a prompt begins, and to nobody elsewhere', async () => {
    const { harness } = await runWith({
      ...on('UserPromptSubmit', 'echo the branch is main'),
      ...on('PreToolUse', 'echo checked'),
    });
    expect(textsOf(lastBlocks(harness, 1))).toEqual([
      'go',
      'A UserPromptSubmit hook says:\nthe branch is main',
    ]);
    expect(textsOf(lastBlocks(harness, 2))).toEqual([]);
  });

  it('blocks a prompt with exit code 2', async () => {
    const harness = await createHookHarness({
      replies: [],
      hooks: [],
      ports: { processes, workspace: workspace(true) },
      options: {
        hooks: on('UserPromptSubmit', 'grep -q secret && { echo no secrets >&2; exit 2; }; exit 0'),
      },
    });
    expect((await harness.ask('a secret')).result).toContain('no secrets');
  });

  it('is cut off at 10,000 characters', async () => {
    const { harness } = await runWith(on('UserPromptSubmit', 'head -c 30000 /dev/zero | tr "\\0" x'));
    const [, said = ''] = textsOf(lastBlocks(harness, 1));
    expect(said.match(/x/g)).toHaveLength(10_000);
    const [response] = systemMessages(harness, 'hook_response');
    expect(response?.stdout.match(/x/g)).toHaveLength(10_000);
  });

  it('may print more than a pipe holds without reading its input', async () => {
    const { results } = await runWith(on('PreToolUse', 'head -c 3000000 /dev/zero | tr "\\0" x'), {
      replies: [reply([call('t1', 'Look', { at: 'y'.repeat(300_000) })]), reply([text('done')])],
    });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
  });

  it('is ended with all it has started when its time is over', async () => {
    const command = 'sleep 4711 & echo $! > child; echo $$ > pid; mv pid self; sleep 4711';
    const hooks: HookSettings = {
      PreToolUse: [{ hooks: [{ type: 'command', command, timeout: 2 }] }],
    };
    const clock = { ...createTestClock([]), sleep: () => appears('self') };
    const { harness, results } = await runWith(hooks, {
      ports: { processes, workspace: workspace(true), clock },
    });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining('did not answer within 2 s')]);
    expect(await isRunning('self')).toBe(false);
    expect(await isRunning('child')).toBe(false);
  });

  it('is run once when several matchers name it', async () => {
    const command = { type: 'command' as const, command: 'true' };
    const { harness } = await runWith({
      PreToolUse: [
        { matcher: 'Look', hooks: [command] },
        { matcher: '*', hooks: [command] },
        { matcher: 'Other', hooks: [{ type: 'command', command: 'exit 2' }] },
      ],
    });
    expect(systemMessages(harness, 'hook_started')).toHaveLength(1);
  });

  it('is not run in a folder that is not trusted', async () => {
    const { results } = await runWith(on('PreToolUse', 'exit 2'), {
      ports: { processes, workspace: workspace(false) },
    });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
  });

  it('stands beside the callbacks of the client, and the strictest of all counts', async () => {
    const { results } = await runWith(on('PreToolUse', 'echo no >&2; exit 2'), {
      hooks: [
        {
          event: 'PreToolUse',
          answer: () => ({
            hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow' },
          }),
        },
      ],
    });
    expect(results).toEqual([{ content: 'no', isError: true }]);
  });
});
