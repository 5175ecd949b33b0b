// What an agent in a process of its own asks of the editor: the same answers, and the same errors, as within one process.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import { createPeer, type Handlers, type Peer } from '../../../src/channel/peer.ts';
import { splitChannel } from '../../../src/channel/splitChannel.ts';
import type { LoginPorts } from '../../../src/core/mcp/serverLogin.ts';
import { ModelError } from '../../../src/core/model/modelError.ts';
import type { ModelRequest } from '../../../src/core/model/modelRequest.ts';
import { createModelTable } from '../../../src/core/model/modelTable.ts';
import { parseStreamEvent } from '../../../src/core/model/parseStreamEvent.ts';
import {
  type Diagnostics,
  FileError,
  type FileSystem,
  type LanguageFeatures,
  type ReviewComments,
  type StreamModel,
} from '../../../src/core/ports.ts';
import { createNodeFileSystem } from '../../../src/node/fileSystem.ts';
import { createHostDiagnostics } from '../../../src/process/hostDiagnostics.ts';
import { createHostFiles } from '../../../src/process/hostFiles.ts';
import { createHostLanguageFeatures } from '../../../src/process/hostLanguageFeatures.ts';
import { createHostLogins } from '../../../src/process/hostLogins.ts';
import { createHostModel, type HostModel } from '../../../src/process/hostModel.ts';
import { createHostReviewComments } from '../../../src/process/hostReviewComments.ts';
import { toModelTable, toWireRows } from '../../../src/process/modelRows.ts';
import type { LanguageAnswer, LanguageQuestion } from '../../../src/protocol/languageFeatures.ts';
import type { ProblemBaseline } from '../../../src/protocol/problems.ts';
import { type ProcessMessage, processMessage } from '../../../src/protocol/processRequests.ts';
import { createProcessHandlers, type ProcessHandlerDeps } from '../../../src/vscode/processHandlers.ts';
import { temporaryFolder } from '../node/temporaryFolder.ts';

const disk = createNodeFileSystem({ platform: 'linux' });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);

describe('files, from another process', () => {
  it('are read from the disk where no editor has unsaved text of them, and from the editor where one has', async () => {
    const path = join(await temporaryFolder(), 'a.txt');
    await writeFile(path, 'on the disk');
    const { files, documents } = connect({ readFile: async () => bytes('in the editor') });
    expect(text(await files.readFile(path))).toBe('on the disk');
    documents.dirty.add(path);
    expect(text(await files.readFile(path))).toBe('in the editor');
    expect(await files.hasUnsavedChanges(path)).toBe(true);
  });

  it('are written to the disk where no editor holds them, and through the editor where one does', async () => {
    const path = join(await temporaryFolder(), 'a.txt');
    const written: unknown[] = [];
    const { files, documents } = connect({
      writeFile: async (...call) => {
        written.push(call);
        return { bytes: bytes('formatted\n'), changedOnSave: true };
      },
    });
    expect((await files.writeFile(path, bytes('plain'))).changedOnSave).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('plain');
    documents.held.add(path);
    const outcome = await files.writeFile(path, bytes('formatted'), { expectedRealPath: path });
    expect(outcome).toEqual({ bytes: bytes('formatted\n'), changedOnSave: true });
    expect(written).toEqual([[path, bytes('formatted'), { expectedRealPath: path }]]);
    expect(await readFile(path, 'utf8')).toBe('plain');
  });

  it('fail with the same word as they do beside the editor', async () => {
    const path = join(await temporaryFolder(), 'a.txt');
    const { files, documents } = connect({
      readFile: () => Promise.reject(new FileError('EFBIG', path, 'It is too large.')),
      writeFile: () => Promise.reject(new FileError('ESTALE', path, 'It leads elsewhere.')),
    });
    documents.held.add(path);
    documents.dirty.add(path);
    await expect(files.readFile(path)).rejects.toMatchObject({
      code: 'EFBIG',
      path,
      message: 'It is too large.',
    });
    await expect(files.writeFile(path, bytes('x'))).rejects.toMatchObject({
      name: 'FileError',
      code: 'ESTALE',
    });
  });
});

