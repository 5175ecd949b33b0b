/** The chat in the side bar; a person may move it to any other bar. */
import { type Disposable, type ExtensionContext, window } from 'vscode';
import type { LazySessions } from './lazySessions.ts';
import { createViewSurface } from './panelSurface.ts';

const VIEW = 'belay.chat';

export function registerChatView(context: ExtensionContext, sessions: LazySessions): Disposable {
  return window.registerWebviewViewProvider(VIEW, {
    resolveWebviewView(view) {
      const surface = createViewSurface(view, context.extensionUri);
      sessions.use((loaded) => loaded.attach(surface, null));
    },
  });
}
