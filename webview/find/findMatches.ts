/** Where a text stands in a part of the page, also when it goes through several elements of one line (coloured code). */

/** Elements that end a line of text. What is inside one can match; what goes from one into the next can't. */
const BLOCKS =
  'p, li, pre, td, th, h1, h2, button, section, blockquote, .heading, .diff-line, .user-text, .tool-title, .markdown, div';

/** More would help nobody, and each costs. */
export const MATCH_LIMIT = 1_000;

export interface Match {
  readonly range: Range;
  /** The item of the conversation it stands in. */
  readonly key: string;
  /** Which of the matches in this item it is, from 0. */
  readonly ordinal: number;
}

/** Matches in order, without regard to case. */
export function findMatches(root: Element, wanted: string): readonly Match[] {
  let before: Match | undefined;
  return findRanges(root, wanted).map((range) => {
    const element = range.startContainer.parentElement;
    const key = element?.closest<HTMLElement>('[data-key]')?.dataset.key ?? '';
    before = { range, key, ordinal: before?.key === key ? before.ordinal + 1 : 0 };
    return before;
  });
}

function findRanges(root: Element, wanted: string): readonly Range[] {
  const needle = wanted.toLowerCase();
  if (needle.trim() === '') return [];
  const found: Range[] = [];
  for (const nodes of readBlocks(root)) {
    const text = nodes.map(({ data }) => data.toLowerCase()).join('');
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
      const range = toRange(nodes, at, at + needle.length);
      if (range !== null) found.push(range);
      if (found.length >= MATCH_LIMIT) return found;
    }
  }
  return found;
}

/** The text nodes of each line. */
function readBlocks(root: Element): readonly (readonly Text[])[] {
  const blocks: Text[][] = [];
  let current: Element | null = null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    const block = node.parentElement?.closest(BLOCKS) ?? null;
    if (block === null || node.parentElement?.closest('.for-screen-reader') != null) continue;
    if (block !== current) blocks.push([]);
    current = block;
    blocks.at(-1)?.push(node);
  }
  return blocks;
}

function toRange(nodes: readonly Text[], start: number, end: number): Range | null {
  const from = locate(nodes, start);
  const to = locate(nodes, end - 1);
  if (from === null || to === null) return null;
  const range = document.createRange();
  range.setStart(from.node, from.offset);
  range.setEnd(to.node, to.offset + 1);
  return range;
}

function locate(
  nodes: readonly Text[],
  offset: number,
): { readonly node: Text; readonly offset: number } | null {
  let before = 0;
  for (const node of nodes) {
    if (offset < before + node.length) return { node, offset: offset - before };
    before += node.length;
  }
  return null;
}
