/**
 * What survives the end of the webview: the draft, the place in the conversation, and the cards opened or closed by hand.
 * Held by the host (`belay/view_save`); a copy without the cards lies in the webview's own state.
 */
import type { PanelView } from '../../src/protocol/panel.ts';

export interface ViewMemory {
  get(): PanelView;
  subscribe(listener: () => void): () => void;
  change(changes: Partial<PanelView>): void;
  /** Brings back what the host remembered. `keepDraft`: what is written here is newer. */
  restore(view: PanelView, options?: { readonly keepDraft: boolean }): void;
  /** Saves now what is still to be saved. */
  flush(): void;
}

export const EMPTY_VIEW: PanelView = { draft: '', scroll: null, open: {} };

export interface ViewMemoryOptions {
  readonly save: (view: PanelView) => void;
  /** How long to wait for further changes before saving, in ms. */
  readonly delayMs: number;
}

export function createViewMemory({ save, delayMs }: ViewMemoryOptions): ViewMemory {
  const listeners = new Set<() => void>();
  let view = EMPTY_VIEW;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    save(view);
  }

  function publish(): void {
    for (const listener of [...listeners]) listener();
  }

  return {
    get: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(changes) {
      view = { ...view, ...changes };
      timer ??= setTimeout(flush, delayMs);
      publish();
    },
    restore(next, { keepDraft } = { keepDraft: false }) {
      if (keepDraft) view = { ...next, draft: view.draft, editing: view.editing };
      else {
        clearTimeout(timer);
        timer = undefined;
        view = next;
      }
      publish();
    },
    flush,
  };
}
