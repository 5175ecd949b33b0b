/**
 * From bytes to server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream),
 * cut anywhere: within a character, a line end or an event. Each byte is looked at once.
 */
import { ModelError } from './modelError.ts';

/** Called for each event; `name` is '' when it has none. */
export type TakeEvent = (name: string, data: string) => void;

/** An event of more characters than this isn't one of a model. */
const MAX_EVENT_LENGTH = 64 * 1024 * 1024;

const COLON = 0x3a;
const SPACE = 0x20;
const DATA = toCodes('data');
const EVENT = toCodes('event');

export class ServerSentEventReader {
  readonly #take: TakeEvent;
  /** Keeps byte order marks: when a stream is cut, decoders differ in how many of them they take away. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #atStart = true;
  /** A line whose end hasn't come. */
  #line = '';
  /** The last character was a carriage return: a line feed right after it belongs to it. */
  #afterReturn = false;
  #name = '';
  #data: string | undefined;

  constructor(take: TakeEvent) {
    this.#take = take;
  }

  /** Takes the next bytes in and gives out the events they complete. Throws ModelError for one that never ends. */
  push(bytes: Uint8Array): void {
    this.#read(this.#withoutMark(this.#decoder.decode(bytes, { stream: true })));
  }

  /** The stream has ended: an event that lacks only its empty line counts. */
  end(): void {
    this.#read(`${this.#decoder.decode()}\n\n`);
  }

  #withoutMark(text: string): string {
    if (!this.#atStart || text === '') return text;
    this.#atStart = false;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  #read(piece: string): void {
    const text = this.#withFeeds(piece);
    let at = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      if (this.#line !== '') this.#endPending(text.slice(0, end));
      else if (end === at) this.#endEvent();
      else this.#takeLine(text, at, end);
      at = end + 1;
    }
    this.#line += text.slice(at);
    this.#checkLength(this.#line.length);
  }

  /** Every line end as a line feed; a pair that was cut apart counts once. */
  #withFeeds(text: string): string {
    if (text === '') return text;
    const rest = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#afterReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  }

  #endPending(rest: string): void {
    const line = this.#line + rest;
    this.#line = '';
    if (line === '') this.#endEvent();
    else this.#takeLine(line, 0, line.length);
  }

  /** A line of the text. Only what is of use is cut out of it: there are three lines for every few characters of a reply. */
  #takeLine(text: string, start: number, end: number): void {
    const isData = isWord(text, start, DATA);
    if (!isData && !isWord(text, start, EVENT)) return;
    const colon = start + (isData ? DATA.length : EVENT.length);
    // The field's name alone is a line, too; a longer name is another field.
    if (colon < end && text.charCodeAt(colon) !== COLON) return;
    const from = text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
    const value = from < end ? text.slice(from, end) : '';
    if (!isData) this.#name = value;
    else this.#data = this.#data === undefined ? value : this.#joinData(this.#data, value);
  }

  #joinData(before: string, value: string): string {
    this.#checkLength(before.length + value.length);
    return `${before}\n${value}`;
  }

  #endEvent(): void {
    const name = this.#name;
    const data = this.#data;
    this.#name = '';
    this.#data = undefined;
    if (data !== undefined && data !== '') this.#take(name, data);
  }

  #checkLength(length: number): void {
    if (length <= MAX_EVENT_LENGTH) return;
    throw new ModelError({
      kind: 'bad_response',
      code: 'too_large',
      message: 'An event of the reply never ended.',
    });
  }
}

function toCodes(word: string): readonly number[] {
  return Array.from(word, (char) => char.charCodeAt(0));
}

/** Letter by letter: a word cut out for comparing would be garbage for each line. */
function isWord(text: string, start: number, word: readonly number[]): boolean {
  for (let i = 0; i < word.length; i += 1) if (text.charCodeAt(start + i) !== word[i]) return false;
  return true;
}
