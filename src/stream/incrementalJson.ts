/**
 * JSON (RFC 8259) that arrives in pieces: each character is looked at once, and what is there so far can be read at any time.
 *
 * Open strings, arrays and objects show what they hold already; a key, a number or a literal shows once it is complete. The
 * value is one live structure that grows in place, so reading it costs nothing; a text that ends is equal to what
 * `JSON.parse` makes of it, duplicate keys and a key named `__proto__` included.
 */
import { isDigit, mayEndNumber, type NumberPart, nextNumberPart } from './jsonNumber.ts';

/** Why the text isn't JSON. `offset` counts UTF-16 units from the start of the text. */
export interface JsonProblem {
  readonly message: string;
  readonly offset: number;
}

/** Arrays and objects within each other beyond this are a problem: what reads the value may be recursive. */
export const MAX_JSON_DEPTH = 1000;

/** What may come next. */
type Expect =
  | 'value'
  | 'firstItem'
  | 'firstKey'
  | 'key'
  | 'colon'
  | 'commaOrEnd'
  | 'string'
  | 'escape'
  | 'number'
  | 'literal'
  | 'end';

type Container =
  | { readonly kind: 'array'; readonly items: unknown[] }
  | { readonly kind: 'object'; readonly fields: Record<string, unknown>; key: string };

