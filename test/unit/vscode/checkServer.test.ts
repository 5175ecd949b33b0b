import { describe, expect, it } from 'vitest';
import { checkServer } from '../../../src/vscode/checkServer.ts';

describe('a check of a server', () => {
  it('finds the models of a server that works', async () => {
    const { check, asked } = server({ 'GET /v1/models': json(200, { data: [{ id: 'a' }, { id: 'b' }] }) });
    expect(await check({ model: '' })).toEqual({ kind: 'works', models: ['a', 'b'] });
    expect(asked).toEqual(['GET http://localhost:8080/v1/models']);
  });

  it('tries a model that the server does not list', async () => {
    const answers = {
      'GET /v1/models': json(404, {}),
      'POST /v1/messages': json(200, { type: 'message', content: [] }),
    };
    expect(await server(answers).check({ model: 'mine' })).toEqual({ kind: 'works', models: ['mine'] });
  });

  it.each([
    ['no address', { baseUrl: 'localhost' }, {}, 'Enter an address'],
    ['nobody there', {}, {}, 'Nothing answers at http://localhost:8080 (ECONNREFUSED)'],
    ['a key is wanted', {}, { 'GET /v1/models': json(401, {}) }, 'does not accept the key'],
    ['no list and no model', { model: '' }, { 'GET /v1/models': json(404, {}) }, 'Enter the name of a model'],
    [
      'a model it does not have',
      { model: 'mine' },
      {
        'GET /v1/models': json(200, { data: [{ id: 'theirs' }] }),
        'POST /v1/messages': json(404, { error: { message: 'no such model' } }),
      },
      'It says: no such model It lists: theirs.',
    ],
    [
      'a page that is no API',
      { model: 'mine' },
      { 'GET /v1/models': html, 'POST /v1/messages': html },
      'gave no reply of “mine” (status 200)',
    ],
  ])('says what is wrong: %s', async (_what, options, answers, expected) => {
    const result = await server(answers).check(options);
    expect(result).toMatchObject({ kind: 'problem', problem: expect.stringContaining(expected) });
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    stop.abort(new Error('closed'));
    await expect(server({}).check({}, stop.signal)).rejects.toThrow();
  });
});

const html = (): Response => new Response('<html>', { status: 200 });

function json(status: number, body: object): () => Response {
  return () => new Response(JSON.stringify(body), { status });
}

/** Answers by "METHOD /path"; anything else is a refused connection. */
function server(answers: Readonly<Record<string, () => Response>>) {
  const asked: string[] = [];
  const fakeFetch = (async (url: string, init?: RequestInit) => {
    const method = init?.method ?? 'GET';
    asked.push(`${method} ${url}`);
    const answer = answers[`${method} ${new URL(url).pathname}`];
    if (answer !== undefined) return answer();
    throw new TypeError('fetch failed', {
      cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    });
  }) as typeof fetch;
  const check = (
    options: { readonly baseUrl?: string; readonly model?: string },
    signal = new AbortController().signal,
  ) =>
    checkServer({
      baseUrl: 'http://localhost:8080',
      model: 'mine',
      headers: {},
      fetch: fakeFetch,
      signal,
      ...options,
    });
  return { check, asked };
}
