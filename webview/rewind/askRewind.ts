/** Opens the rewind dialog for a user message, as the host's `belay/rewind_ask` does. */
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import type { Store } from '../state/store.ts';

export function askRewind(store: Store, userMessageId: string, blocks: readonly ContentBlock[]): void {
  const text = blocks
    .map((block) => (block.type === 'text' ? block.text : ''))
    .join(' ')
    .trim();
  store.update((model) => {
    const count = (model.rewindAsked?.count ?? 0) + 1;
    return { ...model, rewindAsked: { userMessageId, text, targets: null, title: null, count } };
  });
}
