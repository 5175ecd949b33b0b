import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { everything, naughty } from '../../support/mcp/serverCommands.ts';
import { createServerRig, type RigOptions, type ServerRig } from '../../support/mcp/serverRig.ts';

const rigs: ServerRig[] = [];

function rig(options: RigOptions): ServerRig {
  const created = createServerRig(options);
  rigs.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(rigs.splice(0).map(({ mcp }) => mcp.close()));
});

function textOf(content: unknown): string {
  if (!Array.isArray(content)) throw new Error('the answer has no blocks');
  return content.map((block: { text?: string }) => block.text ?? '').join('');
}

/** A process that has ended may still stand in the table until somebody asks how it ended. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the official server that shows everything', () => {
  it('is connected, lists its tools, and says who it is', async () => {
    const { mcp, names, statusOf } = rig({ servers: { everything } });
    expect(await names()).toContain('mcp__everything__echo');
    const status = statusOf('everything');
    expect(status).toMatchObject({
      name: 'everything',
      status: 'connected',
      config: { type: 'stdio', command: process.execPath },
    });
    expect(status?.serverInfo?.name).toMatch(/everything/);
    expect(await mcp.instructions()).toMatch(/^# MCP servers[\s\S]*## everything/);
  });

  it('answers with text, images, resources and structured content', async () => {
    const { call, names } = rig({ servers: { everything } });
    expect(await call('mcp__everything__echo', { message: 'hello' })).toMatchObject({
      content: [{ type: 'text', text: 'Echo: hello' }],
      isError: false,
    });
    const image = await call('mcp__everything__get-tiny-image');
    expect(image.content).toContainEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: expect.stringMatching(/^iVBOR/) },
    });
    const all = await names();
    const structured = all.find((name) => name.includes('structured'));
    const answer = await call(structured ?? '', { location: 'New York' });
    expect(textOf(answer.content)).toMatch(/temperature/);
  });

  it('tells how far a long call is', async () => {
    const { call } = rig({ servers: { everything } });
    const name = 'mcp__everything__trigger-long-running-operation';
    const { progress, isError } = await call(name, { duration: 0.2, steps: 2 });
    expect(isError).toBe(false);
    expect(progress).toEqual(['1 of 2\n', '2 of 2\n']);
  });

  it('answers to input that it does not take with an error', async () => {
    const { call } = rig({ servers: { everything } });
    expect(await call('mcp__everything__echo', {})).toMatchObject({ isError: true });
  });
});

describe('a server that misbehaves', () => {
  it('is called failed with its last words when it ends at once', async () => {
    const { names, statusOf } = rig({ servers: { bad: naughty('die') } });
    expect(await names()).toEqual([]);
    expect(statusOf('bad')).toMatchObject({
      status: 'failed',
      error: 'The server ended with exit code 3. Its last words: no configuration was found',
    });
  });

  it('is called failed when there is no such program', async () => {
    const { names, statusOf } = rig({ servers: { bad: { type: 'stdio', command: 'no-such-program-here' } } });
    expect(await names()).toEqual([]);
    expect(statusOf('bad')).toMatchObject({
      status: 'failed',
      error: 'no-such-program-here was not found. Is it installed, and on the PATH?',
    });
  });

  it('is called failed when it never answers', async () => {
    const { names, statusOf } = rig({ servers: { bad: naughty('silent') }, limits: { connectMs: 300 } });
    expect(await names()).toEqual([]);
    expect(statusOf('bad')).toMatchObject({ status: 'failed', error: 'It did not answer in time.' });
  });

  it('is called failed when it sends a message without an end', async () => {
    const { names, statusOf } = rig({ servers: { bad: naughty('flood') } });
    expect(await names()).toEqual([]);
    expect(statusOf('bad')).toMatchObject({
      status: 'failed',
      error: 'It sent a message of more than 10 MB, so it was ended.',
    });
  });

  it('is understood all the same when it prints what is no message', async () => {
    const { names } = rig({ servers: { chatty: naughty('junk') } });
    expect(await names()).toContain('mcp__chatty__pid');
  });

  it('gives an error when it dies in a call, and is started again', async () => {
    const { call, until } = rig({ servers: { s: naughty() } });
    const first = textOf((await call('mcp__s__pid')).content);
    const died = await call('mcp__s__die');
    expect(died.isError).toBe(true);
    expect(textOf(died.content)).toBe(
      'The MCP server "s" gave no result. The server ended with exit code 7. Its last words: I was told to die',
    );
    await until('s', 'connected');
    const second = textOf((await call('mcp__s__pid')).content);
    expect(second).not.toBe(first);
    expect(isAlive(Number(first))).toBe(false);
  });

  it('is given up when it dies again and again', async () => {
    const { call, names, until } = rig({ servers: { s: naughty() }, limits: { restarts: 2 } });
    for (let round = 0; round < 3; round += 1) {
      await until('s', 'connected');
      await call('mcp__s__die');
    }
    expect(await until('s', 'failed')).toMatchObject({ error: expect.stringContaining('exit code 7') });
    expect(await names()).toEqual([]);
  });

  it('gives an error when a call takes too long, and goes on', async () => {
    const { call, statusOf } = rig({ servers: { s: naughty() }, limits: { callMs: 200 } });
    const waited = await call('mcp__s__wait');
    expect(textOf(waited.content)).toBe(
      'The MCP server "s" gave no result. It did not answer within 0.2 seconds.',
    );
    expect(statusOf('s')?.status).toBe('connected');
    expect((await call('mcp__s__pid')).isError).toBe(false);
  });

  it('gives an error when it floods in a call, and is ended', async () => {
    const { call } = rig({ servers: { s: naughty() } });
    const pid = Number(textOf((await call('mcp__s__pid')).content));
    const flooded = await call('mcp__s__flood');
    expect(flooded.isError).toBe(true);
    expect(textOf(flooded.content)).toContain('more than 10 MB');
    expect(isAlive(pid)).toBe(false);
  });

  it('gives an error when it never stops sending, and is ended', async () => {
    const { call } = rig({ servers: { s: naughty() } });
    const chattered = await call('mcp__s__chatter');
    expect(chattered.isError).toBe(true);
    expect(textOf(chattered.content)).toContain('far more messages than anybody could read');
  });

  it('has its long answers cut, with a word on it', async () => {
    const { call } = rig({ servers: { s: naughty() } });
    const { content } = await call('mcp__s__long');
    expect(textOf(content)).toMatch(/9\[The answer was cut: 200000 of 300000 characters are left out/);
  });

  it('has its errors passed on as errors', async () => {
    const { call } = rig({ servers: { s: naughty() } });
    expect(await call('mcp__s__fail')).toEqual({
      content: [{ type: 'text', text: 'that went wrong' }],
      isError: true,
      progress: [],
    });
  });
});

describe('the life of a server', () => {
  it('ends with all it has started when it is closed', async () => {
    const { call, mcp, until } = rig({ servers: { s: naughty() } });
    await until('s', 'connected');
    const pid = Number(textOf((await call('mcp__s__pid')).content));
    const child = Number(textOf((await call('mcp__s__child')).content));
    expect([isAlive(pid), isAlive(child)]).toEqual([true, true]);
    await mcp.close();
    expect([isAlive(pid), isAlive(child)]).toEqual([false, false]);
  });

  it('ends while it is still being connected', async () => {
    const { mcp, statusOf } = rig({ servers: { s: naughty('silent') } });
    await mcp.close();
    expect(statusOf('s')).toMatchObject({ status: 'failed', error: 'It was closed.' });
  });

  it('has a call cancelled with its turn', async () => {
    const { call, until } = rig({ servers: { s: naughty() } });
    await until('s', 'connected');
    const turn = new AbortController();
    const waiting = call(
      'mcp__s__wait',
      {},
      {
        signal: turn.signal,
        onProgress: () => turn.abort(new Error('stopped')),
      },
    );
    await expect(waiting).rejects.toThrow('stopped');
    expect(textOf((await call('mcp__s__cancelled')).content)).toBe('1');
  });

  it('gets none of the keys, but what it is given', async () => {
    const env = { ...process.env, ANTHROPIC_API_KEY: 'secret', GITHUB_TOKEN: 'secret', EDITOR_NAME: 'vi' };
    const config = naughty('good', { env: { SERVICE_KEY: 'given' } });
    const { call } = rig({ servers: { s: config }, env });
    const variables: Record<string, string> = JSON.parse(textOf((await call('mcp__s__environment')).content));
    expect(variables).toMatchObject({ SERVICE_KEY: 'given', EDITOR_NAME: 'vi' });
    expect(Object.values(variables)).not.toContain('secret');
  });

  it('can be switched off and on, and connected anew', async () => {
    const { call, mcp, names, statusOf } = rig({ servers: { s: naughty() } });
    const first = textOf((await call('mcp__s__pid')).content);
    await mcp.toggle('s', false);
    expect(statusOf('s')).toEqual({ name: 's', status: 'disabled', config: expect.anything() });
    expect(await names()).toEqual([]);
    expect(isAlive(Number(first))).toBe(false);
    await mcp.toggle('s', true);
    const second = textOf((await call('mcp__s__pid')).content);
    await mcp.reconnect('s');
    const third = textOf((await call('mcp__s__pid')).content);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('shows its new tools when its list changes, and tells the model of it', async () => {
    const { call, mcp, names, notices, statusOf } = rig({ servers: { s: naughty() } });
    const [offered] = (await mcp.tools()).filter(({ name }) => name === 'mcp__s__changing');
    const change = (await mcp.tools()).find(({ name }) => name === 'mcp__s__change');
    expect(change).toBeDefined();
    const told = new Promise<void>((resolve) => {
      const push = notices.push.bind(notices);
      notices.push = (...texts) => {
        resolve();
        return push(...texts);
      };
    });
    const running = change?.run({ add: true }, { signal: new AbortController().signal } as never);
    await running?.next();
    await told;
    expect([...notices]).toEqual([expect.stringContaining('"s" has changed its tools')]);
    expect(statusOf('s')?.tools?.map(({ name }) => name)).toContain('added');
    expect(await offered?.effects({}, {} as never)).toEqual([
      { kind: 'mcp', server: 's', tool: 'changing', changed: true },
    ]);
    expect(await names()).toContain('mcp__s__added');
    expect(textOf((await call('mcp__s__changing')).content)).toBe('something else');
  });
});

describe('setting servers', () => {
  it('adds, replaces and removes, and says what could not be connected', async () => {
    const { mcp, names } = rig({ servers: { first: naughty() } });
    expect(await mcp.set({ a: naughty(), bad: naughty('die') })).toEqual({
      added: ['a', 'bad'],
      removed: [],
      errors: { bad: expect.stringContaining('exit code 3') },
    });
    expect(await mcp.set({ a: naughty() })).toEqual({ added: [], removed: ['bad'], errors: {} });
    expect(await mcp.set({})).toEqual({ added: [], removed: ['a'], errors: {} });
    expect((await names()).every((name) => name.startsWith('mcp__first__'))).toBe(true);
    expect(await names()).not.toEqual([]);
  });
});