describe('the model, from another process', () => {
  it('says what it says, in its order, and is asked for all that it was to be asked', async () => {
    const asked: ModelRequest[] = [];
    const { model } = connect({
      async *streamModel(request) {
        asked.push(request);
        for (const index of [0, 1, 2]) yield { type: 'content_block_stop', index };
        yield { type: 'message_stop' };
      },
    });
    const said = [];
    for await (const event of model.streamModel(request, never)) said.push(event);
    expect(said.map(({ type }) => type)).toEqual([...Array(3).fill('content_block_stop'), 'message_stop']);
    expect(asked).toEqual([request]);
  });

  it('fails as it does beside the editor, after what it had said', async () => {
    const { model } = connect({
      async *streamModel() {
        yield { type: 'ping' };
        throw new ModelError({ kind: 'rate_limit', message: 'Later.', status: 429, retryAfterMs: 7000 });
      },
    });
    const events = model.streamModel(request, never)[Symbol.asyncIterator]();
    expect(await events.next()).toEqual({ done: false, value: { type: 'ping' } });
    await expect(events.next()).rejects.toMatchObject({
      ...{ name: 'ModelError', kind: 'rate_limit', status: 429, retryAfterMs: 7000, retryable: true },
      message: 'Later.',
    });
  });

  it('stops when it is to stop', async () => {
    let stopped: (reason: unknown) => void = () => {};
    const heard = new Promise((resolve) => {
      stopped = resolve;
    });
    const { model } = connect({
      async *streamModel(_request, signal) {
        yield { type: 'ping' };
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        stopped('stopped');
      },
    });
    const stop = new AbortController();
    const events = model.streamModel(request, stop.signal)[Symbol.asyncIterator]();
    await events.next();
    stop.abort(new Error('enough'));
    await expect(events.next()).rejects.toThrow('enough');
    expect(await heard).toBe('stopped');
  });

  it('costs and holds what it does beside the editor', () => {
    const table = createModelTable({ prices: { mine: { input: 1, output: 2 } } });
    const across = toModelTable(JSON.parse(JSON.stringify(toWireRows(table))));
    expect(across.rows).toEqual(table.rows);
    for (const id of ['mine', 'us.anthropic.claude-opus-5-5-20260901-v1:0', 'unheard-of'])
      expect(across.get(id)).toEqual(table.get(id));
  });
});

describe('two channels over one', () => {
  it('keep what they carry apart, and end together', async () => {
    const [left, right] = createInProcessPair();
    const [here, there] = [splitChannel(left), splitChannel(right)];
    await here.main.send({ type: 'one' });
    await here.side.send({ type: 'two' });
    await here.main.send({ type: 'three' });
    left.close();
    const all = async (messages: AsyncIterable<unknown>): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const message of messages) found.push(message);
      return found;
    };
    expect(await all(there.main.messages)).toEqual([{ type: 'one' }, { type: 'three' }]);
    expect(await all(there.side.messages)).toEqual([{ type: 'two' }]);
  });
});

describe('problems, from another process', () => {
  const baseline: ProblemBaseline = {
    path: '/w/a.ts',
    problems: [{ severity: 'warning', line: 2, column: 1, message: 'unused', source: 'ts', code: '6133' }],
    isKnown: true,
    version: 3,
    lineCount: 10,
    waitedMs: 12.5,
  };

  it('are those the editor finds, before and after', async () => {
    const asked: unknown[] = [];
    const found = {
      problems: [{ severity: 'error', line: 1, column: 2, message: 'no', cell: 1 }],
      lineCount: 11,
    } as const;
    const { diagnostics } = connect({
      diagnostics: {
        before: async (path) => {
          asked.push(path);
          return path === '/w/a.ts' ? baseline : undefined;
        },
        after: async (given) => {
          asked.push(given);
          return { ...found, problems: [...found.problems] };
        },
      },
    });
    expect(await diagnostics.before('/w/a.ts', never)).toEqual(baseline);
    expect(await diagnostics.before('/w/b.ts', never)).toBeUndefined();
    expect(await diagnostics.after(baseline, never)).toEqual(found);
    expect(asked).toEqual(['/w/a.ts', '/w/b.ts', baseline]);
  });

  it('are as before when the call is stopped while they are waited for, and the editor stops waiting, too', async () => {
    let hasStopped = false;
    const { diagnostics } = connect({
      diagnostics: {
        before: async () => undefined,
        after: async (_baseline, signal) => {
          stop.abort();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          hasStopped = true;
          return { problems: [], lineCount: 0 };
        },
      },
    });
    const stop = new AbortController();
    expect(await diagnostics.after(baseline, stop.signal)).toEqual(baseline);
    await expect.poll(() => hasStopped).toBe(true);
  });

  it('are none when the editor is gone', async () => {
    const { diagnostics, hostEnd } = connect({});
    hostEnd.close();
    expect(await diagnostics.before('/w/a.ts', never)).toBeUndefined();
    expect(await diagnostics.after(baseline, never)).toEqual(baseline);
  });
});

