import { describe, expect, it, vi } from 'vitest';
import type { ModelRequest } from '../../../src/core/model/modelRequest.ts';
import { createModelTable, type ModelTable } from '../../../src/core/model/modelTable.ts';
import type { ProviderKind } from '../../../src/protocol/panel.ts';
import { createProviders, type Provider } from '../../../src/vscode/providers.ts';
import type { Settings } from '../../../src/vscode/settings.ts';
import { silentLog } from './fakes.ts';

describe('where the model comes from', () => {
  it('takes what the provider says of its models when that comes, and does without when it does not', async () => {
    const { providers, answerList, change } = setUp({
      settings: { provider: 'anthropic' },
      lists: 'anthropic',
    });
    await providers.ready;
    expect(providers.models().get('claude-next').displayName).toBe('claude-next');
    answerList(createModelTable({ listed: [{ id: 'claude-next', displayName: 'Claude Next' }] }));
    await vi.waitFor(() => expect(providers.models().get('claude-next').displayName).toBe('Claude Next'));
    change({ provider: 'local' });
    await providers.ready;
    expect(providers.kind).toBe('local');
  });

  it.each([
    ['nowhere, when nothing is known', {}, {}, {}, null],
    ['the Anthropic API, when a key is known', {}, { 'anthropic-api-key': 'k' }, {}, 'anthropic'],
    ['the Anthropic API, when a token is known', {}, { 'anthropic-auth-token': 't' }, {}, 'anthropic'],
    ['the address of the environment', {}, {}, { ANTHROPIC_BASE_URL: 'http://x' }, 'anthropic'],
    [
      'what the setting says, whatever is known',
      { provider: 'offline' },
      { 'anthropic-api-key': 'k' },
      {},
      'offline',
    ],
  ] as const)('is %s', async (_what, settings, keys, environment, kind) => {
    const { providers } = setUp({ settings, keys, environment });
    await providers.ready;
    expect(providers.kind).toBe(kind);
  });

  it('is asked anew for each request', async () => {
    const { providers, change, asked } = setUp({ settings: { provider: 'offline' } });
    await drain(providers.streamModel(request, never));
    change({ provider: 'local' });
    await drain(providers.streamModel(request, never));
    expect(asked).toEqual(['offline', 'local']);
  });

  it('fails clearly when nothing is chosen', async () => {
    const { providers } = setUp({});
    await expect(drain(providers.streamModel(request, never))).rejects.toMatchObject({ kind: 'no_provider' });
  });

  it('changes when a key or a setting does', async () => {
    const { providers, change, setKey } = setUp({});
    await providers.ready;
    const seen: (string | null)[] = [];
    providers.onDidChange(() => seen.push(providers.kind));
    setKey('anthropic-api-key', 'k');
    await providers.ready;
    change({ provider: 'vscode-lm' });
    await providers.ready;
    expect(seen).toEqual(['anthropic', 'vscode-lm']);
  });

  it('starts with the model of the settings, else with the best that is offered', async () => {
    const { providers, change } = setUp({ settings: { provider: 'anthropic' } });
    await providers.ready;
    expect(providers.defaultModel()).toBe('claude-sonnet-5-5');
    expect(providers.modelList().map(({ value }) => value)).toEqual(['claude-sonnet-5-5', 'claude-opus-5-5']);
    change({ model: 'mine' });
    expect(providers.defaultModel()).toBe('mine');
  });

  it('starts with the model a person chose last of this provider, as long as it is offered', async () => {
    const { providers, change } = setUp({ settings: { provider: 'anthropic' } });
    await providers.ready;
    providers.rememberModel('claude-opus-5-5');
    expect(providers.defaultModel()).toBe('claude-opus-5-5');
    change({ provider: 'offline' });
    await providers.ready;
    expect(providers.defaultModel()).toBe('claude-sonnet-5-5');
    providers.rememberModel('gone');
    expect(providers.defaultModel()).toBe('claude-sonnet-5-5');
  });

  it('goes by the newest look, also when an older one ends later', async () => {
    const { providers, change, release } = setUp({ settings: { provider: 'local' }, slow: 'local' });
    change({ provider: 'offline' });
    await providers.ready;
    release();
    await Promise.resolve();
    expect(providers.kind).toBe('offline');
  });
});

const never = new AbortController().signal;
const request: ModelRequest = { model: 'm', system: [], tools: [], messages: [], maxTokens: 1 };

interface SetUp {
  readonly settings?: Partial<Settings>;
  readonly keys?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** The provider whose list of models comes only when it is released. */
  readonly slow?: ProviderKind;
  /** The provider that lists its models itself, when the test says so. */
  readonly lists?: ProviderKind;
}

function setUp({ settings: initial = {}, keys: initialKeys = {}, environment = {}, slow, lists }: SetUp) {
  let settings: Settings = {
    provider: 'auto',
    model: '',
    effort: undefined,
    baseUrl: '',
    permissionMode: 'default',
    isPermissionModeSet: false,
    agentProcess: 'extensionHost',
    sandboxEnabled: false,
    maxTurns: undefined,
    maxBudgetUsd: undefined,
    checkpointsEnabled: true,
    reviewProposals: true,
    prices: {},
    ...initial,
  };
  const keys = new Map(Object.entries(initialKeys));
  const asked: ProviderKind[] = [];
  const onSource = createEvent();
  const onSecret = createEvent();
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let answerList = (_table: ModelTable): void => {};
  const list = new Promise<ModelTable>((resolve) => {
    answerList = resolve;
  });
  const toProvider = (kind: ProviderKind): Provider => ({
    async *streamModel() {
      asked.push(kind);
      yield { type: 'ping' };
    },
    readModels: async () => {
      if (kind === slow) await released;
      return createModelTable();
    },
    ...(kind === lists ? { askModels: () => list } : {}),
    offer: () => ['claude-sonnet-5-5', 'claude-opus-5-5'],
    label: () => kind,
  });
  const providers = createProviders({
    providers: {
      anthropic: toProvider('anthropic'),
      local: toProvider('local'),
      'vscode-lm': toProvider('vscode-lm'),
      offline: toProvider('offline'),
    },
    settings: () => settings,
    secrets: { get: async (name) => keys.get(name), onDidChange: onSecret.on },
    environment,
    onDidChangeSource: onSource.on,
    log: silentLog,
    chosen: new Map(),
  });
  return {
    providers,
    asked,
    release,
    answerList,
    change(changes: Partial<Settings>) {
      settings = { ...settings, ...changes };
      onSource.fire();
    },
    setKey(name: string, value: string) {
      keys.set(name, value);
      onSecret.fire();
    },
  };
}

function createEvent() {
  const listeners = new Set<() => void>();
  return {
    fire: () => {
      for (const listener of [...listeners]) listener();
    },
    on: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _event of events) {
    // Only that it ran counts here.
  }
}
