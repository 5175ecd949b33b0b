/** "Show Permission Log": what was decided in the session of the panel that was used last, as a document nobody can change. */
import { Disposable, EventEmitter, l10n, Uri, window, workspace } from 'vscode';
import type { LazySessions } from './lazySessions.ts';

const SCHEME = 'belay-permissions';

export interface PermissionLogs extends Disposable {
  /** Shows the log of this session as it is now; null: there is none. */
  show(sessionId: string | null): Promise<void>;
}

export function registerPermissionLogs(sessions: LazySessions): PermissionLogs {
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const loaded = await sessions.loaded;
      return (await loaded?.readPermissionLog(uri.query)) ?? 'Run “Belay: Show Permission Log” again.\n';
    },
  });
  return {
    async show(sessionId) {
      if (sessionId === null) {
        await window.showInformationMessage(l10n.t('Belay: there is no session whose log could be shown.'));
        return;
      }
      const uri = Uri.from({ scheme: SCHEME, path: '/Permission log.md', query: sessionId });
      changed.fire(uri);
      await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
    },
    dispose: () => Disposable.from(provider, changed).dispose(),
  };
}