describe('language servers, from another process', () => {
  it('are asked what was asked, and answer what they answer', async () => {
    const asked: LanguageQuestion[] = [];
    const replacements = [{ start: { line: 1, character: 1 }, end: { line: 1, character: 4 }, text: 'new' }];
    const answer: LanguageAnswer = {
      kind: 'edit',
      files: [{ path: '/w/a.ts', replacements }],
      others: false,
    };
    const { languageFeatures } = connect({
      languageFeatures: {
        async ask(question) {
          asked.push(question);
          return answer;
        },
      },
    });
    const question = { operation: 'rename', path: '/w/a.ts', line: 1, character: 2, newName: 'new' } as const;
    expect(await languageFeatures.ask(question, never)).toEqual(answer);
    expect(asked).toEqual([question]);
  });

  it('have refused when the editor is gone, and when the call is stopped', async () => {
    const hanging: LanguageFeatures = { ask: () => new Promise(() => {}) };
    const { languageFeatures, hostEnd } = connect({ languageFeatures: hanging });
    const question = { operation: 'workspaceSymbol', query: 'x' } as const;
    const stop = new AbortController();
    const asking = languageFeatures.ask(question, stop.signal);
    stop.abort();
    expect(await asking).toMatchObject({ kind: 'refused' });
    hostEnd.close();
    expect(await languageFeatures.ask(question, never)).toMatchObject({ kind: 'refused' });
  });
});

describe('logins at MCP servers, from another process', () => {
  const visit = { serverName: 'maps', page: 'https://login.example/', state: 's' };

  it('are kept by the editor, and made by it', async () => {
    const kept = new Map<string, string>();
    const { login } = connect({
      login: {
        store: {
          load: async (address) => kept.get(address),
          async save(address, text) {
            if (text === undefined) kept.delete(address);
            else kept.set(address, text);
          },
        },
        browser: {
          returnAddress: async () => 'vscode://belay.belay/back',
          visit: async (asked) => `state=${asked.state}&page=${asked.page}`,
        },
      },
    });
    const address = 'https://maps.example/mcp';
    expect(await login.store.load(address)).toBeUndefined();
    await login.store.save(address, 'the login');
    expect(await login.store.load(address)).toBe('the login');
    await login.store.save(address, undefined);
    expect([...kept]).toEqual([]);
    expect(await login.browser.returnAddress()).toBe('vscode://belay.belay/back');
    expect(await login.browser.visit(visit, never)).toBe('state=s&page=https://login.example/');
  });

  it('are given up here and there when nobody waits any more', async () => {
    const stop = new AbortController();
    let hasStopped = false;
    const { login } = connect({
      login: {
        ...noLogin,
        browser: {
          ...noLogin.browser,
          visit: (_asked, signal) =>
            new Promise((resolve) => {
              signal.addEventListener('abort', () => {
                hasStopped = true;
                resolve(undefined);
              });
              stop.abort(new Error('stopped'));
            }),
        },
      },
    });
    await expect(login.browser.visit(visit, stop.signal)).rejects.toThrow('stopped');
    await expect.poll(() => hasStopped).toBe(true);
  });

  it('are nothing where nobody wants to', async () => {
    const { login } = connect({});
    expect(await login.browser.visit(visit, never)).toBeUndefined();
  });
});

