import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { LayeredRule } from '../../../../src/core/permissions/decidePermission.ts';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createNodeMcpConnector } from '../../../../src/node/mcpTransports.ts';
import type { ConversationMessage } from '../../../../src/protocol/messages.ts';
import type { SystemMessageOf } from '../../../../src/protocol/systemMessages.ts';
import { createHarness, fakeTool, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { type ClientServer, createClientServer } from '../../../support/mcp/clientServer.ts';
import { naughty } from '../../../support/mcp/serverCommands.ts';
import { reply } from '../../../support/scriptedModel.ts';

const open: Harness[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ agent }) => agent.close()));
});

function start(setup: HarnessOptions): Harness {
  const harness = createHarness({
    ...setup,
    ports: {
      clock: createNodeClock(),
      mcp: createNodeMcpConnector({ cwd: process.cwd(), platform: 'linux', env: process.env }),
      ...setup.ports,
    },
  });
  open.push(harness);
  return harness;
}

const done = reply([{ type: 'text', text: 'done' }]);

function use(name: string, input: unknown = {}) {
  return reply([{ type: 'tool_use', id: 'toolu_1', name, input }]);
}

function toolNames({ model }: Harness, request = 0): readonly string[] {
  return model.requests[request]?.tools.map(({ name }) => name) ?? [];
}

function resultsOf({ ofType }: Harness): unknown[] {
  return ofType('user').flatMap(({ message: { content } }) =>
    typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result'),
  );
}

async function inside(): Promise<ClientServer> {
  return createClientServer((server) => {
    server.registerTool(
      'add.numbers',
      { description: 'Adds', inputSchema: { a: z.number(), b: z.number() } },
      ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
    );
    server.registerTool('never', { description: 'Never answers' }, () => new Promise(() => undefined));
  });
}

function isInit(message: ConversationMessage): message is SystemMessageOf<'init'> {
  return message.type === 'system' && message.subtype === 'init';
}

describe('a server of the client', () => {
  it('is named by initialize, and its tool is asked for, called, and answers', async () => {
    const server = await inside();
    const harness = start({
      replies: [use('mcp__inside__add_numbers', { a: 1, b: 2 }), done],
      onMcpMessage: server.answer,
    });
    await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
    expect((await harness.ask('add')).subtype).toBe('success');
    expect(harness.model.requests[0]?.tools[0]).toEqual({
      name: 'mcp__inside__add_numbers',
      description: 'Adds',
      input_schema: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      },
    });
    expect(harness.questions).toMatchObject([
      {
        tool_name: 'mcp__inside__add_numbers',
        input: { a: 1, b: 2 },
        decision_reason: 'It uses the MCP server "inside".',
        permission_suggestions: [
          {
            type: 'addRules',
            rules: [{ toolName: 'mcp__inside__add_numbers' }],
            behavior: 'allow',
            destination: 'session',
          },
        ],
      },
    ]);
    expect(resultsOf(harness)).toEqual([
      { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: '3' }] },
    ]);
    const init = await harness.until(isInit);
    expect(init.mcp_servers).toEqual([{ name: 'inside', status: 'connected' }]);
    expect(init.tools).toEqual(['mcp__inside__add_numbers', 'mcp__inside__never']);
  });

  it('has input that does not fit refused before anybody is asked', async () => {
    const server = await inside();
    const harness = start({
      replies: [use('mcp__inside__add_numbers', { a: '1' }), done],
      onMcpMessage: server.answer,
    });
    await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
    await harness.ask('add');
    expect(harness.questions).toEqual([]);
    expect(server.heard).not.toContain('tools/call');
    expect(resultsOf(harness)).toMatchObject([{ is_error: true }]);
  });

  it('is told when its call is cancelled with the turn', async () => {
    const server = await inside();
    const harness = start({ replies: [use('mcp__inside__never')], onMcpMessage: server.answer });
    await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
    await harness.send('wait');
    await harness.until((message): message is ConversationMessage => message.type === 'tool_progress');
    await harness.peer.request('interrupt', {});
    expect(resultsOf(harness)).toMatchObject([{ is_error: true }]);
    expect(server.heard).toContain('notifications/cancelled');
  });

  it('has its changed list looked at again', async () => {
    const server = await inside();
    const harness = start({ replies: [done, done], onMcpMessage: server.answer });
    server.say = (message) =>
      void harness.peer.request('mcp_message', { server_name: 'inside', message: { ...message } });
    await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
    await harness.ask('hello');
    const before = server.heard.filter((method) => method === 'tools/list').length;
    const listed = new Promise<void>((resolve) => {
      const push = server.heard.push.bind(server.heard);
      server.heard.push = (...methods) => {
        if (methods.includes('tools/list')) resolve();
        return push(...methods);
      };
    });
    server.server.registerTool('late', { description: 'A late one' }, () => ({ content: [] }));
    await listed;
    expect(server.heard.filter((method) => method === 'tools/list').length).toBe(before + 1);
  });

  it('fails alone when the client knows nothing of it', async () => {
    const harness = start({
      replies: [done],
      onMcpMessage: async () => {
        throw new Error('no such server here');
      },
    });
    await harness.peer.request('initialize', { sdkMcpServers: ['ghost'] });
    expect((await harness.ask('hello')).subtype).toBe('success');
    expect((await harness.peer.request('mcp_status', {})).mcpServers).toEqual([
      {
        name: 'ghost',
        status: 'failed',
        error: expect.stringContaining('no such server here'),
        config: { type: 'sdk' },
      },
    ]);
  });

  it('may not speak under a name that nobody knows', async () => {
    const { peer } = start({ replies: [] });
    await expect(
      peer.request('mcp_message', { server_name: 'x', message: { jsonrpc: '2.0', method: 'ping' } }),
    ).rejects.toThrow('There is no MCP server of yours named "x".');
  });
});

