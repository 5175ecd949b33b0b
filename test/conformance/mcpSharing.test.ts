/** What MCP servers have besides tools: questions to the person, resources, and prompts; over the official Agent SDK. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElicitationRequest, SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { sharing } from '../support/mcp/serverCommands.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const server = { type: 'stdio' as const, command: sharing.command, args: sharing.args ?? [] };
const options = { mcpServers: { s: server }, allowedTools: ['mcp__s'] };
const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body);

describe('an MCP server that asks the person', () => {
  it('gets the fields of its form', async () => {
    world.server.script([toolUse('mcp__s__ask', {})], [text('Done.')]);
    const asked: ElicitationRequest[] = [];
    await world.ask('Ask me.', {
      ...options,
      onElicitation: async (request) => {
        asked.push(request);
        return { action: 'accept', content: { name: 'Ada', age: 36 } };
      },
    });
    expect(asked).toMatchObject([
      {
        serverName: 's',
        message: 'What is your name?',
        mode: 'form',
        requestedSchema: { properties: { name: { type: 'string' } }, required: ['name'] },
      },
    ]);
    expect(lastRequest()).toContain('Ada');
    expect(lastRequest()).toContain('accept');
  });

  it('waits for a person longer than a call may take', async () => {
    world.server.script([toolUse('mcp__s__ask', {})], [text('Done.')]);
    await world.ask('Ask me.', {
      ...options,
      mcpServers: { s: { ...server, timeout: 4000 } },
      onElicitation: async () => {
        // The limit of the call is real time, in a process of its own; the question must have come before it is over.
        await sleep(4500);
        return { action: 'accept', content: { name: 'Ada' } };
      },
    });
    expect(lastRequest()).toContain('Ada');
  });

  it('is refused where nobody answers', async () => {
    world.server.script([toolUse('mcp__s__ask', {})], [text('Done.')]);
    await world.ask('Ask me.', options);
    expect(lastRequest()).toContain('decline');
  });

  it('has a page opened by the client, and says when that is done', async () => {
    const url = 'https://example.com/sign-in';
    world.server.script([toolUse('mcp__s__open', { url })], [text('Done.')]);
    const asked: ElicitationRequest[] = [];
    const { messages } = await world.ask('Sign in.', {
      ...options,
      onElicitation: async (request) => {
        asked.push(request);
        return { action: 'accept' };
      },
    });
    expect(asked).toMatchObject([{ mode: 'url', url, elicitationId: 'sign-in-1' }]);
    expect(messages.find(isComplete)).toMatchObject({ mcp_server_name: 's', elicitation_id: 'sign-in-1' });
  });

  it('has nothing opened that is no web page, and nobody is asked', async () => {
    world.server.script([toolUse('mcp__s__open', { url: 'file:///etc/passwd' })], [text('Done.')]);
    const asked: ElicitationRequest[] = [];
    await world.ask('Sign in.', {
      ...options,
      onElicitation: async (request) => {
        asked.push(request);
        return { action: 'accept' };
      },
    });
    expect(asked).toEqual([]);
    expect(lastRequest()).toContain('decline');
  });
});

function isComplete(message: SDKMessage): boolean {
  return message.type === 'system' && message.subtype === 'elicitation_complete';
}

describe('the resources of an MCP server', () => {
  it('are listed and read', async () => {
    world.server.script(
      [toolUse('ListMcpResourcesTool', {})],
      [toolUse('ReadMcpResourceTool', { server: 's', uri: 'note://one' })],
      [text('Water the plants.')],
    );
    const { result } = await world.ask('What does the note say?', options);
    expect(result).toMatchObject({ subtype: 'success', permission_denials: [] });
    const told = lastRequest();
    expect(told).toContain('note://one');
    expect(told).toContain('The note says: water the plants.');
  });

  it('are not read without permission', async () => {
    world.server.script(
      [toolUse('ReadMcpResourceTool', { server: 's', uri: 'note://one' })],
      [text('I could not.')],
    );
    const { result } = await world.ask('What does the note say?', { mcpServers: { s: server } });
    expect(result.permission_denials).toMatchObject([{ tool_name: 'ReadMcpResourceTool' }]);
    expect(lastRequest()).not.toContain('water the plants');
  });

  it('that are not there are an error for the model', async () => {
    world.server.script(
      [toolUse('ReadMcpResourceTool', { server: 's', uri: 'note://none' })],
      [toolUse('ReadMcpResourceTool', { server: 'nobody', uri: 'note://one' })],
      [text('No.')],
    );
    await world.ask('Read it.', { ...options, allowedTools: ['mcp__s', 'ReadMcpResourceTool'] });
    const told = lastRequest();
    expect(told).toContain('note://none not found');
    expect(told).toContain('There is no MCP server named');
  });
});

describe('the prompts of an MCP server', () => {
  it('are commands: the model reads what the server makes of one, and nothing of it is run', async () => {
    await world.write('secret.txt', 'the secret');
    world.server.script([text('Hello Ada.')]);
    const { result } = await world.ask('/mcp__s__greet "Ada Lovelace" very warm', {
      ...options,
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
    });
    expect(result).toMatchObject({ subtype: 'success', result: 'Hello Ada.' });
    const told = lastRequest();
    expect(told).toContain('Greet Ada Lovelace in a very warm tone.');
    expect(told).not.toContain('the secret');
    expect(await world.isThere('pwned')).toBe(false);
  });

  it('are listed once the server is there', async () => {
    world.server.script([text('Hello.')]);
    const session = world.open(options);
    await session.ask('Hello.');
    expect(await session.query.supportedCommands()).toContainEqual(
      expect.objectContaining({ name: 'mcp__s__greet', argumentHint: '<who> [tone]' }),
    );
    const init = session.messages.find((message) => message.type === 'system' && message.subtype === 'init');
    expect(init).toMatchObject({ slash_commands: expect.arrayContaining(['mcp__s__greet']) });
  });

  it('end with an error result when an argument is missing', async () => {
    const session = world.open(options);
    world.server.script([text('Hello.')]);
    await session.ask('Hello.');
    const result = await session.ask('/mcp__s__greet');
    expect(result).toMatchObject({ is_error: true, errors: [expect.stringContaining('needs more: who')] });
  });
});
