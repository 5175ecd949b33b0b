/** Which part of a conversation a panel is told: it holds what is near its view, never all of a long one. */

/** What has to be known of a message to say where a page may begin. */
export interface PageEntry {
  /** See `itemKey`. */
  readonly key: string | null;
  /** Characters, roughly. */
  readonly size: number;
}

/** Beside, behind or around the item with this key; nothing named: the newest. */
export interface PageRequest {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly around?: string | undefined;
}

/** From `start` to before `end`. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
}

/** Items of a page. */
const PAGE_ITEMS = 60;
/** Characters of a page, but for one step that is larger alone. */
const PAGE_SIZE = 1_500_000;
/** Items above one that is gone to. */
const ITEMS_ABOVE = 15;
/** A place that is no further from the end is shown with all that follows it. Items. */
const NEAR_END = 150;

/** undefined: there is no such item (any more). */
export function findPage(
  entries: readonly PageEntry[],
  { before, after, around }: PageRequest,
): PageRange | undefined {
  if (before !== undefined) {
    const end = entries.findIndex(({ key }) => key === before);
    return end === -1 ? undefined : { start: goBack(entries, end, PAGE_ITEMS), end };
  }
  if (after !== undefined) {
    const last = entries.findLastIndex(({ key }) => key === after);
    return last === -1 ? undefined : { start: last + 1, end: goOn(entries, last + 1, PAGE_ITEMS) };
  }
  if (around !== undefined) {
    const place = entries.findIndex(({ key }) => key === around);
    return place === -1 ? undefined : findAround(entries, place);
  }
  return { start: goBack(entries, entries.length, PAGE_ITEMS), end: entries.length };
}

function findAround(entries: readonly PageEntry[], place: number): PageRange {
  const start = goBack(entries, place, ITEMS_ABOVE);
  const far = goOn(entries, place, NEAR_END);
  return { start, end: far === entries.length ? far : goOn(entries, place, PAGE_ITEMS) };
}

/** Where a page begins that ends before `end`. */
function goBack(entries: readonly PageEntry[], end: number, most: number): number {
  let items = 0;
  let size = 0;
  let start = end;
  for (let index = end - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    size += entry.size;
    if (entry.key !== null) items += 1;
    if (!begins(entry) && index > 0) continue;
    // A step that is too large for the others is left to the next page, and is one alone.
    if (start < end && size > PAGE_SIZE) break;
    start = index;
    if (items >= most || size > PAGE_SIZE) break;
  }
  return start;
}

/** Where a page ends that begins with `start`. */
function goOn(entries: readonly PageEntry[], start: number, most: number): number {
  let items = 0;
  let size = 0;
  for (let index = start; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    // Without an item there would be nothing to ask the next one by.
    if (items > 0 && begins(entry) && (items >= most || size > PAGE_SIZE)) return index;
    size += entry.size;
    if (entry.key !== null) items += 1;
  }
  return entries.length;
}

/** Prompts and replies begin a step: what follows up to the next one (results, subagents, notices) stays with them. */
function begins({ key }: PageEntry): boolean {
  return key?.startsWith('user:') === true || key?.startsWith('reply:') === true;
}
