/** Choosing where the model comes from, on the first-start page or in a quick pick. A choice that can't work is not taken. */
import { ConfigurationTarget, lm, type QuickPickItem, window, workspace } from 'vscode';
import type { RequestOf, ResponseOf } from '../protocol/control.ts';
import type { ProviderKind } from '../protocol/panel.ts';
import { checkServer } from './checkServer.ts';
import type { Providers } from './providers.ts';
import type { EditorSecrets } from './secrets.ts';

type Choice = RequestOf<'belay/provider_choose'>;
type Answer = ResponseOf<'belay/provider_choose'>;

export interface ChooseDeps {
  readonly secrets: EditorSecrets;
  readonly providers: Providers;
}

export async function chooseProvider(choice: Choice, deps: ChooseDeps, signal: AbortSignal): Promise<Answer> {
  const checked = await check(choice, deps, signal);
  if (checked.kind === 'refused') return checked.answer;
  await saveSettings({ provider: choice.provider, ...checked.settings });
  await deps.providers.refresh();
  return { chosen: true };
}

/** Asks for the provider and for what it needs. */
export async function pickProvider(deps: ChooseDeps): Promise<void> {
  const picked = await window.showQuickPick(ITEMS, {
    title: 'Belay: where does the model come from?',
    placeHolder:
      deps.providers.kind === null ? 'Nothing is chosen yet' : `Now: ${toLabel(deps.providers.kind)}`,
  });
  if (picked === undefined) return;
  const choice = picked.provider === 'local' ? await askServer() : { provider: picked.provider };
  if (choice === undefined) return;
  const { problem } = await chooseProvider(choice, deps, new AbortController().signal);
  if (problem !== undefined) await window.showErrorMessage(`Belay: ${problem}`);
}

interface Settings {
  readonly baseUrl?: string | undefined;
  readonly model?: string | undefined;
}

/** The settings that go with the choice, or why it can't be taken. */
type Checked =
  | { readonly kind: 'works'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly answer: Answer };

async function check(choice: Choice, { secrets }: ChooseDeps, signal: AbortSignal): Promise<Checked> {
  const { provider } = choice;
  switch (provider) {
    case 'anthropic':
      return checkKey(secrets);
    case 'local':
      return checkLocal(choice, secrets, signal);
    case 'vscode-lm':
      if ((await lm.selectChatModels()).length > 0) return { kind: 'works', settings: {} };
      return refuse(
        'No extension gives VS Code a language model. Install one that does, then choose this again.',
      );
    case 'offline':
      return { kind: 'works', settings: {} };
    default:
      return provider satisfies never;
  }
}

async function checkKey(secrets: EditorSecrets): Promise<Checked> {
  const hasKey = async (): Promise<boolean> =>
    ((await secrets.get('anthropic-api-key')) ?? (await secrets.get('anthropic-auth-token'))) !== undefined;
  if (!(await hasKey())) {
    if (!(await secrets.askApiKey(undefined))) return { kind: 'refused', answer: { chosen: false } };
    if (!(await hasKey())) return refuse('Without a key the Anthropic API does not answer.');
  }
  // An address that was set as that of another server is not Anthropic's.
  const wasLocal = workspace.getConfiguration('belay').get('provider') === 'local';
  return {
    kind: 'works',
    settings: wasLocal ? {} : { baseUrl: workspace.getConfiguration('belay').get('baseUrl') },
  };
}

async function checkLocal(
  { base_url: baseUrl = '', model = '' }: Choice,
  secrets: EditorSecrets,
  signal: AbortSignal,
): Promise<Checked> {
  const key = await secrets.ofServer(baseUrl).get('anthropic-api-key');
  const headers = key === undefined ? {} : { 'x-api-key': key, authorization: `Bearer ${key}` };
  const checked = await checkServer({ baseUrl, model, headers, fetch, signal });
  if (checked.kind === 'problem') return refuse(checked.problem);
  return { kind: 'works', settings: { baseUrl, model: model === '' ? checked.models[0] : model } };
}

/** What isn't named goes back to its default: a model of one provider is none of another. */
async function saveSettings({
  provider,
  baseUrl,
  model,
}: Settings & { readonly provider: ProviderKind }): Promise<void> {
  const settings = workspace.getConfiguration('belay');
  const toSetting = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
  await settings.update('baseUrl', toSetting(baseUrl), ConfigurationTarget.Global);
  await settings.update('model', toSetting(model), ConfigurationTarget.Global);
  await settings.update('provider', provider, ConfigurationTarget.Global);
}

async function askServer(): Promise<Choice | undefined> {
  const baseUrl = await window.showInputBox({
    title: 'Belay: address of the server',
    placeHolder: 'http://localhost:8080',
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^https?:\/\/\S+$/.test(value.trim()) ? undefined : 'An address starts with http:// or https://',
  });
  if (baseUrl === undefined) return undefined;
  const model = await window.showInputBox({
    title: 'Belay: name of the model',
    prompt: 'Leave it empty to take the first one the server lists.',
    ignoreFocusOut: true,
  });
  if (model === undefined) return undefined;
  return { provider: 'local', base_url: baseUrl.trim(), model: model.trim() };
}

const ITEMS: readonly (QuickPickItem & { readonly provider: ProviderKind })[] = [
  {
    provider: 'anthropic',
    label: '$(key) Anthropic API',
    detail: 'With your own key, kept in the secret storage',
  },
  {
    provider: 'local',
    label: '$(server) Local or compatible server',
    detail: 'Any server that speaks the Messages API',
  },
  {
    provider: 'vscode-lm',
    label: '$(vscode) VS Code language models',
    detail: 'What other extensions give to VS Code',
  },
  { provider: 'offline', label: '$(rocket) Offline tour', detail: 'Scripted: no key, no network' },
];

function toLabel(provider: ProviderKind): string {
  return (ITEMS.find((item) => item.provider === provider)?.label ?? provider).replace(/^\$\(\w+\) /, '');
}

function refuse(problem: string): Checked {
  return { kind: 'refused', answer: { chosen: false, problem } };
}
