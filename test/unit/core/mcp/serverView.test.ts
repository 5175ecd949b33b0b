// What a person sees of servers while a session runs, and what they can do: look, switch tools, accept what has changed.

import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createNodeMcpConnector } from '../../../../src/node/mcpTransports.ts';
import type { ConversationMessage } from '../../../../src/protocol/messages.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { createClientServer } from '../../../support/mcp/clientServer.ts';
import { everything, naughty } from '../../../support/mcp/serverCommands.ts';
import { reply } from '../../../support/scriptedModel.ts';

const open: Harness[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ agent }) => agent.close()));
});

function start(setup: HarnessOptions): Harness {
  const harness = createHarness({
    ...setup,
    options: { interactive: true, ...setup.options },
    ports: {
      clock: createNodeClock(),
      mcp: createNodeMcpConnector({ cwd: process.cwd(), platform: 'linux', env: process.env }),
    },
  });
  open.push(harness);
  return harness;
}

const done = reply([{ type: 'text', text: 'done' }]);
const use = (name: string, input: unknown = {}) =>
  reply([{ type: 'tool_use', id: crypto.randomUUID(), name, input }]);

function toolNames({ model }: Harness, request: number): readonly string[] {
  return model.requests[request]?.tools.map(({ name }) => name) ?? [];
}

function isChange(message: ConversationMessage): message is ConversationMessage {
  return message.type === 'system' && message.subtype === 'belay/mcp_changed';
}

const serversOf = async ({ peer }: Harness) => (await peer.request('mcp_status', {})).mcpServers;

function lastResult({ ofType }: Harness): string {
  const results = ofType('user').flatMap(({ message: { content } }) =>
    typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result'),
  );
  return JSON.stringify(results.at(-1));
}

describe('what is to be seen of a server', () => {
  it('are its prompts, its resources, and that something has changed', async () => {
    const harness = start({ replies: [done], options: { mcpServers: { every: everything } } });
    await harness.until(isChange);
    await harness.ask('hello');
    const [every] = await serversOf(harness);
    expect(every).toMatchObject({ name: 'every', status: 'connected', belay_has_resources: true });
    expect(every?.belay_prompts).toContainEqual(
      expect.objectContaining({ name: 'simple-prompt', command: 'mcp__every__simple-prompt' }),
    );
    const { resources } = await harness.peer.request('belay/mcp_resources', { serverName: 'every' });
    expect(resources.length).toBeGreaterThan(0);
    expect(resources[0]).toMatchObject({ server: 'every', uri: expect.stringContaining('://') });
  });

  it('is a log of what it wrote and what became of it', async () => {
    const harness = start({ replies: [done], options: { mcpServers: { bad: naughty('die') } } });
    await harness.ask('hello');
    const { entries } = await harness.peer.request('belay/mcp_log', { serverName: 'bad' });
    expect(entries.map(({ level, text }) => [level, text])).toEqual(
      expect.arrayContaining([
        ['belay', 'Starting.'],
        ['stderr', 'no configuration was found'],
        ['belay', expect.stringMatching(/^Could not be connected\. The server ended with exit code 3/)],
      ]),
    );
    await expect(harness.peer.request('belay/mcp_log', { serverName: 'no' })).rejects.toThrow(
      'no MCP server',
    );
  });
});

describe('a list of tools that can not be read again', () => {
  it('stays what it was, and the log says why', async () => {
    const server = await createClientServer((mcp) => {
      mcp.registerTool('grow', {}, () => {
        mcp.registerTool('grown', {}, () => ({ content: [] }));
        return { content: [] };
      });
    });
    let lists = 0;
    const harness = start({
      replies: [use('mcp__inside__grow'), done],
      options: { rules: [{ behavior: 'allow', toolName: 'mcp__inside', layer: 'user' }] },
      async onMcpMessage(request) {
        const { method, id } = request.message as { readonly method?: string; readonly id?: number };
        if (method === 'tools/list') lists += 1;
        if (method !== 'tools/list' || lists === 1) return server.answer(request);
        return {
          mcp_response: { jsonrpc: '2.0', id: id ?? 0, error: { code: -32603, message: 'out of order' } },
        };
      },
    });
    server.say = (message) =>
      void harness.peer.request('mcp_message', { server_name: 'inside', message: { ...message } });
    await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
    await harness.ask('grow');
    const log = async () =>
      JSON.stringify(await harness.peer.request('belay/mcp_log', { serverName: 'inside' }));
    await expect.poll(log, { timeout: 20_000 }).toContain('out of order');
    const [inside] = await serversOf(harness);
    expect([inside?.status, inside?.tools?.map(({ name }) => name)]).toEqual(['connected', ['grow']]);
  });
});

