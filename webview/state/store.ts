/** Holds the model, gathers what arrives, and makes one new model per frame. */
import { EMPTY_MODEL, type PanelModel } from './panelModel.ts';
import { reduceAll } from './reduce.ts';

export interface Store {
  get(): PanelModel;
  /** Called after each new model. Returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** A message to be reduced with the others of its frame. */
  receive(message: unknown): void;
  /** Changes the model at once (after what has been received). */
  update(change: (model: PanelModel) => PanelModel): void;
  /** Starts over from these messages. */
  reset(start: Partial<PanelModel>, messages: readonly unknown[]): void;
}

export interface StoreOptions {
  /** Runs the callback soon, once: `requestAnimationFrame`, or a timer while the page is hidden. */
  readonly schedule: (flush: () => void) => void;
  readonly now: () => number;
  readonly onProblem: (problem: string) => void;
}

export function createStore({ schedule, now, onProblem }: StoreOptions): Store {
  const listeners = new Set<() => void>();
  let model = EMPTY_MODEL;
  let inbox: unknown[] = [];
  let isScheduled = false;

  function takeInbox(): void {
    const messages = inbox;
    inbox = [];
    model = reduceAll(model, messages, now(), onProblem);
  }

  function publish(): void {
    for (const listener of [...listeners]) listener();
  }

  function flush(): void {
    isScheduled = false;
    if (inbox.length === 0) return;
    takeInbox();
    publish();
  }

  return {
    get: () => model,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    receive(message) {
      inbox.push(message);
      if (isScheduled) return;
      isScheduled = true;
      schedule(flush);
    },
    update(change) {
      takeInbox();
      model = change(model);
      publish();
    },
    reset(start, messages) {
      inbox = [];
      model = reduceAll({ ...EMPTY_MODEL, ...start }, messages, now(), onProblem);
      publish();
    },
  };
}

/** A frame while there are frames, a timer while the page is hidden and none come. */
export function scheduleFrame(flush: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(flush);
  else setTimeout(flush, 200);
}
