import { afterEach, beforeEach, expect, test } from 'vitest';
import { listModels } from '../../../../src/core/model/listModels.ts';
import { MODELS } from '../../../../src/core/model/models.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import { type ModelServer, startModelServer } from '../../../support/modelServer/startModelServer.ts';
import { createManualClock } from './manualClock.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

function list(overrides: Partial<Parameters<typeof listModels>[0]> = {}) {
  const secrets = { get: async () => 'sk-ant-test' };
  const access = { secrets, baseUrl: () => server.url, clock: createManualClock(), ...overrides };
  return listModels(access, new AbortController().signal);
}

/** Answers as if a server had. */
function answering(body: unknown, status = 200): { readonly fetch: typeof fetch } {
  return {
    fetch: async () =>
      new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }),
  };
}

test('what the provider says of its models agrees with what Belay knows', async () => {
  const listed = await list();
  expect(listed.map(({ id }) => id)).toEqual(MODELS.map(({ id }) => id));
  const table = createModelTable({ listed });
  for (const row of MODELS) expect(table.get(row.id)).toEqual(row);
});

test('a model is taken with as much as is said of it, and one that is none left out', async () => {
  const data = [
    {
      id: 'claude-nova-6',
      max_input_tokens: 2_000_000,
      max_tokens: null,
      capabilities: { thinking: { types: { adaptive: { supported: true } } } },
    },
    { id: 'bare' },
    { name: 'no id' },
    { id: 'old', lifecycle: 'retired' },
  ];
  expect(await list(answering({ data }))).toEqual([
    { id: 'claude-nova-6', contextWindow: 2_000_000, thinking: 'adaptive' },
    { id: 'bare' },
  ]);
});

test.each<[number, unknown, string]>([
  [401, { type: 'error', error: { type: 'authentication_error', message: 'x' } }, 'authentication'],
  [404, 'Not found', 'bad_response'],
  [200, { models: [] }, 'bad_response'],
])('an answer of %i that is no list is a ModelError', async (status, body, kind) => {
  await expect(list(answering(body, status))).rejects.toMatchObject({ name: 'ModelError', kind });
});

test('without a key the Anthropic API is not asked', async () => {
  const secrets = { get: async () => undefined };
  await expect(list({ secrets, baseUrl: () => undefined })).rejects.toMatchObject({ kind: 'no_provider' });
});