describe('comments on changes, from another process', () => {
  it('are resolved in the name of the session', async () => {
    const told: unknown[] = [];
    const { reviewComments } = connect({
      reviewComments: (sessionId) => ({
        async resolve(answer) {
          told.push([sessionId, answer]);
          return { isFound: true, open: ['c2'] };
        },
      }),
    });
    const answer = { id: 'c1', reply: 'Done.' };
    expect(await reviewComments.resolve(answer, never)).toEqual({ isFound: true, open: ['c2'] });
    await reviewComments.resolve({ id: 'c2' }, never);
    expect(told).toEqual([
      ['session-1', answer],
      ['session-1', { id: 'c2' }],
    ]);
  });

  it('are not found when the editor is gone', async () => {
    const { reviewComments, hostEnd } = connect({});
    hostEnd.close();
    expect(await reviewComments.resolve({ id: 'c1' }, never)).toEqual({ isFound: false, open: [] });
  });
});

const never = new AbortController().signal;
const request: ModelRequest = {
  model: 'm',
  system: ['Be kind.'],
  tools: [{ name: 'Look', description: 'Looks.', input_schema: { type: 'object' } }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  maxTokens: 100,
  effort: 'low',
  maxThinkingTokens: 5,
};

type Editor = Partial<Pick<FileSystem, 'readFile' | 'writeFile'>> & {
  readonly streamModel?: StreamModel;
  readonly diagnostics?: Diagnostics;
  readonly languageFeatures?: LanguageFeatures;
  readonly reviewComments?: (sessionId: string) => ReviewComments;
  readonly login?: LoginPorts;
};

const noDiagnostics: Diagnostics = {
  before: async () => undefined,
  after: async () => ({ problems: [], lineCount: 0 }),
};

const noLanguageFeatures: LanguageFeatures = {
  ask: async () => ({ kind: 'refused', reason: 'No editor here.' }),
};

const noReviewComments: ReviewComments = {
  resolve: async () => ({ isFound: false, open: [] }),
};

/** Both ends, with what they say going through JSON as it does between processes. */
function connect({
  readFile = disk.readFile,
  writeFile = disk.writeFile,
  streamModel = noModel,
  diagnostics = noDiagnostics,
  languageFeatures = noLanguageFeatures,
  reviewComments = () => noReviewComments,
  login = noLogin,
}: Editor) {
  const [processEnd, hostEnd] = createInProcessPair();
  const documents = { held: new Set<string>(), dirty: new Set<string>() };
  let model: HostModel | undefined;
  const deps: ProcessHandlerDeps = {
    files: { readFile, writeFile },
    documents: {
      isHeld: (path) => documents.held.has(path),
      isDirtyText: (path) => documents.dirty.has(path),
      hasUnsavedChanges: (path) => documents.dirty.has(path),
    },
    fileNews: { now: async () => ({ count: 0, hidden: [] }) },
    savesSince: async () => ({ last: 0, paths: [] }),
    diagnostics,
    languageFeatures,
    reviewComments,
    login,
    streamModel,
    tell: (message) => void hostEnd.send(toJson(message)),
  };
  createPeer<'host'>(hostEnd, {
    handlers: createProcessHandlers(deps),
    onMessage: () => {},
    onProblem: () => {},
  });
  const process: Peer = createPeer<'process'>(processEnd, {
    handlers: {} as Handlers<'process'>,
    onMessage: (message) => receive(processMessage.parse(message)),
    onProblem: () => {},
  });
  const receive = (message: ProcessMessage): void => {
    const event = message.type === 'belay/model_event' ? parseStreamEvent('', message.data) : undefined;
    if (message.type === 'belay/model_event' && event !== undefined && event.type !== 'error')
      model?.receive(message.stream_id, event);
  };
  model = createHostModel(process);
  return {
    files: createHostFiles(disk, process),
    diagnostics: createHostDiagnostics(process, { debug: () => {} }),
    languageFeatures: createHostLanguageFeatures(process),
    reviewComments: createHostReviewComments(process, { sessionId: 'session-1', log: { warn: () => {} } }),
    login: createHostLogins(process),
    model,
    documents,
    hostEnd,
  };
}

const noLogin: LoginPorts = {
  store: { load: async () => undefined, save: async () => {} },
  browser: { returnAddress: async () => '', visit: async () => undefined },
};

function noModel(): never {
  throw new Error('No model here.');
}

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
