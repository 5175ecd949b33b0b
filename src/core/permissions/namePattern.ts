/** A pattern for one name of a path: `*`, `?`, `[a-z]`, `[!a]`, and a backslash before what is to be taken as it is. */

export interface NamePattern {
  /** The pattern is this name and no other. */
  readonly literal: string | undefined;
  matches(name: string): boolean;
  /** What every name it matches begins with. */
  readonly start: string;
}

type Token = string | '*any' | ((character: string) => boolean);
const ANY = '*any';

/** `fold` makes spellings of one file equal; names to match have been folded already. */
export function parseNamePattern(pattern: string, fold: (name: string) => string): NamePattern {
  const tokens = tokenize(pattern, fold);
  const end = tokens.findIndex((token) => token === ANY || typeof token === 'function');
  const start = tokens.slice(0, end === -1 ? undefined : end).join('');
  if (end === -1) return { literal: start, matches: (name) => name === start, start };
  return { literal: undefined, matches: (name) => matchTokens(tokens, [...name]), start };
}

function tokenize(pattern: string, fold: (name: string) => string): readonly Token[] {
  const characters = [...pattern];
  const tokens: Token[] = [];
  let index = 0;
  while (index < characters.length) {
    const character = characters[index] ?? '';
    index += 1;
    if (character === '\\' && index < characters.length) {
      tokens.push(...fold(characters[index] ?? ''));
      index += 1;
    } else if (character === '*') {
      if (tokens.at(-1) !== ANY) tokens.push(ANY);
    } else if (character === '?') tokens.push(() => true);
    else if (character === '[') {
      const set = readSet(characters, index, fold);
      tokens.push(set?.includes ?? '[');
      index = set?.end ?? index;
    } else tokens.push(...fold(character));
  }
  return tokens;
}

/** From behind the bracket on; undefined: it is never closed, so it is a character like others. */
function readSet(
  characters: readonly string[],
  from: number,
  fold: (name: string) => string,
): { readonly includes: (character: string) => boolean; readonly end: number } | undefined {
  let index = from;
  const isNegated = characters[index] === '!' || characters[index] === '^';
  if (isNegated) index += 1;
  const ranges: (readonly [string, string])[] = [];
  for (let isFirst = true; index < characters.length; isFirst = false) {
    const character = characters[index] ?? '';
    if (character === ']' && !isFirst) {
      const includes = (name: string): boolean =>
        ranges.some(([low, high]) => low <= name && name <= high) !== isNegated;
      return { includes, end: index + 1 };
    }
    const escaped = character === '\\' ? 1 : 0;
    const low = fold(characters[index + escaped] ?? '');
    index += 1 + escaped;
    const isRange =
      characters[index] === '-' && characters[index + 1] !== undefined && characters[index + 1] !== ']';
    const high = isRange ? fold(characters[index + 1] ?? '') : low;
    if (isRange) index += 2;
    ranges.push([low, high]);
  }
  return undefined;
}

/** Back to the last `*` and one character further where it doesn't fit: never more than length times length steps. */
function matchTokens(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let character = 0;
  let star = -1;
  let starCharacter = 0;
  while (character < name.length) {
    const current = tokens[token];
    const given = name[character] ?? '';
    if (current === ANY) {
      star = token;
      starCharacter = character;
      token += 1;
    } else if (
      current !== undefined &&
      (typeof current === 'function' ? current(given) : current === given)
    ) {
      token += 1;
      character += 1;
    } else if (star === -1) return false;
    else {
      starCharacter += 1;
      character = starCharacter;
      token = star + 1;
    }
  }
  while (tokens[token] === ANY) token += 1;
  return token === tokens.length;
}
