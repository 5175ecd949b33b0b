/**
 * Text as a terminal would leave it on the screen, for a reader without one: no escape sequences, and of a line that was
 * written over (a progress bar) only what was written last.
 */

/** Escape sequences of ECMA-48: CSI, OSC and the other strings (ended by BEL or ST), and the two-character ones. */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]/g;
/** What else moves a cursor or rings a bell. */
const controls = /(?![\t\n\r])\p{Cc}/gu;
/** Any of all that. */
const dirt = /(?![\t\n])\p{Cc}/u;

/** A line longer than this is passed on in pieces. Characters. */
const maxPending = 64 * 1024;

/** Cleans a stream of text piece by piece: what may still change (the last line) is kept back until it can't. */
export class TerminalText {
  #pending = '';

  /** Returns what is final. */
  push(text: string): string {
    this.#pending += text;
    const end = this.#pending.lastIndexOf('\n') + 1;
    const lines = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end);
    if (this.#pending.length > maxPending) this.#pending = dropOverwritten(this.#pending);
    if (this.#pending.length <= maxPending) return cleanTerminalText(lines);
    const long = this.#pending;
    this.#pending = '';
    return cleanTerminalText(lines + long);
  }

  /** The rest. */
  end(): string {
    const rest = cleanTerminalText(this.#pending);
    this.#pending = '';
    return rest;
  }
}

/** Cleans a whole text. */
export function cleanTerminalText(text: string): string {
  // Most output has nothing to clean.
  if (!dirt.test(text)) return text;
  return text
    .replace(escapes, '')
    .split('\n')
    .map((line) => dropOverwritten(line).replace(/\r$/, '').replace(controls, ''))
    .join('\n');
}

/** "a\rb" leaves "b"; a carriage return at the end of the line has not been written over yet. */
function dropOverwritten(line: string): string {
  const last = line.lastIndexOf('\r', line.length - 2);
  return last === -1 ? line : line.slice(last + 1);
}
