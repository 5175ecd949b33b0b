/**
 * The commonest event by far, a few characters of text, read without parsing the whole of it as JSON, which takes several
 * times as long. Only the form that the API gives it in the first ten blocks is known here; anything else is left to the
 * parser, and both read the same.
 */
import type { BlockDelta, StreamEvent } from '../../protocol/streamEvents.ts';

interface Form {
  /** What stands before the text, by the index of the block. */
  readonly beginnings: readonly string[];
  toDelta(text: string): BlockDelta;
}

const BEFORE_INDEX = '{"type":"content_block_delta","index":';
const BEFORE_TYPE = ',"delta":{"type":"';
/** Where the second letter of the type stands, which tells the three apart. */
const TELLING = BEFORE_INDEX.length + 1 + BEFORE_TYPE.length + 1;

const TEXT = buildForm('text_delta","text":"', (text) => ({ type: 'text_delta', text }));
const THINKING = buildForm('thinking_delta","thinking":"', (thinking) => ({
  type: 'thinking_delta',
  thinking,
}));
const INPUT = buildForm('input_json_delta","partial_json":"', (partial_json) => ({
  type: 'input_json_delta',
  partial_json,
}));

/** What stands behind the text; the API puts white space there, so that lengths tell nothing. */
const ENDING = /^"\s*\}\s*\}\s*$/;

/** undefined: not in this form. */
export function readPlainDelta(data: string): StreamEvent | undefined {
  const index = data.charCodeAt(BEFORE_INDEX.length) - 0x30;
  const form = findForm(data.charCodeAt(TELLING));
  const beginning = form?.beginnings[index];
  // Cut and compared: `startsWith` takes several times as long.
  if (form === undefined || beginning === undefined || data.slice(0, beginning.length) !== beginning)
    return undefined;
  const text = readText(data, beginning.length);
  return text === undefined ? undefined : { type: 'content_block_delta', index, delta: form.toDelta(text) };
}

function buildForm(rest: string, toDelta: (text: string) => BlockDelta): Form {
  // Joined, not added: a sum of strings stays a sum inside the engine, and comparing with one is slow.
  const beginnings = Array.from({ length: 10 }, (_, index) =>
    [BEFORE_INDEX, index, BEFORE_TYPE, rest].join(''),
  );
  return { beginnings, toDelta };
}

function findForm(letter: number): Form | undefined {
  if (letter === 0x65) return TEXT;
  if (letter === 0x6e) return INPUT;
  return letter === 0x68 ? THINKING : undefined;
}

/** The text that begins here and ends with the last quotation mark. */
function readText(data: string, start: number): string | undefined {
  const end = data.lastIndexOf('"');
  if (end < start || !(data.endsWith('"}}') || ENDING.test(data.slice(end)))) return undefined;
  const isPlain = data.indexOf('"', start) === end && data.indexOf('\\', start) === -1;
  return isPlain ? data.slice(start, end) : parseString(data.slice(start - 1, end + 1));
}

function parseString(literal: string): string | undefined {
  try {
    const text: unknown = JSON.parse(literal);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
