/** JSON as people write it in settings and themes: with comments, trailing commas and a byte order mark. */

/** The value; undefined when the text is no such JSON. */
export function parseJsonWithComments(text: string): unknown {
  try {
    return JSON.parse(toPlainJson(text));
  } catch {
    return undefined;
  }
}

// A string is matched first, so that what looks like a comment or a comma inside one is left alone.
const STRING_OR_COMMENT = /"(?:[^"\\]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g;
const STRING_OR_TRAILING_COMMA = /"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g;

function toPlainJson(text: string): string {
  const keepStrings = (match: string): string => (match.startsWith('"') ? match : ' ');
  return text
    .replace(/^\uFEFF/, '')
    .replace(STRING_OR_COMMENT, keepStrings)
    .replace(STRING_OR_TRAILING_COMMA, keepStrings);
}
