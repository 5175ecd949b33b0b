/** What the official Agent SDK must be able to do with Belay: MCP servers, its own and others. */
import {
  createSdkMcpServer,
  type SDKMessage,
  type SDKSystemMessage,
  tool,
} from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { naughty } from '../support/mcp/serverCommands.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body);

function isInit(message: SDKMessage): message is SDKSystemMessage {
  return message.type === 'system' && message.subtype === 'init';
}

const local = toSdkConfig(naughty());

function toSdkConfig({ command, args = [] }: ReturnType<typeof naughty>) {
  return { type: 'stdio' as const, command, args };
}

function createAdder() {
  const add = tool('add', 'Adds two numbers', { a: z.number(), b: z.number() }, async ({ a, b }) => ({
    content: [{ type: 'text', text: `The sum is ${a + b}.` }],
  }));
  return createSdkMcpServer({ name: 'adder', version: '1.0.0', tools: [add] });
}

describe('a server in the process of the SDK', () => {
  it('has its tool called, once it is allowed', async () => {
    world.server.script([toolUse('mcp__adder__add', { a: 2, b: 3 })], [text('Five.')]);
    const { messages, result } = await world.ask('Add 2 and 3.', {
      mcpServers: { adder: createAdder() },
      allowedTools: ['mcp__adder__add'],
    });
    expect(result).toMatchObject({ subtype: 'success', result: 'Five.', permission_denials: [] });
    expect(lastRequest()).toContain('The sum is 5.');
    expect(messages.find(isInit)).toMatchObject({
      tools: expect.arrayContaining(['mcp__adder__add']),
      mcp_servers: [{ name: 'adder', status: 'connected' }],
    });
  });

  it('has its tool denied where nobody can be asked', async () => {
    world.server.script([toolUse('mcp__adder__add', { a: 2, b: 3 })], [text('No.')]);
    const { result } = await world.ask('Add 2 and 3.', { mcpServers: { adder: createAdder() } });
    expect(result.permission_denials).toMatchObject([{ tool_name: 'mcp__adder__add' }]);
    expect(lastRequest()).not.toContain('The sum is 5.');
  });
});

describe('a server that is a process', () => {
  it('has its tool called, and its state told', async () => {
    world.server.script([toolUse('mcp__local__fail', {})], [text('It failed.')]);
    const session = world.open({
      mcpServers: { local, bad: toSdkConfig(naughty('die')) },
      canUseTool: async (_name, input) => ({ behavior: 'allow', updatedInput: input }),
    });
    expect(await session.ask('Try it.')).toMatchObject({ subtype: 'success', result: 'It failed.' });
    expect(lastRequest()).toContain('that went wrong');
    const status = await session.query.mcpServerStatus();
    expect(status).toMatchObject([
      { name: 'local', status: 'connected', serverInfo: { name: 'naughty', version: '1.2.3' } },
      { name: 'bad', status: 'failed', error: expect.stringContaining('exit code 3') },
    ]);
    await session.query.toggleMcpServer('local', false);
    expect(await session.query.mcpServerStatus()).toMatchObject([{ status: 'disabled' }, {}]);
    await session.query.reconnectMcpServer('local');
    expect(await session.query.mcpServerStatus()).toMatchObject([{ status: 'connected' }, {}]);
    await expect(session.query.reconnectMcpServer('bad')).rejects.toThrow('could not be connected');
  });

  it('can be named over standard input', async () => {
    world.server.script([toolUse('mcp__local__fail', {})], [text('It failed.')]);
    const { messages, result } = await world.ask('Try it.', {
      mcpServers: { local },
      mcpServersDelivery: 'initialize',
      allowedTools: ['mcp__local'],
    });
    expect(result).toMatchObject({ subtype: 'success', result: 'It failed.', permission_denials: [] });
    expect(messages.find(isInit)?.mcp_servers).toEqual([{ name: 'local', status: 'connected' }]);
  });

  it('can be set while the session runs, beside those of the SDK', async () => {
    world.server.script([text('Hello.')], [toolUse('mcp__adder__add', { a: 20, b: 3 })], [text('Done.')]);
    const session = world.open({
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
    });
    await session.ask('Hello.');
    const set = await session.query.setMcpServers({ late: local, adder: createAdder() });
    expect(set).toEqual({ added: ['late', 'adder'], removed: [], errors: {} });
    expect(await session.ask('Add.')).toMatchObject({ result: 'Done.' });
    expect(lastRequest()).toContain('The sum is 23.');
    expect(await session.query.setMcpServers({})).toEqual({
      added: [],
      removed: ['late', 'adder'],
      errors: {},
    });
  });
});
