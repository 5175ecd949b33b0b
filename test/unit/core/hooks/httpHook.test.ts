import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HookGroup } from '../../../../src/core/hooks/settingsHooks.ts';
import { createNodeWeb } from '../../../../src/node/web.ts';
import { fakeTool } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';
import {
  call,
  createHookHarness,
  createTestClock,
  lastBlocks,
  resultsOf,
  text,
  textsOf,
  warnings,
} from './hookHarness.ts';

const look = fakeTool({ name: 'Look', run: async () => 'seen' });

interface Heard {
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A server on this machine, and what it was sent. */
async function listen(answer: RequestListener): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    heard.push({ method: request.method, headers: request.headers, body });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
}

const says =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

interface RunOptions {
  readonly event?: string;
  readonly group?: Partial<HookGroup>;
  readonly hook?: object;
  readonly trusted?: boolean;
  /** Milliseconds after which a wait is over at once. */
  readonly passes?: readonly number[];
}

async function runWith(
  url: string,
  { event = 'PreToolUse', group, hook, trusted = true, passes = [] }: RunOptions = {},
) {
  const harness = await createHookHarness({
    replies: [reply([call('t1', 'Look', { at: 1 })]), reply([text('done')])],
    tools: [look],
    hooks: [],
    ports: {
      web: createNodeWeb({ env: { HTTP_PROXY: 'http://127.0.0.1:1' } }),
      clock: createTestClock(passes),
      workspace: { cwd: '/w', roots: ['/w'], home: '/home/u', platform: 'linux', trusted, osDescription: '' },
    },
    options: { hooks: { [event]: [{ hooks: [{ type: 'http', url, ...hook }], ...group }] } },
  });
  await harness.ask('go');
  return { harness, results: resultsOf(lastBlocks(harness, 2)) };
}

describe('an http hook', () => {
  it('is sent the event as JSON, with its headers', async () => {
    const { url, heard } = await listen(says({}));
    const { results, harness } = await runWith(url, {
      hook: { headers: { Authorization: 'Bearer x', 'Content-Length': '3', Host: 'elsewhere' } },
    });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([]);
    expect(heard).toMatchObject([
      {
        method: 'POST',
        headers: { authorization: 'Bearer x', 'content-type': 'application/json', host: new URL(url).host },
      },
    ]);
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      hook_event_name: 'PreToolUse',
      tool_name: 'Look',
      tool_input: { at: 1 },
    });
  });

  it('denies with what it answers', async () => {
    const { url } = await listen(
      says({
        hookSpecificOutput: {
          hookEventName: 'PreToolUse',
          permissionDecision: 'deny',
          permissionDecisionReason: 'not on a Friday',
        },
      }),
    );
    expect((await runWith(url)).results).toEqual([{ content: 'not on a Friday', isError: true }]);
  });

  it('tells the model what it answers in plain words, where a prompt begins', async () => {
    const { url } = await listen(says('It is raining.'));
    const { harness } = await runWith(url, { event: 'UserPromptSubmit' });
    expect(textsOf(lastBlocks(harness, 1)).join()).toContain('It is raining.');
  });

  it.each([
    ['an error', says('{"decision":"block"}', 500), 'HTTP 500'],
    ['no JSON', says('{"decision":'), 'is no JSON'],
    ['JSON of another form', says({ decision: 'perhaps' }), 'right form'],
    [
      'a redirect',
      ((_request, response) =>
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()) as RequestListener,
      'sent elsewhere',
    ],
    ['more than anybody reads', says(`{"reason": "${'x'.repeat(1_100_000)}"}`), 'longer than'],
    ['nothing', ((request) => request.socket.destroy()) as RequestListener, 'cut off'],
  ])('that answers with %s has no say, and the person is told', async (_, answer, problem) => {
    const { url } = await listen(answer);
    const { harness, results } = await runWith(url);
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining(problem)]);
  });

  it('that never answers is given up', async () => {
    const { url } = await listen(() => undefined);
    const { harness, results } = await runWith(url, { hook: { timeout: 7 }, passes: [7000] });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining('did not answer within 7 s')]);
  });

  it('that is to block when it fails does', async () => {
    const { url } = await listen(says('', 503));
    const { results } = await runWith(url, { hook: { onFailure: 'block' } });
    expect(results).toMatchObject([{ isError: true }]);
  });

  it.each([
    ['a project', { isOfProject: true }, 'http://127.0.0.1:PORT/', 'not on the public internet'],
    ['a project by a name', { isOfProject: true }, 'http://localhost:PORT/', 'not on the public internet'],
    ['anybody to a private network', {}, 'http://10.0.0.1/', 'not on the public internet'],
    ['anybody to the metadata of a cloud', {}, 'http://169.254.169.254/', 'not on the public internet'],
  ])('of %s is not sent to this machine or its network', async (_, group, address, problem) => {
    const { url, heard } = await listen(says({}));
    const { harness } = await runWith(address.replace('PORT', new URL(url).port), { group });
    expect(warnings(harness)).toEqual([expect.stringContaining(problem)]);
    expect(heard).toEqual([]);
  });

  it("of the user's stays the user's when a project has the same", async () => {
    const { url, heard } = await listen(says({ decision: 'block', reason: 'no' }));
    const hooks = [{ type: 'http' as const, url }];
    const harness = await createHookHarness({
      replies: [reply([call('t1', 'Look')]), reply([text('done')])],
      tools: [look],
      hooks: [],
      ports: { web: createNodeWeb({ env: {} }), clock: createTestClock([]) },
      options: { hooks: { PreToolUse: [{ hooks }, { hooks, isOfProject: true }] } },
    });
    await harness.ask('go');
    expect(heard).toHaveLength(1);
    expect(resultsOf(lastBlocks(harness, 2))).toEqual([{ content: 'no', isError: true }]);
  });

  it('is not sent anything in a folder that nobody has trusted', async () => {
    const { url, heard } = await listen(says({ decision: 'block' }));
    expect((await runWith(url, { trusted: false })).results).toEqual([{ content: 'seen', isError: false }]);
    expect(heard).toEqual([]);
  });
});
