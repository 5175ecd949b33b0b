/**
 * From one text to another by small replacements: what doesn't change is not touched, so that cursors, folds and marks in
 * an open editor stay where they are. Lines are compared first, then the ends of each changed stretch are trimmed.
 */
import { diffArrays } from 'diff';

/** Replaces `[start, end)` (UTF-16 offsets into the old text) by `text`. */
export interface TextReplacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Line differences beyond this many are not worth finding: the changed stretch is replaced as one. */
const MAX_LINE_EDITS = 500;

/** Replacements in the order of the text, none touching another. Applied together, they turn `before` into `after`. */
export function toTextReplacements(before: string, after: string): TextReplacement[] {
  if (before === after) return [];
  const changes = diffArrays(splitLines(before), splitLines(after), { maxEditLength: MAX_LINE_EDITS });
  if (changes === undefined) return [trim({ start: 0, end: before.length, text: after }, before)];
  return toReplacements(changes).map((replacement) => trim(replacement, before));
}

function toReplacements(
  changes: readonly {
    readonly added?: boolean;
    readonly removed?: boolean;
    readonly value: readonly string[];
  }[],
): TextReplacement[] {
  const replacements: TextReplacement[] = [];
  let offset = 0;
  let current: TextReplacement | undefined;
  const end = (): void => {
    if (current !== undefined) replacements.push(current);
    current = undefined;
  };
  for (const change of changes) {
    const text = change.value.join('');
    if (!change.added && !change.removed) {
      end();
      offset += text.length;
      continue;
    }
    current ??= { start: offset, end: offset, text: '' };
    if (change.added) current = { ...current, text: current.text + text };
    else {
      offset += text.length;
      current = { ...current, end: offset };
    }
  }
  end();
  return replacements;
}

/** Leaves out what both sides have in common at the ends, without cutting a CRLF or a surrogate pair in two. */
function trim({ start, end, text }: TextReplacement, before: string): TextReplacement {
  const limit = Math.min(end - start, text.length);
  let head = 0;
  while (head < limit && before.charCodeAt(start + head) === text.charCodeAt(head)) head += 1;
  while (head > 0 && isInsidePair(before, start + head, text, head)) head -= 1;
  let tail = 0;
  while (
    tail < limit - head &&
    before.charCodeAt(end - 1 - tail) === text.charCodeAt(text.length - 1 - tail)
  ) {
    tail += 1;
  }
  while (tail > 0 && isInsidePair(before, end - tail, text, text.length - tail)) tail -= 1;
  return { start: start + head, end: end - tail, text: text.slice(head, text.length - tail) };
}

function isInsidePair(before: string, beforeOffset: number, after: string, afterOffset: number): boolean {
  return splitsPair(before, beforeOffset) || splitsPair(after, afterOffset);
}

function splitsPair(text: string, offset: number): boolean {
  const left = text.charCodeAt(offset - 1);
  const right = text.charCodeAt(offset);
  if (left === CARRIAGE_RETURN && right === LINE_FEED) return true;
  return left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff;
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Lines with their ends, so that joining gives the text back. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
