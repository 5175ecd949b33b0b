/**
 * Markdown that is still being written. What can't change any more is parsed once; only the tail is parsed again as it
 * grows, so that the work stays in proportion to the text.
 *
 * A block is finished when, after a blank line, another has begun whose first line is whole. Without a blank line a later
 * line can still divide the text otherwise (an underline that makes a heading); with half a line nobody knows yet whether
 * it goes on with a list.
 */
import type { Token } from 'marked';
import { LENGTH_LIMIT, parseMarkdown } from './parseMarkdown.ts';

export interface MarkdownProgress {
  /** Top-level blocks in order. A block that is parsed again keeps its place. */
  readonly tokens: readonly Token[];
  /** How many of them are finished, and the length of the text they cover. */
  readonly finished: { readonly count: number; readonly length: number };
  /** The whole text as of the last parse. */
  readonly text: string;
  /** Beyond the limits: to be shown as plain text. */
  readonly isPlain: boolean;
  /** Known at the end only: links may lead elsewhere now, so that everything is to be drawn anew. */
  readonly hasDefinitions: boolean;
}

const NOTHING = { count: 0, length: 0 };
const START: MarkdownProgress = {
  tokens: [],
  finished: NOTHING,
  text: '',
  isPlain: false,
  hasDefinitions: false,
};

/** `isOpen`: more may come. The whole is parsed once more at the end, when reference links are known. */
export function advanceMarkdown(
  previous: MarkdownProgress | null,
  text: string,
  isOpen: boolean,
): MarkdownProgress {
  if (!isOpen) return finishMarkdown(text);
  const base = previous !== null && text.startsWith(previous.text) ? previous : START;
  if (base.isPlain || text.length > LENGTH_LIMIT) return toPlain(text);
  const grown = text.length - base.text.length;
  const tailLength = text.length - base.finished.length;
  // A long tail (one huge table or list) is parsed again only when it has grown by a part of itself.
  if (base !== START && grown <= tailLength >> 6) return base;
  const tail = parseMarkdown(text.slice(base.finished.length));
  return tail === null ? toPlain(text) : joinTail(base, tail, text);
}

function toPlain(text: string): MarkdownProgress {
  return { ...START, text, isPlain: true };
}

function joinTail(
  { tokens, finished }: MarkdownProgress,
  tail: readonly Token[],
  text: string,
): MarkdownProgress {
  const settled = tail.slice(0, countFinished(tail));
  const raw = settled.map((token) => token.raw).join('');
  // The lexer normalises line ends; where its raw text differs from ours, offsets can't be trusted.
  const isExact = text.startsWith(raw, finished.length);
  return {
    tokens: [...tokens.slice(0, finished.count), ...tail],
    finished: isExact
      ? { count: finished.count + settled.length, length: finished.length + raw.length }
      : finished,
    text,
    isPlain: false,
    hasDefinitions: false,
  };
}

/** How many leading tokens can't change any more. */
function countFinished(tokens: readonly Token[]): number {
  for (let index = tokens.length - 1; index > 0; index -= 1) {
    const token = tokens[index];
    if (token === undefined || token.type === 'space') continue;
    const hasLine = token.raw.includes('\n') || index < tokens.length - 1;
    if (hasLine && isAfterBlankLine(tokens, index)) return index;
  }
  return 0;
}

/** A `space` token alone says nothing: the lexer also makes one of blanks at the end of a line. */
function isAfterBlankLine(tokens: readonly Token[], index: number): boolean {
  const before = tokens.slice(Math.max(0, index - 2), index);
  return /\n[ \t]*\n[ \t]*$/.test(before.map(({ raw }) => raw).join(''));
}

function finishMarkdown(text: string): MarkdownProgress {
  const tokens = parseMarkdown(text);
  if (tokens === null) return toPlain(text);
  return {
    tokens,
    finished: { count: tokens.length, length: text.length },
    text,
    isPlain: false,
    hasDefinitions: tokens.some((token) => token.type === 'def'),
  };
}
