/** Finding a text in what a panel doesn't hold: it searches what it shows itself. */
import type { ContentBlock } from '../protocol/blocks.ts';
import type { ConversationMessage } from '../protocol/messages.ts';
import type { FoundItem } from '../protocol/panel.ts';

export interface SearchedEntry {
  readonly key: string | null;
  readonly message: ConversationMessage;
}

/** In the order of the conversation. */
export interface FoundItems {
  /** Before the first item that the panel holds. */
  readonly earlier: readonly FoundItem[];
  /** Behind the last. */
  readonly later: readonly FoundItem[];
}

/** Items that are told, on each side; the nearest to what the panel holds. */
const MOST = 2_000;

/** Without regard to case. */
export function findItems(
  entries: readonly SearchedEntry[],
  wanted: string,
  held: { readonly first: string | null; readonly last: string | null },
): FoundItems {
  const needle = wanted.toLowerCase();
  if (needle.trim() === '') return { earlier: [], later: [] };
  const first = held.first === null ? -1 : entries.findIndex(({ key }) => key === held.first);
  const last = held.last === null ? -1 : entries.findLastIndex(({ key }) => key === held.last);
  return {
    earlier: first === -1 ? [] : search(entries.slice(0, first).reverse(), needle).reverse(),
    later: last === -1 ? [] : search(entries.slice(last + 1), needle),
  };
}

function search(entries: readonly SearchedEntry[], needle: string): FoundItem[] {
  const found: FoundItem[] = [];
  for (const { key, message } of entries) {
    if (found.length >= MOST) break;
    if (key === null) continue;
    const count = shownTexts(message).reduce((sum, text) => sum + countIn(text, needle), 0);
    if (count > 0) found.push({ key, count });
  }
  return found;
}

function countIn(text: string, needle: string): number {
  const searched = text.toLowerCase();
  let count = 0;
  for (let at = searched.indexOf(needle); at !== -1; at = searched.indexOf(needle, at + needle.length))
    count += 1;
  return count;
}

/** What a person sees of a message while its cards are folded. */
function shownTexts(message: ConversationMessage): readonly string[] {
  switch (message.type) {
    case 'user':
    case 'assistant': {
      const { content } = message.message;
      return typeof content === 'string' ? [content] : content.flatMap(textsOf);
    }
    case 'system':
      if (message.subtype === 'informational' || message.subtype === 'local_command_output')
        return [message.content];
      return message.subtype === 'task_notification' ? [message.summary] : [];
    default:
      return [];
  }
}

/** The fields of a call that its card has in its head. */
const HEADS = [
  'command',
  'file_path',
  'notebook_path',
  'path',
  'pattern',
  'query',
  'url',
  'description',
] as const;

function textsOf(block: ContentBlock): readonly string[] {
  if (block.type === 'text') return [(block as { readonly text: string }).text];
  if (block.type !== 'tool_use') return [];
  const input = (block as { readonly input: unknown }).input;
  if (typeof input !== 'object' || input === null) return [];
  return HEADS.flatMap((name) => {
    const value = (input as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? [value] : [];
  });
}
