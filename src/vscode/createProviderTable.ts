/** The four places models come from, on what the editor has. */
import { createAnthropicModel } from '../core/model/anthropicModel.ts';
import { listModels } from '../core/model/listModels.ts';
import { createModelTable, type ListedModel, type ModelTable } from '../core/model/modelTable.ts';
import {
  createOfflineModel,
  createOfflineModelTable,
  OFFLINE_MODEL,
} from '../core/model/offline/offlineModel.ts';
import type { Clock, Secrets } from '../core/ports.ts';
import type { ProviderKind } from '../protocol/panel.ts';
import { createLanguageModel, type LanguageModelApi, toModelId } from './languageModel.ts';
import type { Provider } from './providers.ts';
import type { EditorSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';

export interface ProviderTableDeps {
  readonly api: LanguageModelApi;
  readonly secrets: EditorSecrets;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function createProviderTable(deps: ProviderTableDeps): Readonly<Record<ProviderKind, Provider>> {
  return {
    anthropic: createAnthropic(deps),
    local: createLocal(deps),
    'vscode-lm': createEditorModels(deps),
    offline: createOffline(deps),
  };
}

function createAnthropic({ secrets, clock, settings, environment }: ProviderTableDeps): Provider {
  const baseUrl = (): string | undefined => settings().baseUrl || environment.ANTHROPIC_BASE_URL;
  const { askModels, models } = createListing({ secrets, baseUrl, clock, settings });
  return {
    streamModel: createAnthropicModel({ secrets, clock, models, baseUrl }),
    readModels: async () => models(),
    askModels,
    offer: (table) => table.rows.map(({ id }) => id),
    label: () => toHost(baseUrl()),
  };
}

function createLocal({ secrets, clock, settings }: ProviderTableDeps): Provider {
  const baseUrl = (): string => settings().baseUrl;
  // Looked up for each request, because the address may be another one by then.
  const own: Secrets = { get: (name) => secrets.ofServer(baseUrl()).get(name) };
  const { askModels, models, listed } = createListing({ secrets: own, baseUrl, clock, settings });
  return {
    streamModel: createAnthropicModel({ secrets: own, clock, models, baseUrl }),
    readModels: async () => models(),
    askModels,
    offer: () => [...new Set([settings().model, ...listed()])].filter((model) => model !== ''),
    label: () => toHost(baseUrl()),
  };
}

function createEditorModels({ api, settings }: ProviderTableDeps): Provider {
  return {
    streamModel: createLanguageModel(api),
    async readModels() {
      const models = await api.lm.selectChatModels();
      const listed = models.map(
        (model): ListedModel => ({
          id: toModelId(model),
          displayName: model.name,
          description: model.vendor,
          contextWindow: model.maxInputTokens,
        }),
      );
      return createModelTable({ listed, prices: settings().prices });
    },
    // The table holds the models Belay knows besides; those of the editor carry their vendor in the name.
    offer: (table) => table.rows.map(({ id }) => id).filter((id) => id.includes('/')),
    label: () => 'VS Code language models',
  };
}

function createOffline({ clock }: ProviderTableDeps): Provider {
  return {
    streamModel: createOfflineModel({ clock }),
    readModels: async () => createOfflineModelTable(),
    offer: () => [OFFLINE_MODEL],
    label: () => 'Scripted offline tour',
  };
}

type ListingDeps = Pick<ProviderTableDeps, 'clock' | 'settings'> & {
  readonly secrets: Secrets;
  readonly baseUrl: () => string | undefined;
};

/** What a server said last of its models, with the user's own prices. */
function createListing({ secrets, baseUrl, clock, settings }: ListingDeps) {
  let said: { readonly by: string | undefined; readonly models: readonly ListedModel[] } | undefined;
  const listed = (): readonly ListedModel[] => (said?.by === baseUrl() ? (said?.models ?? []) : []);
  const models = (): ModelTable => createModelTable({ listed: listed(), prices: settings().prices });
  return {
    listed: () => listed().map(({ id }) => id),
    models,
    async askModels(signal: AbortSignal): Promise<ModelTable> {
      const by = baseUrl();
      said = { by, models: await listModels({ secrets, baseUrl: () => by, clock }, signal) };
      return models();
    },
  };
}

/** Shown only where it isn't the Anthropic API itself that answers. */
function toHost(baseUrl: string | undefined): string {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return '';
  const { host } = new URL(baseUrl);
  return host === 'api.anthropic.com' ? '' : host;
}
