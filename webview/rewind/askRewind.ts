/** Opens the rewind dialog for a user message, as the host's `belay/rewind_ask` does. */
import type { Store } from '../state/store.ts';

export function askRewind(store: Store, userMessageId: string): void {
  store.update((model) => ({
    ...model,
    rewindAsked: { userMessageId, targets: null, title: null, count: (model.rewindAsked?.count ?? 0) + 1 },
  }));
}
