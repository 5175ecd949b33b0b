/** Whole conversations against the strict server: thinking goes back where it is valid, and is left out where it isn't. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAnthropicModel } from '../../../../src/core/model/anthropicModel.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import { buildModelMessages, type ModelInput } from '../../../../src/core/model/toApiMessages.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import type { ApiReply } from '../../../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../../../src/stream/accumulator.ts';
import { type ModelServer, startModelServer } from '../../../support/modelServer/startModelServer.ts';
import * as say from '../../../support/modelServer/steps.ts';
import { createManualClock } from './manualClock.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(async () => {
  server.assertNoRefusals();
  await server.close();
});

interface Session {
  model: string;
  system: string[];
  thinkingVoidUpTo?: string;
  readonly history: ModelInput[];
}

function startSession(): Session {
  return { model: 'claude-sonnet-5-5', system: ['You help.'], history: [] };
}

async function ask(session: Session, ...said: (string | ContentBlock)[]): Promise<ApiReply> {
  const content = said.map(
    (part): ContentBlock => (typeof part === 'string' ? { type: 'text', text: part } : part),
  );
  if (content.length > 0) session.history.push({ type: 'user', message: { role: 'user', content } });
  const table = createModelTable();
  const streamModel = createAnthropicModel({
    secrets: { get: async () => 'sk-ant-test' },
    baseUrl: () => server.url,
    clock: createManualClock(),
    models: () => table,
  });
  const accumulator = new Accumulator();
  const messages = buildModelMessages(session.history, {
    model: session.model,
    thinkingVoidUpTo: session.thinkingVoidUpTo,
  });
  const request = { model: session.model, system: session.system, tools: [], messages, maxTokens: 8000 };
  for await (const event of streamModel(request, new AbortController().signal)) accumulator.push(event);
  const reply = accumulator.finish();
  const uuid = `reply-${session.history.length}`;
  session.history.push({ type: 'assistant', uuid, message: { ...reply, content: [...reply.content] } });
  return reply;
}

function resultsOf({ content }: ApiReply): ContentBlock[] {
  return content.flatMap((block) =>
    block.type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block.id, content: 'ok' }] : [],
  );
}

function thoughtsIn(index: number): number {
  const messages = server.requests[index]?.body.messages ?? [];
  return JSON.stringify(messages).split('"type":"thinking"').length - 1;
}

const thoughtful = [
  say.thinking('A'),
  say.text('Looking.'),
  say.thinking('B'),
  say.redactedThinking(),
  say.toolUse('Read', { file_path: 'a' }),
  say.toolUse('Read', { file_path: 'b' }),
];

test('over turns, tool calls, notices and cache marks all thinking goes back as it came', async () => {
  const session = startSession();
  server.script(
    thoughtful,
    [say.thinking('C'), say.text('Done.')],
    [say.thinking('D'), say.toolUse('Read', {})],
    [say.text('End.')],
  );
  const first = await ask(session, 'first', { type: 'cache_point' });
  await ask(session, ...resultsOf(first));
  session.history.push({ type: 'notice', text: 'The mode is now plan.' });
  const third = await ask(session, 'second');
  await ask(session, ...resultsOf(third));
  expect([0, 1, 2, 3].map(thoughtsIn)).toEqual([0, 2, 3, 4]);
});

test('F17 a call whose input was no JSON goes back with an empty one, and the thinking behind it stays valid', async () => {
  const session = startSession();
  server.script(
    [
      say.thinking('A'),
      say.toolUseText('Read', '{"file_path": oops'),
      say.thinking('B'),
      say.toolUse('Read', {}),
    ],
    [say.text('End.')],
  );
  const first = await ask(session, 'first');
  expect(first.content[1]).toMatchObject({ type: 'tool_use', input: {} });
  await ask(session, ...resultsOf(first));
  expect(thoughtsIn(1)).toBe(2);
});

test('another model does not get it, and the first has it again when it is asked again', async () => {
  const session = startSession();
  server.script(
    [say.thinking('A'), say.text('1')],
    [say.thinking('B'), say.text('2')],
    [say.thinking('C'), say.text('3')],
    [say.text('4')],
  );
  await ask(session, 'first');
  session.model = 'claude-opus-5-5';
  await ask(session, 'second');
  session.model = 'claude-sonnet-5-5';
  await ask(session, 'third');
  session.model = 'claude-opus-5-5';
  await ask(session, 'fourth');
  expect([1, 2, 3].map(thoughtsIn)).toEqual([0, 1, 1]);
});

test('a reply under a dated name counts as one of its family', async () => {
  const session = startSession();
  server.script(
    [say.saysModel('claude-sonnet-5-5-20260901'), say.thinking('A'), say.text('1')],
    [say.text('2')],
  );
  await ask(session, 'first');
  await ask(session, 'second');
  expect(thoughtsIn(1)).toBe(1);
});

test('after the prefix changed, what was thought before is left out, and what comes after stays valid', async () => {
  const session = startSession();
  server.script([say.thinking('A'), say.text('1')], [say.thinking('B'), say.text('2')], [say.text('3')]);
  await ask(session, 'first');
  session.system = ['You help, in another way.'];
  session.thinkingVoidUpTo = 'reply-1';
  await ask(session, 'second');
  await ask(session, 'third');
  expect([1, 2].map(thoughtsIn)).toEqual([0, 1]);
});

test('a model with a budget thinks, and goes on without where its turn began without', async () => {
  const session = startSession();
  session.model = 'claude-haiku-4-5';
  server.script([say.toolUse('Read', {})], [say.thinking('B'), say.text('2')], [say.text('3')]);
  const first = await ask(session, 'first');
  await ask(session, ...resultsOf(first));
  await ask(session, 'second');
  expect(server.requests.map(({ body }) => body.thinking !== undefined)).toEqual([true, false, true]);
});

test('F20 a reply that paused goes back as it is, and the two halves are one turn from then on', async () => {
  const session = startSession();
  const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } };
  server.script(
    [say.thinking('A'), say.block(search), say.stop('pause_turn')],
    [say.thinking('B'), say.text('found')],
    [say.text('3')],
  );
  await ask(session, 'first');
  await ask(session);
  await ask(session, 'second');
  expect(server.requests[2]?.body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(thoughtsIn(2)).toBe(2);
});

test('what the provider counts is in the reply', async () => {
  server.script([say.text('1'), say.usage({ output_tokens: 77, cache_read_input_tokens: 5 })]);
  const { usage } = await ask(startSession(), 'first');
  expect(usage).toMatchObject({ output_tokens: 77, cache_read_input_tokens: 5 });
});
