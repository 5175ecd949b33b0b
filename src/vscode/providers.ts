/**
 * Where the model comes from: the Anthropic API, a server of the user's own, the models of VS Code, or the offline tour. Which
 * one is asked is decided anew for each request, so that a key or a setting counts from the next one on.
 */
import type { Disposable } from 'vscode';
import { ModelError } from '../core/model/modelError.ts';
import { buildUnknownRow, type ModelTable, toModelInfo } from '../core/model/modelTable.ts';
import type { Log, StreamModel } from '../core/ports.ts';
import type { ModelInfo } from '../protocol/models.ts';
import type { ProviderKind } from '../protocol/panel.ts';
import type { EditorSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** One place models come from. */
export interface Provider {
  readonly streamModel: StreamModel;
  /** What is known of its models without asking far away; nothing starts before it is there. Never rejects. */
  readonly readModels: () => Promise<ModelTable>;
  /** What the provider itself says of them, for later: the first panel doesn't wait for it. */
  readonly askModels?: (signal: AbortSignal) => Promise<ModelTable>;
  /** What is offered of the table, best first. */
  readonly offer: (table: ModelTable) => readonly string[];
  /** Shown beside the model where it isn't plain what answers. */
  readonly label: () => string;
}

export interface ProvidersDeps {
  readonly providers: Readonly<Record<ProviderKind, Provider>>;
  readonly settings: () => Settings;
  readonly secrets: Pick<EditorSecrets, 'get' | 'onDidChange'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back when settings or models may have changed. */
  readonly onDidChangeSource: (listener: () => void) => Disposable;
  readonly log: Pick<Log, 'debug'>;
  /** Which model a person chose last, by provider. */
  readonly chosen: Pick<Map<ProviderKind, string>, 'get'> & {
    set(kind: ProviderKind, model: string): unknown;
  };
}

export interface Providers extends Disposable {
  /** null: nothing is chosen, and no key is known. */
  readonly kind: ProviderKind | null;
  readonly label: string;
  /** Resolves when what is known above and below is up to date. */
  readonly ready: Promise<void>;
  models(): ModelTable;
  modelList(): readonly ModelInfo[];
  /** The model a session starts with: that of the settings, else the one chosen last, else the best. */
  defaultModel(): string;
  /** A person chose this model: the next session starts with it, too. */
  rememberModel(model: string): void;
  readonly streamModel: StreamModel;
  onDidChange(listener: () => void): Disposable;
  /** Looks again at settings, keys and models. */
  refresh(): Promise<void>;
}

const ASK_MS = 15_000;

const NO_MODELS: ModelTable = { rows: [], get: buildUnknownRow };

export function createProviders(deps: ProvidersDeps): Providers {
  const listeners = new Set<() => void>();
  let kind: ProviderKind | null = null;
  let table = NO_MODELS;
  let refreshing = Promise.resolve();
  /** Only the newest look counts: an older one may end later. */
  let looks = 0;

  async function look(): Promise<void> {
    looks += 1;
    const mine = looks;
    const chosen = await decideProvider(deps);
    const models = chosen === null ? NO_MODELS : await deps.providers[chosen].readModels();
    if (mine !== looks) return;
    kind = chosen;
    change(models);
    if (chosen !== null) void ask(deps.providers[chosen], mine);
  }

  async function ask(provider: Provider, mine: number): Promise<void> {
    try {
      const models = await provider.askModels?.(AbortSignal.timeout(ASK_MS));
      if (models !== undefined && mine === looks) change(models);
    } catch (error) {
      deps.log.debug('the provider did not list its models', { error });
    }
  }

  function change(models: ModelTable): void {
    table = models;
    for (const listener of [...listeners]) listener();
  }

  const refresh = (): Promise<void> => {
    refreshing = look();
    return refreshing;
  };
  const sources = [
    deps.secrets.onDidChange(() => void refresh()),
    deps.onDidChangeSource(() => void refresh()),
  ];
  void refresh();

  const offered = (): readonly string[] => (kind === null ? [] : deps.providers[kind].offer(table));
  return {
    get kind() {
      return kind;
    },
    get label() {
      return kind === null ? '' : deps.providers[kind].label();
    },
    get ready() {
      return refreshing;
    },
    models: () => table,
    modelList: () => offered().map((id) => toModelInfo(table.get(id))),
    defaultModel() {
      const { model } = deps.settings();
      if (model !== '') return model;
      const [best = ''] = offered();
      const last = kind === null ? undefined : deps.chosen.get(kind);
      return last !== undefined && offered().includes(last) ? last : best;
    },
    rememberModel(model) {
      if (kind !== null) deps.chosen.set(kind, model);
    },
    async *streamModel(request, signal) {
      const asked = await decideProvider(deps);
      if (asked === null) {
        throw new ModelError({ kind: 'no_provider', code: 'no_provider', message: 'No provider is chosen.' });
      }
      yield* deps.providers[asked].streamModel(request, signal);
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    refresh,
    dispose() {
      for (const source of sources) source.dispose();
      listeners.clear();
      looks += 1;
    },
  };
}

/** Automatic: the Anthropic API when a key is known, or when the environment names another address for it. */
async function decideProvider({
  settings,
  secrets,
  environment,
}: Pick<ProvidersDeps, 'settings' | 'secrets' | 'environment'>): Promise<ProviderKind | null> {
  const { provider } = settings();
  if (provider !== 'auto') return provider;
  if ((environment.ANTHROPIC_BASE_URL ?? '') !== '') return 'anthropic';
  const key = (await secrets.get('anthropic-api-key')) ?? (await secrets.get('anthropic-auth-token'));
  return key === undefined ? null : 'anthropic';
}
