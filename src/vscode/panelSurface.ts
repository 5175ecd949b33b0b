/**
 * Where a panel is drawn: the view in the side bar, or an editor tab. The same page is loaded in both, and what a webview
 * posts before anybody listens is kept, so that the page can load while the rest of the extension does.
 */
import { randomBytes } from 'node:crypto';
import { type Event, EventEmitter, Uri, type Webview, type WebviewPanel, type WebviewView } from 'vscode';
import { buildPanelHtml } from '../../webview/panelHtml.ts';
import type { SessionPhase } from '../protocol/panel.ts';

export interface PanelSurface {
  readonly place: 'view' | 'tab';
  post(envelope: unknown): void;
  /** There is one listener; it is handed first what came before it. */
  listen(onPosted: (data: unknown) => void): void;
  /** False once it has been closed: nothing may be asked of it any more. */
  isOpen(): boolean;
  isVisible(): boolean;
  readonly onDidChangeVisibility: Event<void>;
  /** The tab that the person works in, or the view that was last used. */
  readonly onDidActivate: Event<void>;
  readonly onDidDispose: Event<void>;
  /** Brings it to the front, with the focus. */
  reveal(): void;
  setTitle(title: string): void;
  setMark(mark: SurfaceMark): void;
}

export interface SurfaceMark {
  /** Of the session that is shown; undefined: nothing that a person would have to know. */
  readonly phase: SessionPhase | undefined;
  /** How many sessions of this window wait for a person. */
  readonly waiting: number;
}

/** Messages of a page that nobody has listened to yet. A page says one thing and then waits. */
const MAX_EARLY = 100;

export function createViewSurface(view: WebviewView, extensionUri: Uri): PanelSurface {
  const activated = new EventEmitter<void>();
  let isOpen = true;
  view.onDidChangeVisibility(() => {
    if (view.visible) activated.fire();
  });
  view.onDidDispose(() => {
    isOpen = false;
    activated.dispose();
  });
  return {
    place: 'view',
    ...loadPage(view.webview, extensionUri),
    isOpen: () => isOpen,
    isVisible: () => isOpen && view.visible,
    onDidChangeVisibility: view.onDidChangeVisibility,
    onDidActivate: activated.event,
    onDidDispose: view.onDidDispose,
    reveal: () => view.show(false),
    setTitle: (title) => {
      view.description = title;
    },
    setMark: ({ waiting }) => {
      view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: toBadgeTooltip(waiting) };
    },
  };
}

export function createTabSurface(panel: WebviewPanel, extensionUri: Uri): PanelSurface {
  const visibility = new EventEmitter<void>();
  const activated = new EventEmitter<void>();
  let isOpen = true;
  let phase: SessionPhase | undefined;
  let title = panel.title;
  const drawTitle = (): void => {
    const next = phase === undefined ? title : `${TITLE_MARKS[phase]} ${title}`;
    if (panel.title !== next) panel.title = next;
  };
  panel.iconPath = Uri.joinPath(extensionUri, 'media', 'belay.svg');
  panel.onDidChangeViewState(() => {
    visibility.fire();
    if (panel.active) activated.fire();
  });
  panel.onDidDispose(() => {
    isOpen = false;
    visibility.dispose();
    activated.dispose();
  });
  return {
    place: 'tab',
    ...loadPage(panel.webview, extensionUri),
    isOpen: () => isOpen,
    isVisible: () => isOpen && panel.visible,
    onDidChangeVisibility: visibility.event,
    onDidActivate: activated.event,
    onDidDispose: panel.onDidDispose,
    reveal: () => panel.reveal(),
    setTitle: (next) => {
      title = next === '' ? 'Belay' : next;
      drawTitle();
    },
    setMark: (mark) => {
      phase = mark.phase;
      drawTitle();
    },
  };
}

function loadPage(webview: Webview, extensionUri: Uri): Pick<PanelSurface, 'post' | 'listen'> {
  const root = Uri.joinPath(extensionUri, 'dist', 'webview');
  const toUri = (file: string): string => webview.asWebviewUri(Uri.joinPath(root, file)).toString();
  let early: unknown[] = [];
  let listener = (data: unknown): void => {
    if (early.length < MAX_EARLY) early.push(data);
  };
  webview.options = {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    localResourceRoots: [root],
  };
  webview.onDidReceiveMessage((data) => listener(data));
  webview.html = buildPanelHtml({
    nonce: randomBytes(16).toString('base64'),
    cspSource: webview.cspSource,
    scriptUri: toUri('main.js'),
    styleUri: toUri('main.css'),
    codiconUri: toUri('codicon.css'),
  });
  return {
    post: (envelope) => void webview.postMessage(envelope),
    listen(onPosted) {
      listener = onPosted;
      const posted = early;
      early = [];
      for (const data of posted) onPosted(data);
    },
  };
}

const TITLE_MARKS: Readonly<Record<SessionPhase, string>> = {
  running: '▸',
  needs_you: '●',
  done: '✓',
  failed: '✕',
};

function toBadgeTooltip(count: number): string {
  return count === 1 ? '1 session needs you' : `${count} sessions need you`;
}
