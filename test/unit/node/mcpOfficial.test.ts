// Official servers that nobody here wrote: files and a memory over a process, and the one that shows everything over HTTP.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Elicitation } from '../../../src/core/mcp/elicitation.ts';
import type { SampleQuestion } from '../../../src/core/mcp/sampling.ts';
import { filesystem, memory } from '../../support/mcp/serverCommands.ts';
import { createServerRig, type RigOptions, type ServerRig } from '../../support/mcp/serverRig.ts';
import { startHttpServer } from '../../support/mcp/startHttpServer.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function rig(options: RigOptions): ServerRig {
  const created = createServerRig(options);
  endings.push(() => created.mcp.close());
  return created;
}

const told = (answer: { readonly content: unknown }): string => JSON.stringify(answer.content);

describe('the server for files', () => {
  it('works in the roots of the session, and nowhere else', async () => {
    const [inside, outside] = [await temporaryFolder(), await temporaryFolder()];
    await writeFile(join(inside, 'note.txt'), 'water the plants');
    await writeFile(join(outside, 'secret.txt'), 'the secret');
    const { call, until } = rig({ servers: { files: filesystem() }, roots: [inside] });
    await until('files', 'connected');
    await expect
      .poll(async () => told(await call('mcp__files__list_allowed_directories')), { timeout: 10_000 })
      .toContain(inside);
    const read = (path: string) => call('mcp__files__read_text_file', { path });
    expect(told(await read(join(inside, 'note.txt')))).toContain('water the plants');
    expect(await read(join(outside, 'secret.txt'))).toMatchObject({ isError: true });
    const path = join(inside, 'new.txt');
    expect(await call('mcp__files__write_file', { path, content: 'new' })).toMatchObject({ isError: false });
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('is called failed with its words when the folder it is given is not there', async () => {
    const { names, statusOf } = rig({ servers: { files: filesystem('/no/such/folder') } });
    expect(await names()).toEqual([]);
    expect(statusOf('files')).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(/^The server ended with exit code 1\. Its last words: /),
    });
  });
});

describe('the server for a memory', () => {
  const entity = { name: 'Ada', entityType: 'person', observations: ['likes trains'] };

  it('remembers over a reconnect', async () => {
    const file = join(await temporaryFolder(), 'memory.jsonl');
    const { mcp, call } = rig({ servers: { memory: memory(file) } });
    expect(await call('mcp__memory__create_entities', { entities: [entity] })).toMatchObject({
      isError: false,
    });
    await mcp.reconnect('memory');
    expect(told(await call('mcp__memory__search_nodes', { query: 'Ada' }))).toContain('likes trains');
    expect(await readFile(file, 'utf8')).toContain('likes trains');
  });
});

describe('the server that shows everything, over HTTP', () => {
  async function everythingRig(options: RigOptions = {}): Promise<ServerRig> {
    const server = await startHttpServer('streamableHttp');
    endings.push(() => server.kill());
    return rig({ servers: { every: { type: 'http', url: server.url } }, ...options });
  }

  it('tells how far a call is, and goes on when one is cancelled', async () => {
    const { call, statusOf } = await everythingRig();
    const long = 'mcp__every__trigger-long-running-operation';
    const done = await call(long, { duration: 0.2, steps: 2 });
    expect(done).toMatchObject({ isError: false, progress: ['1 of 2\n', '2 of 2\n'] });
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new Error('stopped'));
    const cancelled = call(long, { duration: 60, steps: 600 }, { signal: stop.signal, onProgress });
    await expect(cancelled).rejects.toThrow('stopped');
    expect(told(await call('mcp__every__echo', { message: 'still there' }))).toContain('still there');
    expect(statusOf('every')?.status).toBe('connected');
  });

  it('is told the roots, and its log is kept', async () => {
    const { mcp, call, until } = await everythingRig();
    await until('every', 'connected');
    const roots = told(await call('mcp__every__get-roots-list'));
    expect(roots).toContain('file:///w');
    expect(roots).toContain('file:///my%20folder');
    await call('mcp__every__toggle-simulated-logging');
    await expect
      .poll(() => mcp.log('every').filter(({ level }) => level !== 'belay' && level !== 'stderr'), {
        timeout: 20_000,
      })
      .not.toEqual([]);
  });

  it('asks the person and the model in the middle of a call', async () => {
    const [forms, samples]: [Elicitation[], SampleQuestion[]] = [[], []];
    const { call } = await everythingRig({
      elicit: async (asked) => {
        forms.push(asked);
        return { action: 'accept', content: { name: 'Sam' } };
      },
      sample: async (asked) => {
        samples.push(asked);
        return { kind: 'answer', text: 'A poem.', model: 'm', stopReason: 'end_turn' };
      },
    });
    const filled = await call('mcp__every__trigger-elicitation-request');
    expect(told(filled)).toContain('Name: Sam');
    const sampled = await call('mcp__every__trigger-sampling-request', { prompt: 'Write.', maxTokens: 10 });
    expect(told(sampled)).toContain('A poem.');
    expect([forms.length, samples.length]).toEqual([1, 1]);
  });

  it('has resources and prompts', async () => {
    const { mcp, until } = await everythingRig();
    await until('every', 'connected');
    const listed = await mcp.listResources('every');
    const [first] = listed.kind === 'answer' ? listed.value : [];
    const read = await mcp.readResource('every', first?.uri ?? '', new AbortController().signal);
    expect(read).toMatchObject({ kind: 'answer' });
    const prompt = await mcp.findPrompt('mcp__every__simple-prompt');
    expect(await prompt?.get({}, new AbortController().signal)).toMatchObject({ kind: 'answer' });
  });
});
