// A server that asks the model in the middle of a call: the official server that shows everything, and one inside the client.
import type { CreateMessageRequestParamsBase } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createNodeMcpConnector } from '../../../../src/node/mcpTransports.ts';
import type { RequestOf } from '../../../../src/protocol/control.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { createClientServer } from '../../../support/mcp/clientServer.ts';
import { everything } from '../../../support/mcp/serverCommands.ts';
import { reply } from '../../../support/scriptedModel.ts';

const open: Harness[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ agent }) => agent.close()));
});

type Asked = RequestOf<'belay/mcp_sample'>;

const TOOL = 'mcp__every__trigger-sampling-request';
const done = reply([{ type: 'text', text: 'done' }]);
const answer = reply([{ type: 'text', text: 'A poem.' }], { outputTokens: 7, stopReason: 'max_tokens' });
const use = (name: string, input: unknown = {}) =>
  reply([{ type: 'tool_use', id: crypto.randomUUID(), name, input }]);

function start(setup: HarnessOptions) {
  const asked: Asked[] = [];
  const harness = createHarness({
    ...setup,
    options: { sampling: true, mcpServers: { every: everything }, ...setup.options },
    onSample: async (request, signal) => {
      asked.push(request);
      return setup.onSample?.(request, signal) ?? { action: 'accept' };
    },
    ports: {
      clock: createNodeClock(),
      mcp: createNodeMcpConnector({ cwd: process.cwd(), platform: 'linux', env: process.env }),
    },
  });
  open.push(harness);
  return { harness, asked };
}

function lastResult({ ofType }: Harness): string {
  const results = ofType('user').flatMap(({ message: { content } }) =>
    typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result'),
  );
  return JSON.stringify(results.at(-1));
}

describe('what the official server asks the model', () => {
  const prompt = { prompt: 'Write a poem.', maxTokens: 60 };

  it('is asked as it was shown, once a person agrees, and costs the session something', async () => {
    const { harness, asked } = start({ replies: [use(TOOL, prompt), answer, done] });
    const result = await harness.ask('Write.');
    const [, sampled] = harness.model.requests;
    expect(asked).toEqual([
      {
        mcp_server_name: 'every',
        messages: [
          {
            role: 'user',
            content: [{ type: 'text', text: 'Resource trigger-sampling-request context: Write a poem.' }],
          },
        ],
        system_prompt: 'You are a helpful test server.',
        model: sampled?.model,
        max_tokens: 60,
      },
    ]);
    expect(sampled).toMatchObject({
      system: ['You are a helpful test server.'],
      tools: [],
      messages: asked[0]?.messages,
      maxTokens: 60,
    });
    expect(lastResult(harness)).toContain('A poem.');
    expect(lastResult(harness)).toContain('maxTokens');
    const usages = Object.values(result.modelUsage);
    expect(usages.map(({ outputTokens }) => outputTokens)).toEqual([10 + 7 + 10]);
    const { entries } = await harness.peer.request('belay/mcp_log', { serverName: 'every' });
    expect(entries.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('It asked the model something: claude-opus-5-5 answered 7 characters.'),
    );
  });

  it('is not asked when a person does not want it, and the call goes wrong', async () => {
    const { harness } = start({
      replies: [use(TOOL, prompt), done],
      onSample: async () => ({ action: 'decline' }),
    });
    await harness.ask('Write.');
    expect(lastResult(harness)).toContain('The user did not want the model to be asked.');
    expect(harness.model.requests).toHaveLength(2);
  });

  it('is not offered where nobody could say yes', async () => {
    const { harness } = start({ replies: [done], options: { sampling: false } });
    await harness.ask('Hello.');
    const names = harness.model.requests[0]?.tools.map(({ name }) => name);
    expect(names).toContain('mcp__every__echo');
    expect(names).not.toContain(TOOL);
  });
});

describe('what a server asks the model', () => {
  async function ask(params: CreateMessageRequestParamsBase, setup: Partial<HarnessOptions> = {}) {
    const inside = await createClientServer((server) => {
      server.registerTool('ask', { description: 'Asks' }, async (_extra) => ({
        content: [{ type: 'text', text: JSON.stringify(await server.server.createMessage(params)) }],
      }));
    });
    const started = start({
      replies: [use('mcp__every__ask'), answer, done],
      ...setup,
      onMcpMessage: inside.answer,
      options: { mcpServers: { every: { type: 'sdk' } }, ...setup.options },
    });
    inside.say = (message) =>
      void started.harness.peer.request('mcp_message', { server_name: 'every', message: { ...message } });
    return started;
  }
  const text = { type: 'text' as const, text: 'Hello' };

  it('may hold pictures and more than one part, and says which model it would like', async () => {
    const { harness, asked } = await ask({
      messages: [
        { role: 'user', content: [text, { type: 'image', mimeType: 'image/png', data: 'aGk=' }] },
        { role: 'assistant', content: text },
        { role: 'user', content: text },
      ],
      modelPreferences: { hints: [{ name: 'small' }, { name: 'any' }] },
      maxTokens: 1_000_000,
    });
    await harness.ask('Go.');
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    expect(asked).toMatchObject([
      {
        messages: [
          { role: 'user', content: [text, picture] },
          { role: 'assistant', content: [text] },
          { role: 'user', content: [text] },
        ],
        model_hints: ['small', 'any'],
      },
    ]);
    expect(harness.model.requests[1]?.system).toEqual([]);
    expect(harness.model.requests[1]?.maxTokens).toBeLessThan(1_000_000);
  });

  it.each([
    [
      'sounds',
      'Only texts and pictures',
      [{ role: 'user' as const, content: { type: 'audio' as const, mimeType: 'audio/wav', data: '' } }],
    ],
    [
      'drawings',
      'Only texts and pictures',
      [{ role: 'user' as const, content: { type: 'image' as const, mimeType: 'image/svg+xml', data: '' } }],
    ],
    ['nothing', 'There is no message', []],
  ])('is refused without a question where it holds %s', async (_what, problem, messages) => {
    const { harness, asked } = await ask(
      { messages, maxTokens: 10 },
      { replies: [use('mcp__every__ask'), done] },
    );
    await harness.ask('Go.');
    expect(asked).toEqual([]);
    expect(lastResult(harness)).toContain(problem);
  });

  it('is withdrawn when the turn is stopped, and nothing is asked', async () => {
    let withdrawn = false;
    const { harness } = await ask(
      { messages: [{ role: 'user', content: text }], maxTokens: 10 },
      {
        onSample: (_request, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              withdrawn = true;
              resolve({ action: 'accept' });
            });
            void harness.agent.interrupt();
          }),
      },
    );
    await harness.ask('Go.');
    expect(withdrawn).toBe(true);
    expect(harness.model.requests).toHaveLength(1);
  });

  it('is not asked once the session has cost what it may', async () => {
    const { harness, asked } = await ask(
      { messages: [{ role: 'user', content: text }], maxTokens: 10 },
      { options: { maxBudgetUsd: 0.000001, mcpServers: { every: { type: 'sdk' } } } },
    );
    await harness.ask('Go.');
    expect(asked).toEqual([]);
  });
});
