/** The chat as an editor tab: opened by a command, and brought back with the window. */
import { type Disposable, type ExtensionContext, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { LazySessions } from './lazySessions.ts';
import { createTabSurface } from './panelSurface.ts';

const TAB = 'belay.panel';

/** Opens a tab that shows the session the last used panel shows. */
export function openTab(context: ExtensionContext, sessions: LazySessions): void {
  const panel = window.createWebviewPanel(TAB, 'Belay', ViewColumn.Active, { enableScripts: true });
  fillTab(panel, { context, sessions, wanted: undefined });
}

export function registerChatTabs(context: ExtensionContext, sessions: LazySessions): Disposable {
  return window.registerWebviewPanelSerializer(TAB, {
    async deserializeWebviewPanel(panel, state: unknown) {
      fillTab(panel, { context, sessions, wanted: toSessionId(state) });
    },
  });
}

interface Filling {
  readonly context: ExtensionContext;
  readonly sessions: LazySessions;
  /** undefined: what the last used panel shows. null: a new session. */
  readonly wanted: string | null | undefined;
}

function fillTab(panel: WebviewPanel, { context, sessions, wanted }: Filling): void {
  const surface = createTabSurface(panel, context.extensionUri);
  sessions.use((loaded) => loaded.attach(surface, wanted === undefined ? loaded.currentSession() : wanted));
}

/** The page kept this; a page is not to be believed, so only what looks like an id is one. */
function toSessionId(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('session_id' in state)) return null;
  const { session_id } = state;
  return typeof session_id === 'string' && /^[\w-]{1,128}$/.test(session_id) ? session_id : null;
}