describe('servers of a session', () => {
  it('are connected for the first turn, and ended with the session', async () => {
    const harness = start({
      replies: [use('mcp__s__pid'), done],
      options: { mcpServers: { s: naughty() } },
    });
    await harness.ask('hello');
    expect(toolNames(harness)).toContain('mcp__s__pid');
    expect(harness.model.requests[0]?.system.at(-1)).toContain('## s\n\nCall die to end it all.');
    const [result] = resultsOf(harness) as { content: [{ text: string }] }[];
    const pid = Number(result?.content[0].text);
    expect(() => process.kill(pid, 0)).not.toThrow();
    await harness.agent.close();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('do not take the turn with them when they die', async () => {
    const harness = start({
      replies: [use('mcp__s__die'), done],
      options: { mcpServers: { s: naughty(), bad: naughty('die') } },
    });
    expect((await harness.ask('hello')).subtype).toBe('success');
    expect(resultsOf(harness)).toMatchObject([
      { is_error: true, content: [{ text: expect.stringContaining('exit code 7') }] },
    ]);
    const init = await harness.until(isInit);
    expect(init.mcp_servers).toEqual([
      { name: 's', status: 'connected' },
      { name: 'bad', status: 'failed' },
    ]);
  });

  it('have no tools in the request that a rule denies as a whole', async () => {
    const rules: readonly LayeredRule[] = [{ behavior: 'deny', toolName: 'mcp__s', layer: 'user' }];
    const other = fakeTool({ name: 'other', run: async () => '' });
    const harness = start({
      replies: [done],
      tools: [other],
      options: { mcpServers: { s: naughty() }, rules },
    });
    await harness.ask('hello');
    expect(toolNames(harness)).toEqual(['other']);
  });

  it('can be set while the session runs: the next turn has their tools', async () => {
    const harness = start({
      replies: [
        reply([
          { type: 'thinking', thinking: 'so', signature: 'sig' },
          { type: 'text', text: 'hi' },
        ]),
        use('mcp__late__pid'),
        done,
      ],
    });
    await harness.ask('hello');
    expect(toolNames(harness, 0)).toEqual([]);
    expect(await harness.peer.request('mcp_set_servers', { servers: { late: naughty() } })).toEqual({
      added: ['late'],
      removed: [],
      errors: {},
    });
    await harness.ask('again');
    expect(toolNames(harness, 1)).toContain('mcp__late__pid');
    expect(harness.model.requests[1]?.system).toEqual(harness.model.requests[0]?.system);
    const blocks = harness.model.requests[1]?.messages.flatMap(({ content }) => content) ?? [];
    expect(blocks.map(({ type }) => type)).not.toContain('thinking');
    await harness.peer.request('mcp_toggle', { serverName: 'late', enabled: false });
    expect((await harness.peer.request('mcp_status', {})).mcpServers).toMatchObject([
      { name: 'late', status: 'disabled' },
    ]);
    await harness.peer.request('mcp_reconnect', { serverName: 'late' });
    expect((await harness.peer.request('mcp_status', {})).mcpServers).toMatchObject([
      { name: 'late', status: 'connected', serverInfo: { name: 'naughty', version: '1.2.3' } },
    ]);
  });

  it('are not waited for when the turn is stopped', async () => {
    const harness = start({ replies: [done], options: { mcpServers: { slow: naughty('silent') } } });
    await harness.send('hello');
    await harness.until(
      (message): message is ConversationMessage =>
        message.type === 'system' &&
        message.subtype === 'session_state_changed' &&
        message.state === 'running',
    );
    await harness.peer.request('interrupt', {});
    expect((await harness.result(1)).interrupted).toBe(true);
    expect(harness.model.requests).toEqual([]);
    expect((await harness.peer.request('mcp_status', {})).mcpServers).toMatchObject([{ status: 'pending' }]);
  });

  it('are not known under any other name', async () => {
    const { peer } = start({ replies: [] });
    const unknown = 'There is no MCP server named "x".';
    await expect(peer.request('mcp_reconnect', { serverName: 'x' })).rejects.toThrow(unknown);
    await expect(peer.request('mcp_toggle', { serverName: 'x', enabled: true })).rejects.toThrow(unknown);
  });

  it('say why they can not be connected anew', async () => {
    const { peer } = start({ replies: [], options: { mcpServers: { bad: naughty('die') } } });
    await expect(peer.request('mcp_reconnect', { serverName: 'bad' })).rejects.toThrow(
      'The MCP server "bad" could not be connected. The server ended with exit code 3.',
    );
  });
});
