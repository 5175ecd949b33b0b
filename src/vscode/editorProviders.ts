/** The providers on this editor: its settings, its secrets, its environment. */
import * as vscode from 'vscode';
import type { Clock } from '../core/ports.ts';
import { createProviderTable } from './createProviderTable.ts';
import type { EditorLog } from './log.ts';
import { createProviders, type Providers } from './providers.ts';
import type { EditorSecrets } from './secrets.ts';
import { readSettings } from './settings.ts';

export interface EditorProvidersOptions {
  /** Remembers which model was chosen last. */
  readonly memento: vscode.Memento;
  readonly secrets: EditorSecrets;
  readonly clock: Clock;
  readonly log: EditorLog;
}

export function createEditorProviders({ memento, secrets, clock, log }: EditorProvidersOptions): Providers {
  const settings = readSettings;
  const environment = process.env;
  return createProviders({
    providers: createProviderTable({ api: vscode, secrets, clock, settings, environment }),
    settings,
    secrets,
    environment,
    log,
    chosen: {
      get: (kind) => memento.get(`belay.model.${kind}`),
      set: (kind, model) => memento.update(`belay.model.${kind}`, model),
    },
    onDidChangeSource: (listener) =>
      vscode.Disposable.from(
        vscode.workspace.onDidChangeConfiguration((event) => {
          if (event.affectsConfiguration('belay')) listener();
        }),
        vscode.lm.onDidChangeChatModels(listener),
      ),
  });
}

/** Has the editor know whether there is a provider: its walkthrough goes on then. */
export function tellProvider(providers: Providers): vscode.Disposable {
  const tell = (): void => {
    void vscode.commands.executeCommand('setContext', 'belay.hasProvider', providers.kind !== null);
  };
  tell();
  return onProviderChange(providers, tell);
}

/** Calls back for another provider, not for another key or setting of the same. */
export function onProviderChange(providers: Providers, listener: () => void): vscode.Disposable {
  let { kind } = providers;
  return providers.onDidChange(() => {
    if (providers.kind === kind) return;
    kind = providers.kind;
    listener();
  });
}