describe('a tool that is switched off', () => {
  const toggle = (harness: Harness, enabled: boolean) =>
    harness.peer.request('belay/mcp_tool_toggle', { serverName: 's', toolName: 'pid', enabled });
  const isOff = async (harness: Harness) =>
    (await serversOf(harness))[0]?.tools?.find(({ name }) => name === 'pid')?.belay_off === true;

  it('is not offered from the next turn on, and is back when it is switched on', async () => {
    const harness = start({ replies: [done, done, done], options: { mcpServers: { s: naughty() } } });
    await harness.ask('one');
    expect(toolNames(harness, 0)).toContain('mcp__s__pid');
    expect(await toggle(harness, false)).toEqual({});
    expect(await isOff(harness)).toBe(true);
    await harness.ask('two');
    expect(toolNames(harness, 1)).not.toContain('mcp__s__pid');
    expect(toolNames(harness, 1)).toContain('mcp__s__die');
    expect(await toggle(harness, true)).toEqual({});
    expect(await isOff(harness)).toBe(false);
    await harness.ask('three');
    expect(toolNames(harness, 2)).toContain('mcp__s__pid');
  });

  it('is refused when it is called all the same', async () => {
    const harness = start({
      replies: [use('mcp__s__pid'), done],
      options: { mcpServers: { s: naughty() } },
      onQuestion: async () => {
        await toggle(harness, false);
        return { behavior: 'allow' };
      },
    });
    await harness.ask('call it');
    expect(lastResult(harness)).toContain('"is_error":true');
  });

  it('stays off where somebody else has forbidden it, and says who', async () => {
    const harness = start({
      replies: [done],
      options: {
        mcpServers: { s: naughty() },
        rules: [{ behavior: 'deny', toolName: 'mcp__s', layer: 'policy' }],
      },
    });
    await harness.ask('one');
    expect(await toggle(harness, true)).toEqual({
      problem: 'The rule mcp__s denies it. Take that away first.',
    });
    expect(await isOff(harness)).toBe(true);
  });
});

describe('a tool that its server makes something else of', () => {
  const change = { serverName: 'inside', toolName: 'add' };

  async function startChanging() {
    const server = await createClientServer((mcp) => {
      const add = mcp.registerTool(
        'add',
        { description: 'Adds numbers', inputSchema: { a: z.number() } },
        () => ({ content: [{ type: 'text', text: 'added' }] }),
      );
      mcp.registerTool('alter', {}, () => {
        add.update({ description: 'Adds words', paramsSchema: { word: z.string() } });
        return { content: [] };
      });
    });
    const harness = start({
      replies: [
        ...[use('mcp__inside__alter'), done],
        ...[use('mcp__inside__add', { a: 1 }), done],
        ...[use('mcp__inside__add', { word: 'x' }), done],
      ],
      onMcpMessage: server.answer,
      options: {
        rules: [{ behavior: 'allow', toolName: 'mcp__inside', layer: 'user' }],
      },
    });
    server.say = (message) =>
      void harness.peer.request('mcp_message', { server_name: 'inside', message: { ...message } });
    await harness.peer.request('initialize', { sdkMcpServers: ['inside'] });
    await harness.ask('alter it');
    const isChanged = async (): Promise<boolean> =>
      (await serversOf(harness))[0]?.tools?.find(({ name }) => name === 'add')?.belay_changed === true;
    await expect.poll(isChanged, { timeout: 20_000 }).toBe(true);
    return { harness, isChanged };
  }

  it('is pending until a person has seen it: each call is asked, and the list of tools stays what it was', async () => {
    const { harness } = await startChanging();
    await harness.ask('add');
    expect(harness.questions.map(({ decision_reason }) => decision_reason)).toEqual([
      'The MCP server "inside" has changed this tool since the session began.',
    ]);
    expect(harness.model.requests.at(-1)?.tools).toEqual(harness.model.requests[0]?.tools);
  });

  it('is told to the model once it is accepted as it was seen, and then allowed as before', async () => {
    const { harness, isChanged } = await startChanging();
    const { before, after } = await harness.peer.request('belay/mcp_tool_change', change);
    expect(before).toContain('Adds numbers');
    expect(after).toContain('Adds words');
    expect(after).toContain('"word"');
    await expect(harness.peer.request('belay/mcp_tool_accept', { ...change, after: before })).rejects.toThrow(
      'has changed again',
    );
    await harness.peer.request('belay/mcp_tool_accept', { ...change, after });
    expect(await isChanged()).toBe(false);
    await expect(harness.peer.request('belay/mcp_tool_change', change)).rejects.toThrow(
      'is what the model knows',
    );
    await harness.ask('add');
    // The model has called it as it was before: that does not fit any more.
    expect(lastResult(harness)).toContain('"is_error":true');
    await harness.ask('add again');
    expect(lastResult(harness)).toContain('added');
    expect(harness.questions).toEqual([]);
    expect(JSON.stringify(harness.model.requests.at(-1)?.messages)).toContain('Adds words');
    expect(harness.model.requests.at(-1)?.tools).toEqual(harness.model.requests[0]?.tools);
  });
});

describe('a resource that a prompt names', () => {
  const uri = 'demo://resource/static/document/architecture.md';
  const name = (harness: Harness) => harness.ask(`What does @every:${uri} say about @other:${uri}?`);
  const sent = ({ model }: Harness): string => JSON.stringify(model.requests[0]?.messages);

  it('is read for the model, with permission', async () => {
    const harness = start({ replies: [done], options: { mcpServers: { every: everything } } });
    await name(harness);
    expect(harness.questions.map(({ tool_name, input }) => [tool_name, input])).toEqual([
      ['ReadMcpResourceTool', { server: 'every', uri }],
    ]);
    expect(sent(harness)).toContain(`The resource ${uri} of the MCP server every:`);
    expect(sent(harness)).not.toContain('of the MCP server other');
  });

  it('is not read where that is denied, and the person is told', async () => {
    const harness = start({
      replies: [done],
      options: { mcpServers: { every: everything } },
      onQuestion: async () => ({ behavior: 'deny', message: 'No.' }),
    });
    await name(harness);
    expect(sent(harness)).not.toContain('The resource');
    const told = harness.ofType('system').filter(({ subtype }) => subtype === 'informational');
    expect(JSON.stringify(told)).toContain(`every:${uri} was not given to the model`);
  });
});
