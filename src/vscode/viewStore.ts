/** Draft, scroll position and open cards of each session, kept for this workspace so that they outlive every webview. */
import type { Memento } from 'vscode';
import * as z from 'zod';
import { controlTable } from '../protocol/control.ts';
import type { PanelView } from '../protocol/panel.ts';

/** Sessions whose view is remembered. */
const MAX_VIEWS = 30;
/** Characters of a draft that are kept; a longer one is cut. */
const MAX_DRAFT = 200_000;
const MAX_OPEN = 2000;
const KEY = 'belay.views';

const EMPTY_VIEW: PanelView = { draft: '', scroll: null, open: {} };

/** Newest last. What was stored by another version, or by hand, counts only where it fits. */
const stored = z.array(z.tuple([z.string(), controlTable['belay/view_save'].request])).catch([]);

export interface ViewStore {
  get(sessionId: string): PanelView;
  save(sessionId: string, view: PanelView): Promise<void>;
}

export function createViewStore(memento: Memento): ViewStore {
  const views = new Map(stored.parse(memento.get(KEY)));
  return {
    get: (sessionId) => views.get(sessionId) ?? EMPTY_VIEW,
    async save(sessionId, { draft, scroll, open }) {
      views.delete(sessionId);
      views.set(sessionId, {
        draft: draft.slice(0, MAX_DRAFT),
        scroll,
        open: Object.fromEntries(Object.entries(open).slice(-MAX_OPEN)),
      });
      const [oldest] = views.keys();
      if (views.size > MAX_VIEWS && oldest !== undefined) views.delete(oldest);
      await memento.update(KEY, [...views]);
    },
  };
}
