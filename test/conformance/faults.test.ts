/**
 * Hooks and MCP servers that do what they must not, many calls at once, a crash in a call (SECURITY F25, F26, F31, F53, F54): real
 * processes behind the official SDK.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STREAM, startProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { naughty } from '../support/mcp/serverCommands.ts';
import { blocksOf } from '../support/modelServer/apiRequest.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body);

async function withHook(command: string, timeout?: number): Promise<void> {
  const hook = { type: 'command', command, ...(timeout === undefined ? {} : { timeout }) };
  const hooks = { PreToolUse: [{ matcher: 'Bash', hooks: [hook] }] };
  await world.write('.claude/settings.json', JSON.stringify({ hooks }));
  world.server.script([toolUse('Bash', { command: 'touch made' })], [text('Done.')]);
}

describe('F53: a hook', () => {
  it.each([
    ['hangs', 'sleep 600', 1],
    ['prints 10 MB', 'head -c 10000000 /dev/zero | tr "\\0" x', undefined],
    ['prints invalid JSON', 'echo "{ \\"hookSpecificOutput\\": "', undefined],
    ['fails', 'echo "permissionDecision allow"; exit 1', undefined],
  ])('that %s never counts as leave', async (_, command, timeout) => {
    await withHook(command, timeout);
    const { result } = await world.ask('Make it.');
    expect(result.permission_denials).toMatchObject([{ tool_name: 'Bash' }]);
    expect(await world.isThere('made')).toBe(false);
  });

  it('that exits with 2 blocks, and its words are the reason', async () => {
    await withHook('echo "not on a Friday" >&2; exit 2');
    await world.ask('Make it.', { allowedTools: ['Bash'] });
    expect(lastRequest()).toContain('not on a Friday');
    expect(await world.isThere('made')).toBe(false);
  });

  it('that hangs does not keep an allowed call from being made', async () => {
    await withHook('sleep 600', 1);
    const { result } = await world.ask('Make it.', { allowedTools: ['Bash'] });
    expect(result).toMatchObject({ subtype: 'success', permission_denials: [] });
    expect(await world.isThere('made')).toBe(true);
  });
});

describe('F54: an MCP server', () => {
  const { command, args = [] } = naughty();
  const server = { type: 'stdio' as const, command, args, timeout: 1500 };

  it.each([
    ['dies in a call', 'die', 'I was told to die'],
    ['never answers', 'wait', 'did not answer within 1.5 seconds'],
    ['sends a message without an end', 'flood', 'gave no result'],
  ])('that %s makes the call fail, and the turn goes on', async (_, tool, problem) => {
    world.server.script([toolUse(`mcp__s__${tool}`, {})], [text('It failed.')]);
    const { result } = await world.ask('Try it.', { mcpServers: { s: server }, allowedTools: ['mcp__s'] });
    expect(result).toMatchObject({ subtype: 'success', result: 'It failed.' });
    expect(lastRequest()).toContain('"is_error":true');
    expect(lastRequest()).toContain(problem);
  });

  it('that prints what is no JSON-RPC is understood all the same', async () => {
    const junk = naughty('junk');
    world.server.script([toolUse('mcp__s__fail', {})], [text('Done.')]);
    const { result } = await world.ask('Try it.', {
      mcpServers: { s: { type: 'stdio', command: junk.command, args: junk.args ?? [] } },
      allowedTools: ['mcp__s'],
    });
    expect(result).toMatchObject({ subtype: 'success' });
    expect(lastRequest()).toContain('that went wrong');
  });

  it('that changes a tool has it asked for anew, whatever was allowed', async () => {
    world.server.script([toolUse('mcp__s__change', { add: false })], [text('Changed.')]);
    const session = world.open({ mcpServers: { s: server }, allowedTools: ['mcp__s'] });
    await session.ask('Change it.');
    const changed = async (): Promise<string | undefined> => {
      const [{ tools = [] } = {}] = await session.query.mcpServerStatus();
      return tools.find(({ name }) => name === 'changing')?.description;
    };
    await expect.poll(changed, { timeout: 20_000 }).toBe('Something else');
    world.server.script([toolUse('mcp__s__changing', {})], [text('Denied.')]);
    const result = await session.ask('Use it.');
    expect(result.permission_denials).toMatchObject([{ tool_name: 'mcp__s__changing' }]);
  });
});

describe('F25: a call', () => {
  it.each(['__proto__', 'constructor', 'toString', 'NoSuchTool'])(
    'of %s is answered as unknown',
    async (name) => {
      world.server.script([toolUse(name, {})], [text('There is none.')]);
      const { result } = await world.ask('Call it.');
      expect(result).toMatchObject({ subtype: 'success', result: 'There is none.' });
      expect(lastRequest()).toContain('There is no tool named');
    },
  );
});

describe('F26: twenty calls in one reply', () => {
  /** What comes of the call, whether as an error, and what is in its result. */
  const kinds = [
    { call: toolRead('there.txt'), isError: false, content: 'I am there' },
    { call: toolRead('missing.txt'), isError: true, content: 'missing.txt' },
    { call: ['Bash', { command: 'touch denied' }], isError: true, content: 'Not today.' },
    { call: ['Bash', { command: 'exit 3' }], isError: true, content: '3' },
    { call: ['NoSuchTool', {}], isError: true, content: 'There is no tool named' },
  ] as const;

  it('have twenty results in one message, in their order, whatever became of each', async () => {
    await world.write('there.txt', 'I am there');
    const calls = Array.from({ length: 20 }, (_, index) => ({
      id: `toolu_${String(index).padStart(2, '0')}`,
      kind: kinds[(index * 3) % kinds.length] ?? kinds[0],
    }));
    world.server.script(
      calls.map(({ id, kind: { call } }) => toolUse(call[0], call[1], { id })),
      [text('All done.')],
    );
    const session = world.open({
      canUseTool: async (_tool, input) =>
        JSON.stringify(input).includes('denied')
          ? { behavior: 'deny', message: 'Not today.' }
          : { behavior: 'allow', updatedInput: input },
    });
    const result = await session.ask('Go.');
    expect(result).toMatchObject({ subtype: 'success', result: 'All done.' });
    expect(result.permission_denials).toHaveLength(4);
    const { messages } = world.server.requests.at(-1)?.body ?? { messages: [] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const results = blocksOf(messages.at(-1) ?? { role: '', content: '' }).filter(
      ({ type }) => type === 'tool_result',
    );
    expect(results.map(({ tool_use_id }) => tool_use_id)).toEqual(calls.map(({ id }) => id));
    for (const [index, { kind }] of calls.entries()) {
      expect(results[index]?.is_error === true).toBe(kind.isError);
      expect(JSON.stringify(results[index]?.content)).toContain(kind.content);
    }
    expect(await world.isThere('denied')).toBe(false);
  });
});

describe('F31: a call that a crash has cut off', () => {
  it('is told as one that may have run, and is not run again', async () => {
    const sessionId = randomUUID();
    world.server.script([toolUse('Bash', { command: 'echo once >> ran; exec sleep 600' })]);
    const flags = ['-p', '--allowedTools', 'Bash', ...STREAM];
    const program = startProgram(world, [...flags, '--session-id', sessionId]);
    program.prompt('Go.');
    await expect.poll(() => world.isThere('ran'), { timeout: 20_000 }).toBe(true);
    program.child.kill('SIGKILL');
    await program.ended;

    world.server.script([text('I will look.')]);
    const { result } = await world.ask('And?', { resume: sessionId, allowedTools: ['Bash'] });
    expect(result).toMatchObject({ subtype: 'success', result: 'I will look.' });
    expect(lastRequest()).toContain(
      'It may have run wholly, in part, or not at all: check before you run it again.',
    );
    expect(await world.content('ran')).toBe('once\n');
  });
});

function toolRead(file_path: string): readonly ['Read', { file_path: string }] {
  return ['Read', { file_path }];
}
