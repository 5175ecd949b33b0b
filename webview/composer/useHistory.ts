/** Going back to what was said before, with the arrow keys, while nothing else is written. */
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import { getThread, MAIN_THREAD, type PanelModel } from '../state/panelModel.ts';
import { usePanel } from '../view/context.ts';

/** What the key changes the text into; null: it is not for the history. `caret`: where the caret stands, from 0. */
export type HistoryKey = (key: string, text: string, caret: number) => string | null;

export function useHistory(): HistoryKey {
  const { store } = usePanel();
  return (key, text, caret) => {
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
    return stepHistory(readPrompts(store.get()), { key, text, caret });
  };
}

export interface HistoryStep {
  readonly key: 'ArrowUp' | 'ArrowDown';
  readonly text: string;
  readonly caret: number;
}

/**
 * `prompts`: oldest first. Up begins where nothing is written; from there on both keys go on as long as what was said stands there
 * unchanged and the caret could go no further up or down in it.
 */
export function stepHistory(prompts: readonly string[], { key, text, caret }: HistoryStep): string | null {
  const place = text === '' ? prompts.length : prompts.lastIndexOf(text);
  if (place === -1) return null;
  if (key === 'ArrowUp') {
    if (text.slice(0, caret).includes('\n')) return null;
    return prompts[place - 1] ?? null;
  }
  if (text === '' || text.slice(caret).includes('\n')) return null;
  return prompts[place + 1] ?? '';
}

/** Different ones, oldest first; of those that are alike the newest counts. */
function readPrompts(model: PanelModel): readonly string[] {
  const said = getThread(model, MAIN_THREAD).items.flatMap((item) =>
    item.kind === 'user' ? [item.blocks.map(textOf).join('\n').trim()] : [],
  );
  return said.filter((text, index) => text !== '' && said.lastIndexOf(text) === index);
}

function textOf(block: ContentBlock): string {
  return block.type === 'text' && 'text' in block ? String(block.text) : '';
}
