/** The composition root of the panel. */
import './noEval.ts';
import { hideStyleNonce } from './styleNonce.ts';
import './styles/base.css';
import './styles/tokens.css';
import { render } from 'preact';
import { createConnection } from './connection.ts';
import { registerToolkit } from './controls/toolkit.ts';
import { createPermissionRequests } from './permission/permissionRequests.ts';
import { createPostMessageChannel } from './postMessageChannel.ts';
import { createStore, scheduleFrame } from './state/store.ts';
import { Announcer, createAnnouncements } from './view/Announcer.tsx';
import { App } from './view/App.tsx';
import { PanelContext } from './view/context.ts';
import { createStartCount } from './view/startCount.ts';
import { createViewMemory, type ViewMemory } from './view/viewMemory.ts';

/** How long draft, scroll and cards rest before they are saved, in ms. */
const SAVE_DELAY = 400;

function start(root: HTMLElement): void {
  registerToolkit();
  hideStyleNonce();
  const api = acquireVsCodeApi();
  const onProblem = (problem: string, cause?: unknown): void => console.warn(problem, cause ?? '');
  const store = createStore({ schedule: scheduleFrame, now: Date.now, onProblem });
  const permissions = createPermissionRequests();
  const starts = createStartCount();
  const announcements = createAnnouncements();
  const channel = createPostMessageChannel(api, window);
  const memory = createViewMemory({
    delayMs: SAVE_DELAY,
    save: (view) => {
      api.setState({ session_id: store.get().host?.session_id, draft: view.draft, scroll: view.scroll });
      peer
        .request('belay/view_save', view)
        .catch((error: unknown) => onProblem('the view could not be saved', error));
    },
  });
  const peer = createConnection({
    channel,
    store,
    permissions,
    onView: (view, isSame) => {
      memory.restore(view, { keepDraft: isSame });
      starts.increase();
    },
    onProblem,
  });
  saveBeforeTheEnd(memory);
  render(
    <PanelContext.Provider value={{ store, peer, permissions, memory, announce: announcements.say }}>
      <App starts={starts} />
      <Announcer announcements={announcements} />
    </PanelContext.Provider>,
    root,
  );
}

/**
 * What is said while the page is being taken away no longer reaches the host, so it is said at the first sign of that: the
 * focus leaves, or a key is pressed that may be a command of the editor.
 */
function saveBeforeTheEnd({ flush }: ViewMemory): void {
  window.addEventListener('blur', flush);
  window.addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', flush);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key)) flush();
  });
}

const root = document.getElementById('root');
if (root !== null) start(root);
