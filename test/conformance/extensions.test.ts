/** What the official Agent SDK must be able to do with Belay: hooks, memory files, commands, structured output. */
import type { HookCallback, HookJSONOutput, Options } from '@anthropic-ai/claude-agent-sdk';
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

/** A hook that always answers the same, and counts. */
function answering(output: HookJSONOutput) {
  const heard: unknown[] = [];
  const hook: HookCallback = async (input) => {
    heard.push(input);
    return output;
  };
  return { heard, hook };
}

type Event = keyof NonNullable<Options['hooks']>;
const on = (event: Event, hook: HookCallback, matcher?: string): Options => ({
  hooks: { [event]: [{ ...(matcher === undefined ? {} : { matcher }), hooks: [hook] }] },
});

describe('a hook', () => {
  it('PreToolUse denies, though a rule allows', async () => {
    world.server.script([touch('made')], [text('I see.')]);
    const { heard, hook } = answering({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'The hook says no.',
      },
    });
    await world.open({ ...on('PreToolUse', hook), allowedTools: ['Bash'] }).ask('Go.');
    expect(await world.isThere('made')).toBe(false);
    expect(lastRequest()).toContain('The hook says no.');
    expect(heard).toMatchObject([
      { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: 'touch made' } },
    ]);
  });

  it('PreToolUse changes the input, which is judged again', async () => {
    world.server.script([touch('made')], [touch('made')], [text('Done.')]);
    const { hook } = answering({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'allow',
        updatedInput: { command: 'touch other' },
      },
    });
    await world.open(on('PreToolUse', hook)).ask('Go.');
    expect(await world.isThere('other')).toBe(true);
    expect(await world.isThere('made')).toBe(false);
  });

  it('PreToolUse never skips a deny rule', async () => {
    world.server.script([touch('made')], [text('I see.')]);
    const { hook } = answering({
      hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow' },
    });
    await world.open({ ...on('PreToolUse', hook), disallowedTools: ['Bash(touch made)'] }).ask('Go.');
    expect(await world.isThere('made')).toBe(false);
  });

  it('hears only of the tools it asks for', async () => {
    await world.write('a.txt', 'one');
    world.server.script([toolUse('Read', { file_path: 'a.txt' }), touch('made')], [text('Done.')]);
    const { heard, hook } = answering({});
    await world.open({ ...on('PreToolUse', hook, 'Bash'), allowedTools: ['Bash'] }).ask('Go.');
    expect(heard).toMatchObject([{ tool_name: 'Bash' }]);
  });

  it('PostToolUse adds what the model reads behind a result', async () => {
    await world.write('a.txt', 'one');
    world.server.script([toolUse('Read', { file_path: 'a.txt' })], [text('Done.')]);
    const { hook } = answering({
      hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: 'The file is old.' },
    });
    await world.open(on('PostToolUse', hook)).ask('Go.');
    expect(lastRequest()).toContain('The file is old.');
  });

  it('UserPromptSubmit adds to a prompt', async () => {
    world.server.script([text('Done.')]);
    const { heard, hook } = answering({
      hookSpecificOutput: { hookEventName: 'UserPromptSubmit', additionalContext: 'It is raining.' },
    });
    await world.open(on('UserPromptSubmit', hook)).ask('Go.');
    expect(lastRequest()).toContain('It is raining.');
    expect(heard).toMatchObject([{ hook_event_name: 'UserPromptSubmit', prompt: 'Go.' }]);
  });

  it('UserPromptSubmit keeps a prompt from the model', async () => {
    const { hook } = answering({ decision: 'block', reason: 'Not in this house.' });
    const session = world.open(on('UserPromptSubmit', hook));
    await session.ask('Go.');
    expect(world.server.requests).toHaveLength(0);
    expect(JSON.stringify(session.messages)).toContain('Not in this house.');
  });

  it('Stop sends the model on, once', async () => {
    world.server.script([text('Done.')], [text('Really done.')]);
    let count = 0;
    const session = world.open(
      on('Stop', async () => {
        count += 1;
        return count === 1 ? { decision: 'block', reason: 'Run the tests.' } : {};
      }),
    );
    expect(await session.ask('Go.')).toMatchObject({ subtype: 'success', result: 'Really done.' });
    expect(lastRequest()).toContain('Run the tests.');
  });

  it('of the settings is a command', async () => {
    const command = 'echo "The command says no." >&2; exit 2';
    await world.write(
      '.claude/settings.json',
      JSON.stringify({
        permissions: { allow: ['Bash'] },
        hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command }] }] },
      }),
    );
    world.server.script([touch('made')], [text('I see.')]);
    await world.ask('Go.');
    expect(await world.isThere('made')).toBe(false);
    expect(lastRequest()).toContain('The command says no.');
  });
});

describe('what people have written down', () => {
  it('is told to the model', async () => {
    await world.write('CLAUDE.md', 'Tabs, never spaces.');
    world.server.script([text('Yes.')]);
    await world.ask('Go.');
    expect(JSON.stringify(world.server.requests[0]?.body)).toContain('Tabs, never spaces.');
  });

  it('is not told when the project is no source', async () => {
    await world.write('CLAUDE.md', 'Tabs, never spaces.');
    world.server.script([text('Yes.')]);
    await world.ask('Go.', { settingSources: [] });
    expect(JSON.stringify(world.server.requests[0]?.body)).not.toContain('Tabs, never spaces.');
  });

  it('is a command that a prompt calls', async () => {
    await world.write('.claude/commands/greet.md', '---\ndescription: Greets\n---\nSay hello to $ARGUMENTS.');
    world.server.script([text('Hello, Ada.')]);
    const session = world.open();
    expect(await session.query.supportedCommands()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'greet', description: expect.stringContaining('Greets') }),
      ]),
    );
    await session.ask('/greet Ada');
    expect(lastRequest()).toContain('Say hello to Ada.');
  });
});

describe('structured output', () => {
  it('is an object of the schema that was given', async () => {
    const schema = {
      type: 'object',
      properties: { answer: { type: 'number' } },
      required: ['answer'],
      additionalProperties: false,
    };
    world.server.script(
      [toolUse('StructuredOutput', { answer: 'many' })],
      [toolUse('StructuredOutput', { answer: 42 })],
    );
    const { result } = await world.ask('What is it?', { outputFormat: { type: 'json_schema', schema } });
    expect(result).toMatchObject({ subtype: 'success', structured_output: { answer: 42 } });
  });
});