const LITERALS: Readonly<Record<string, { readonly word: string; readonly value: boolean | null }>> = {
  t: { word: 'true', value: true },
  f: { word: 'false', value: false },
  n: { word: 'null', value: null },
};
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class IncrementalJson {
  #text = '';
  /** Characters of all chunks before the present one. */
  #before = 0;
  #expect: Expect = 'value';
  readonly #open: Container[] = [];
  #root: unknown;
  #problem: JsonProblem | undefined;

  /** The string being read (a key or a value), or the characters of a number or a literal. */
  #token = '';
  #isKey = false;
  /** What follows a backslash so far. */
  #escape = '';
  /** A high surrogate whose other half may still come; it is shown with it, or when the string goes on without it. */
  #held = '';
  #numberPart: NumberPart = 'minus';
  #literal = LITERALS.n;

  /** Takes the next piece in. After a problem the text is kept but no longer looked at. */
  push(chunk: string): void {
    this.#text += chunk;
    if (this.#problem === undefined) this.#read(chunk);
    this.#before += chunk.length;
  }

  /** What is there so far; undefined before anything can be told. Grows in place: copy it to keep it. */
  get value(): unknown {
    return this.#isRootNumber() ? Number(this.#token) : this.#root;
  }

  /** The text so far is one whole JSON value. */
  get complete(): boolean {
    return this.#problem === undefined && (this.#expect === 'end' || this.#isRootNumber());
  }

  get problem(): JsonProblem | undefined {
    return this.#problem;
  }

  /** Everything pushed, as it came. */
  text(): string {
    return this.#text;
  }

  /** A number at the top ends where the text does. */
  #isRootNumber(): boolean {
    return this.#open.length === 0 && this.#expect === 'number' && mayEndNumber(this.#numberPart);
  }

  #read(chunk: string): void {
    let at = 0;
    while (at < chunk.length && this.#problem === undefined) {
      switch (this.#expect) {
        case 'string':
          at = this.#readString(chunk, at);
          break;
        case 'escape':
          at = this.#readEscape(chunk, at);
          break;
        case 'number':
          at = this.#readNumber(chunk, at);
          break;
        case 'literal':
          at = this.#readLiteral(chunk, at);
          break;
        default:
          at = this.#readStructure(chunk, at);
      }
    }
    if (this.#expect === 'string' || this.#expect === 'escape') this.#showString();
  }

  /** One character outside strings, numbers and literals. */
  #readStructure(chunk: string, at: number): number {
    const char = chunk.charAt(at);
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') return at + 1;
    switch (this.#expect) {
      case 'colon':
        if (char === ':') this.#expect = 'value';
        else this.#fail(`expected ":" after a key, found ${show(char)}`, at);
        return at + 1;
      case 'commaOrEnd':
        this.#readCommaOrEnd(char, at);
        return at + 1;
      case 'firstKey':
      case 'key':
        if (char === '"') this.#openString(true);
        else if (char === '}' && this.#expect === 'firstKey') this.#close();
        else this.#fail(`expected a key in double quotes, found ${show(char)}`, at);
        return at + 1;
      case 'firstItem':
        if (char === ']') {
          this.#close();
          return at + 1;
        }
        return this.#startValue(char, at);
      case 'end':
        this.#fail(`expected nothing after the value, found ${show(char)}`, at);
        return at + 1;
      default:
        return this.#startValue(char, at);
    }
  }

  #readCommaOrEnd(char: string, at: number): void {
    const isArray = this.#open.at(-1)?.kind === 'array';
    if (char === ',') this.#expect = isArray ? 'value' : 'key';
    else if (char === (isArray ? ']' : '}')) this.#close();
    else this.#fail(`expected "," or "${isArray ? ']' : '}'}", found ${show(char)}`, at);
  }

  #startValue(char: string, at: number): number {
    if (char === '{') this.#openContainer({ kind: 'object', fields: {}, key: '' }, at);
    else if (char === '[') this.#openContainer({ kind: 'array', items: [] }, at);
    else if (char === '"') this.#openString(false);
    else if (char === '-' || isDigit(char)) {
      this.#token = char;
      this.#numberPart = char === '-' ? 'minus' : char === '0' ? 'zero' : 'integer';
      this.#expect = 'number';
    } else if (Object.hasOwn(LITERALS, char)) {
      this.#token = char;
      this.#literal = LITERALS[char];
      this.#expect = 'literal';
    } else this.#fail(`expected a value, found ${show(char)}`, at);
    return at + 1;
  }

  #openContainer(container: Container, at: number): void {
    if (this.#open.length >= MAX_JSON_DEPTH) {
      this.#fail(`more than ${MAX_JSON_DEPTH} arrays and objects within each other`, at);
      return;
    }
    this.#place(container.kind === 'array' ? container.items : container.fields, true);
    this.#open.push(container);
    this.#expect = container.kind === 'array' ? 'firstItem' : 'firstKey';
  }

  #close(): void {
    this.#open.pop();
    this.#expect = this.#open.length === 0 ? 'end' : 'commaOrEnd';
  }

  #openString(isKey: boolean): void {
    this.#token = '';
    this.#isKey = isKey;
    this.#expect = 'string';
    if (!isKey) this.#place('', true);
  }

  #readString(chunk: string, start: number): number {
    let at = start;
    for (; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at);
      if (code === QUOTE || code === BACKSLASH || code < 0x20) break;
    }
    if (at > start) this.#addToString(chunk.slice(start, at));
    if (at === chunk.length) return at;
    const code = chunk.charCodeAt(at);
    if (code === QUOTE) this.#closeString();
    else if (code === BACKSLASH) {
      this.#escape = '';
      this.#expect = 'escape';
    } else this.#fail(`a control character (${show(chunk.charAt(at))}) in a string`, at);
    return at + 1;
  }

  #readEscape(chunk: string, at: number): number {
    const char = chunk.charAt(at);
    if (this.#escape === '' && char !== 'u') {
      if (Object.hasOwn(ESCAPES, char)) {
        this.#addToString(ESCAPES[char] ?? '');
        this.#expect = 'string';
      } else this.#fail(`an unknown escape \\${char}`, at);
      return at + 1;
    }
    if (this.#escape !== '' && !isHexDigit(char)) {
      this.#fail(`expected four hexadecimal digits after \\u, found ${show(char)}`, at);
      return at + 1;
    }
    this.#escape += char;
    if (this.#escape.length === 5) {
      this.#addToString(String.fromCharCode(Number.parseInt(this.#escape.slice(1), 16)));
      this.#expect = 'string';
    }
    return at + 1;
  }

  #addToString(piece: string): void {
    const isLow = this.#held !== '' || isHighSurrogate(piece.charCodeAt(piece.length - 1));
    if (!isLow) {
      this.#token += piece;
      return;
    }
    const joined = this.#held + piece;
    const holds = isHighSurrogate(joined.charCodeAt(joined.length - 1));
    this.#held = holds ? joined.slice(-1) : '';
    this.#token += holds ? joined.slice(0, -1) : joined;
  }

  #closeString(): void {
    this.#token += this.#held;
    this.#held = '';
    if (this.#isKey) {
      const container = this.#open.at(-1);
      if (container?.kind === 'object') container.key = this.#token;
      this.#expect = 'colon';
      return;
    }
    this.#showString();
    this.#afterValue();
  }

  /** Puts the string read so far where it belongs; a key shows only when it is complete. */
  #showString(): void {
    if (!this.#isKey) this.#place(this.#token, false);
  }

  #readNumber(chunk: string, start: number): number {
    let at = start;
    for (; at < chunk.length; at += 1) {
      const next = nextNumberPart(this.#numberPart, chunk.charAt(at));
      if (next === undefined) break;
      this.#numberPart = next;
    }
    this.#token += chunk.slice(start, at);
    if (at === chunk.length) return at;
    if (!mayEndNumber(this.#numberPart)) {
      this.#fail(`expected a digit, found ${show(chunk.charAt(at))}`, at);
      return at;
    }
    this.#place(Number(this.#token), true);
    this.#afterValue();
    return at;
  }

  #readLiteral(chunk: string, at: number): number {
    const { word, value } = this.#literal ?? { word: '', value: null };
    const char = chunk.charAt(at);
    if (char !== word.charAt(this.#token.length)) {
      this.#fail(`expected "${word}", found ${show(this.#token + char)}`, at);
      return at;
    }
    this.#token += char;
    if (this.#token.length === word.length) {
      this.#place(value, true);
      this.#afterValue();
    }
    return at + 1;
  }

  #afterValue(): void {
    this.#expect = this.#open.length === 0 ? 'end' : 'commaOrEnd';
  }

  /** Puts a value at the present place: as a new one, or in the stead of the one that stands there. */
  #place(value: unknown, isNew: boolean): void {
    const container = this.#open.at(-1);
    if (container === undefined) this.#root = value;
    else if (container.kind === 'object') setField(container.fields, container.key, value);
    else if (isNew) container.items.push(value);
    else container.items[container.items.length - 1] = value;
  }

  #fail(message: string, at: number): void {
    this.#problem = { message, offset: this.#before + at };
  }
}

/** As JSON.parse does it: `__proto__` is a field like any other. */
function setField(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') fields[key] = value;
  else Object.defineProperty(fields, key, { value, writable: true, enumerable: true, configurable: true });
}

function isHexDigit(char: string): boolean {
  return isDigit(char) || (char >= 'a' && char <= 'f') || (char >= 'A' && char <= 'F');
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function show(text: string): string {
  return JSON.stringify(text);
}
