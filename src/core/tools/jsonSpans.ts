/**
 * Where the values of a JSON text stand, so that one can be replaced without writing all the others anew (and so changing
 * their numbers, escapes and spaces). For texts that JSON.parse takes.
 */

/** Offsets in UTF-16 units; the end is behind the value. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** The value that the whole text is. */
export function findRoot(text: string): JsonSpan {
  const start = skipSpace(text, 0);
  return { start, end: skipValue(text, start) };
}

/** Values of an object by name; of a name given twice the last, as JSON.parse takes it. */
export function findMembers(text: string, object: JsonSpan): ReadonlyMap<string, JsonSpan> {
  const members = new Map<string, JsonSpan>();
  let at = skipSpace(text, object.start + 1);
  while (text[at] === '"') {
    const nameEnd = skipString(text, at);
    const name: unknown = JSON.parse(text.slice(at, nameEnd));
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = skipValue(text, start);
    members.set(String(name), { start, end });
    at = skipComma(text, end);
  }
  return members;
}

/** Elements of an array. */
export function findElements(text: string, array: JsonSpan): readonly JsonSpan[] {
  const elements: JsonSpan[] = [];
  let at = skipSpace(text, array.start + 1);
  while (at < array.end - 1) {
    const end = skipValue(text, at);
    elements.push({ start: at, end });
    at = skipComma(text, end);
  }
  return elements;
}

function skipComma(text: string, at: number): number {
  const next = skipSpace(text, at);
  return text[next] === ',' ? skipSpace(text, next + 1) : next;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && ' \t\n\r'.includes(text.charAt(next))) next += 1;
  return next;
}

function skipString(text: string, at: number): number {
  let next = at + 1;
  while (next < text.length && text[next] !== '"') next += text[next] === '\\' ? 2 : 1;
  return next + 1;
}

function skipValue(text: string, at: number): number {
  if (text[at] === '"') return skipString(text, at);
  if (text[at] !== '{' && text[at] !== '[') {
    let next = at;
    while (next < text.length && !' \t\n\r,]}'.includes(text.charAt(next))) next += 1;
    return next;
  }
  let depth = 0;
  let next = at;
  do {
    const character = text[next];
    if (character === '"') {
      next = skipString(text, next);
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    next += 1;
  } while (depth > 0 && next < text.length);
  return next;
}
