/** What the official Agent SDK must be able to do with Belay: turns, their messages, and how they end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import {
  gate,
  httpError,
  reset,
  stop,
  text,
  thinking,
  toolUse,
  toolUseText,
} from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body);

describe('a turn', () => {
  it('answers a prompt', async () => {
    world.server.script([text('Hello, world.')]);
    const { messages, result, thrown } = await world.ask('Say hello.');
    expect(thrown).toBeUndefined();
    expect(result).toMatchObject({
      subtype: 'success',
      is_error: false,
      result: 'Hello, world.',
      num_turns: 1,
      stop_reason: 'end_turn',
      permission_denials: [],
      usage: { output_tokens: 20 },
      modelUsage: { 'claude-opus-5-5': { outputTokens: 20, costBasis: 'list' } },
      duration_ms: expect.any(Number),
      duration_api_ms: expect.any(Number),
      total_cost_usd: expect.any(Number),
      uuid: expect.any(String),
    });
    const [assistant] = messages.filter((message) => message.type === 'assistant');
    expect(assistant?.message.content).toMatchObject([{ type: 'text', text: 'Hello, world.' }]);
    const init = messages.find((message) => message.type === 'system' && message.subtype === 'init');
    expect(init).toMatchObject({
      cwd: world.folder,
      model: 'claude-opus-5-5',
      permissionMode: 'default',
      apiKeySource: 'ANTHROPIC_API_KEY',
      session_id: result.session_id,
    });
    expect(messages.filter((message) => message.type === 'stream_event')).toEqual([]);
    expect(messages.filter((message) => message.type === 'user')).toEqual([]);
  });

  it('passes on the raw events of a reply when they are asked for', async () => {
    world.server.script([thinking('Hm.'), text('Hel', 'lo.')]);
    const { messages } = await world.ask('Say hello.', { includePartialMessages: true });
    const events = messages.flatMap((message) => (message.type === 'stream_event' ? [message.event] : []));
    expect(events[0]?.type).toBe('message_start');
    expect(events.at(-1)?.type).toBe('message_stop');
    const deltas = events.flatMap((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? [event.delta.text] : [],
    );
    expect(deltas).toEqual(['Hel', 'lo.']);
  });

  it('shows what the model thinks, and sends it back with its signature', async () => {
    await world.write('a.txt', 'one');
    world.server.script([thinking('I look first.'), toolUse('Read', { file_path: 'a.txt' })], [text('One.')]);
    const { messages, result } = await world.ask('What is in a.txt?');
    const blocks = messages.flatMap((message) =>
      message.type === 'assistant' ? message.message.content : [],
    );
    expect(blocks[0]).toMatchObject({ type: 'thinking', thinking: 'I look first.' });
    expect(result).toMatchObject({ subtype: 'success', result: 'One.', num_turns: 2 });
  });

  it('reads one file after the other, as long as the model asks for more', async () => {
    await world.write('a.txt', 'look into b.txt');
    await world.write('b.txt', 'look into c.txt');
    await world.write('c.txt', 'the end');
    const read = (file_path: string) => toolUse('Read', { file_path });
    world.server.script([read('a.txt')], [read('b.txt')], [read('c.txt')], [text('All three.')]);
    const { messages, result } = await world.ask('Follow them.');
    expect(result).toMatchObject({ subtype: 'success', result: 'All three.', num_turns: 4 });
    expect(messages.filter(({ type }) => type === 'assistant' || type === 'user')).toHaveLength(7);
    for (const content of ['look into b.txt', 'look into c.txt', 'the end'])
      expect(lastRequest()).toContain(content);
  });

  it('reads side by side and pairs the results with their calls, in order', async () => {
    await world.write('a.txt', 'first');
    await world.write('b.txt', 'second');
    world.server.script(
      [
        toolUse('Read', { file_path: 'a.txt' }, { id: 'toolu_a' }),
        toolUse('Read', { file_path: 'b.txt' }, { id: 'toolu_b' }),
      ],
      [text('Both.')],
    );
    const { messages } = await world.ask('Read both.');
    const results = messages.flatMap((message) =>
      message.type === 'user' && Array.isArray(message.message.content) ? message.message.content : [],
    );
    expect(results).toMatchObject([
      { type: 'tool_result', tool_use_id: 'toolu_a', content: expect.stringContaining('first') },
      { type: 'tool_result', tool_use_id: 'toolu_b', content: expect.stringContaining('second') },
    ]);
  });

  it('tells the model of a tool that is not there and of input that does not fit', async () => {
    world.server.script(
      [toolUse('Nonsense', {}), toolUse('Read', { path: 1 }), toolUseText('Read', '{"file_path": ')],
      [text('I see.')],
    );
    const { result } = await world.ask('Go.');
    expect(result).toMatchObject({ subtype: 'success', result: 'I see.' });
    expect(lastRequest()).toContain('There is no tool named');
    expect(lastRequest()).toContain('does not fit its schema');
    expect(lastRequest()).toContain('not valid JSON');
  });

  it('ends at the limit of turns', async () => {
    await world.write('a.txt', 'one');
    world.server.script([toolUse('Read', { file_path: 'a.txt' })], [toolUse('Read', { file_path: 'a.txt' })]);
    const { result, thrown } = await world.ask('Read on.', { maxTurns: 2 });
    expect(result).toMatchObject({ subtype: 'error_max_turns', is_error: true, num_turns: 2 });
    expect(String(thrown)).toContain('The limit on model requests in one turn was reached.');
  });

  it('ends at the limit of cost', async () => {
    await world.write('a.txt', 'one');
    world.server.script([toolUse('Read', { file_path: 'a.txt' })]);
    const { result } = await world.ask('Read on.', { maxBudgetUsd: 0.000001 });
    expect(result).toMatchObject({
      subtype: 'error_max_budget_usd',
      is_error: true,
      errors: [expect.stringContaining('cost')],
    });
  });

  it('asks again after 429 and 529, and says so', async () => {
    world.server.script(
      [httpError(429, 'rate_limit_error', { headers: { 'retry-after': '0' } })],
      [httpError(529, 'overloaded_error', { headers: { 'retry-after': '0' } })],
      [text('At last.')],
    );
    const { messages, result } = await world.ask('Go.');
    expect(result).toMatchObject({ subtype: 'success', result: 'At last.' });
    const retries = messages.filter(
      (message) => message.type === 'system' && message.subtype === 'api_retry',
    );
    expect(retries).toMatchObject([
      { attempt: 1, error_status: 429, error: 'rate_limit' },
      { attempt: 2, error_status: 529, error: 'overloaded' },
    ]);
  });

  it('asks again when the connection breaks before anything was said', async () => {
    world.server.script([reset()], [text('A whole one.')]);
    expect((await world.ask('Go.')).result).toMatchObject({ subtype: 'success', result: 'A whole one.' });
  });

  it('says at once that a key is refused', async () => {
    world.server.script([httpError(401, 'authentication_error', { message: 'invalid x-api-key' })]);
    const { result, thrown } = await world.ask('Go.');
    expect(result).toMatchObject({
      subtype: 'error_during_execution',
      is_error: true,
      api_error_status: 401,
      errors: [expect.stringMatching(/key/i)],
    });
    expect(String(thrown)).toMatch(/key/i);
    expect(world.server.requests).toHaveLength(1);
  });

  it('says that there is no key', async () => {
    const { result } = await world.ask('Go.', {
      env: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: undefined },
    });
    expect(result).toMatchObject({ subtype: 'error_during_execution', is_error: true });
    expect(world.server.requests).toHaveLength(0);
  });

  it('hands on what a reply that was cut off says', async () => {
    world.server.script([text('Half'), stop('max_tokens')]);
    expect((await world.ask('Go.')).result).toMatchObject({
      subtype: 'success',
      result: 'Half',
      stop_reason: 'max_tokens',
    });
  });
});

describe('the system prompt', () => {
  it("is Belay's own when nothing is said of it", async () => {
    world.server.script([text('Yes.')]);
    await world.ask('Go.');
    expect(JSON.stringify(world.server.requests[0]?.body.system)).toContain('You are Belay');
  });

  it('is the one that was given', async () => {
    world.server.script([text('Yes.')]);
    await world.ask('Go.', { systemPrompt: 'You are a parrot.' });
    const system = JSON.stringify(world.server.requests[0]?.body.system);
    expect(system).toContain('You are a parrot.');
    expect(system).not.toContain('You are Belay');
  });

  it('has at its end what was appended', async () => {
    world.server.script([text('Yes.')]);
    await world.ask('Go.', {
      systemPrompt: { type: 'preset', preset: 'claude_code', append: 'Speak like a parrot.' },
    });
    const system = JSON.stringify(world.server.requests[0]?.body.system);
    expect(system).toContain('You are Belay');
    expect(system).toContain('Speak like a parrot.');
  });
});

describe('a conversation', () => {
  it('keeps what was said', async () => {
    world.server.script([text('Hello, Ada.')], [text('Ada.')]);
    const session = world.open();
    await session.ask('I am Ada.');
    expect(await session.ask('Who am I?')).toMatchObject({ result: 'Ada.', num_turns: 1 });
    expect(lastRequest()).toContain('I am Ada.');
    expect(lastRequest()).toContain('Hello, Ada.');
  });

  it('takes up one after the other what was sent at once, also when the input is closed behind it', async () => {
    world.server.script([text('One.')], [text('Two.')], [text('Three.')]);
    const session = world.open();
    for (const prompt of ['a', 'b', 'c']) session.send(prompt);
    await session.end();
    const results = session.messages.flatMap((message) =>
      message.type === 'result' && message.subtype === 'success' ? [message.result] : [],
    );
    expect(results).toEqual(['One.', 'Two.', 'Three.']);
  });

  it('is interrupted, and goes on', async () => {
    let release: (value: unknown) => void = () => undefined;
    const gone = new Promise((resolve) => {
      release = resolve;
    });
    world.server.script([text('It begins'), gate(gone)], [text('Here again.')]);
    const session = world.open({ includePartialMessages: true });
    session.send('Go.');
    await session.until(
      (message): message is typeof message & { type: 'stream_event' } => message.type === 'stream_event',
    );
    await session.query.interrupt();
    release(undefined);
    expect(await session.result(1)).toMatchObject({ subtype: 'error_during_execution', is_error: true });
    expect(await session.ask('And now?')).toMatchObject({ subtype: 'success', result: 'Here again.' });
    await session.end();
  });

  it('ends when it is aborted, with its commands', async () => {
    const abort = new AbortController();
    world.server.script([toolUse('Bash', { command: 'touch started; sleep 1000' })]);
    const session = world.open({ abortController: abort, allowedTools: ['Bash'] });
    session.send('Go.');
    await expect.poll(() => world.isThere('started'), { timeout: 20_000 }).toBe(true);
    abort.abort();
    await session.end();
    expect(session.messages.some(({ type }) => type === 'result')).toBe(false);
  });

  it('changes the model', async () => {
    world.server.script([text('One.')], [text('Two.')]);
    const session = world.open();
    await session.ask('a');
    await session.query.setModel('claude-haiku-5-5');
    await session.ask('b');
    expect(world.server.requests.map(({ body }) => body.model)).toEqual([
      'claude-opus-5-5',
      'claude-haiku-5-5',
    ]);
  });

  it('says again each prompt it takes up, when that is asked for', async () => {
    world.server.script([text('Yes.')]);
    const session = world.open({ extraArgs: { 'replay-user-messages': null } });
    const uuid = crypto.randomUUID();
    await session.ask('Are you there?', { uuid });
    expect(session.messages.filter(({ type }) => type === 'user')).toMatchObject([{ uuid, isReplay: true }]);
  });

  it('lists models and commands, and says how full the context is', async () => {
    world.server.script([text('Yes.')]);
    const session = world.open();
    const models = await session.query.supportedModels();
    expect(models.map(({ value }) => value)).toContain('claude-opus-5-5');
    expect(await session.query.supportedCommands()).toEqual(expect.any(Array));
    expect(await session.query.mcpServerStatus()).toEqual([]);
    await session.ask('Go.');
    expect(await session.query.getContextUsage()).toMatchObject({
      model: 'claude-opus-5-5',
      totalTokens: expect.any(Number),
      categories: expect.any(Array),
    });
    expect(await session.query.initializationResult()).toMatchObject({ output_style: 'default' });
  });

  it('is closed', async () => {
    const session = world.open();
    await session.query.initializationResult();
    session.query.close();
    await session.end();
    expect(session.messages.filter(({ type }) => type === 'result')).toEqual([]);
  });
});
