/**
 * Markdown to marked's tokens. Only the tokens are used: what is drawn are DOM nodes made from them, never HTML text, so
 * there is nothing to sanitise and no markup in the input can become an element.
 *
 * Limits come before parsing: a text that is too long or nested too deeply is shown as plain text.
 */
import { Lexer, type Token } from 'marked';

/** Characters of one text that are parsed. */
export const LENGTH_LIMIT = 200_000;
/** Levels of quotes and lists that are parsed, and levels of anything that are drawn. */
export const NESTING_LIMIT = 100;

/** null: beyond the limits, to be shown as plain text. */
export function parseMarkdown(text: string): readonly Token[] | null {
  if (text.length > LENGTH_LIMIT || isTooDeep(text)) return null;
  try {
    return new Lexer({ gfm: true, breaks: false }).lex(text);
  } catch {
    // The parser gave up on hostile input (its own recursion or infinite-loop guard).
    return null;
  }
}

/** Counts the container marks a line begins with, and looks for runs of opening brackets no prose has. */
function isTooDeep(text: string): boolean {
  const marks = new RegExp(
    `^(?:[ \\t]*(?:>|[-+*](?=[ \\t>])|\\d{1,9}[.)](?=[ \\t>]))){${NESTING_LIMIT}}`,
    'm',
  );
  const brackets = new RegExp(`[[(!*_~\\\\]{${NESTING_LIMIT * 10}}`);
  const indent = new RegExp(`^[ \\t]{${NESTING_LIMIT * 4}}[-+*>\\d]`, 'm');
  return marks.test(text) || brackets.test(text) || indent.test(text);
}
