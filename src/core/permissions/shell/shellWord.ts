/** What a word of a command becomes when the shell has expanded it, as far as its text alone can tell. */
import type { Assignment, Word, WordPart } from 'unbash';

/** What the shell knows and a command's text doesn't say. Absolute paths. */
export interface ShellPlace {
  readonly cwd: string;
  readonly home: string;
}

export interface ShellWord {
  /** As it stands in the source. */
  readonly text: string;
  /**
   * `literal`: `value` is exactly what the program gets. `folder`: the same, with `~`, `$HOME` and `$PWD` filled in. `glob`:
   * `value` is a pattern of file names, where a backslash makes the next character an ordinary one. `unknown`: it can't be
   * told (another variable, a substitution, braces); `value` is what it certainly begins with.
   */
  readonly kind: 'literal' | 'folder' | 'glob' | 'unknown';
  readonly value: string;
  /** It may become several words, or none. */
  readonly splits: boolean;
}

export function readWord(word: Word, place: ShellPlace): ShellWord {
  const { text } = word;
  if (isPlainText(text)) return { text, kind: 'literal', value: text, splits: false };
  const reading = new Reading(place);
  const { parts } = word;
  if (parts === undefined) reading.takeUnquoted(text, word.value);
  else for (let index = 0; index < parts.length; index += 1) takePart(reading, parts[index], index === 0);
  return reading.end(text);
}

/** Only characters that mean themselves wherever a word stands: the grammar, which reads such a word once more, need not be asked. */
export function isPlainText(text: string): boolean {
  return PLAIN.test(text);
}

const PLAIN = /^[\w./,:@%+-]+$/;

/** `NAME=value` behind the command's name is a word like others. */
export function readAssignmentWord(assignment: Assignment, place: ShellPlace): ShellWord {
  const { text, name, value, index, append } = assignment;
  const start = `${name}=`;
  if (value.type === 'ArrayValue' || index !== undefined || append === true)
    return { text, kind: 'unknown', value: start, splits: false };
  const { kind, splits, value: rest } = readWord(value, place);
  return { text, kind, value: start + rest, splits };
}

/** The value of a word that is certain; undefined where it isn't. */
export function certainValue(word: ShellWord | undefined): string | undefined {
  return word?.kind === 'literal' || word?.kind === 'folder' ? word.value : undefined;
}

/** The name a word starts as a program, without its folder; undefined: it can't be told. */
export function programName(word: ShellWord | undefined): string | undefined {
  const value = certainValue(word);
  const slash = value?.lastIndexOf('/') ?? -1;
  return slash === -1 ? value : value?.slice(slash + 1);
}

/** What a word certainly begins with. */
export function certainStart(word: ShellWord): string {
  return word.kind === 'glob' ? word.value.replace(/[*?[\\].*$/s, '') : word.value;
}

function takePart(reading: Reading, part: WordPart | undefined, isFirst: boolean): void {
  if (part === undefined) return;
  if (part.type === 'Literal' && isFirst) reading.takeUnquoted(part.text, part.value, { moreFollows: true });
  else takeInner(reading, part, 'unquoted');
}

function takeInner(reading: Reading, part: WordPart, quoting: 'quoted' | 'unquoted'): void {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return reading.take(part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      for (const inner of part.parts) takeInner(reading, inner, 'quoted');
      return;
    case 'SimpleExpansion':
      return reading.takeVariable(part.text.slice(1), quoting);
    case 'ParameterExpansion': {
      const isPlain = !part.prefix && part.index === undefined && part.operation === undefined;
      return reading.takeVariable(isPlain ? part.parameter : '', quoting);
    }
    case 'Glob':
      return part.kind === 'bracket' && part.parts.some(({ type }) => type !== 'Literal')
        ? reading.takeUnknown('splits')
        : reading.takeGlob(part.text);
    case 'ProcessSubstitution':
      return reading.takeUnknown('one word');
    case 'CommandExpansion':
    case 'ArithmeticExpansion':
      return reading.takeUnknown(quoting === 'quoted' ? 'one word' : 'splits');
    case 'ExtendedGlob':
    case 'BraceExpansion':
      return reading.takeUnknown('splits');
    default:
      return part satisfies never;
  }
}

class Reading {
  readonly #place: ShellPlace;
  #kind: ShellWord['kind'] = 'literal';
  #value = '';
  /** The same as a pattern, for when it turns out to be one. */
  #pattern = '';
  #splits = false;

  constructor(place: ShellPlace) {
    this.#place = place;
  }

  take(value: string): void {
    if (this.#kind === 'unknown') return;
    this.#value += value;
    this.#pattern += /[*?[\]\\]/.test(value) ? value.replace(/[*?[\]\\]/g, '\\$&') : value;
  }

  /** The beginning of a word, where `~` means a folder. A quote before the first slash keeps it from that. */
  takeUnquoted(text: string, value: string, { moreFollows = false } = {}): void {
    if (!text.startsWith('~')) return this.take(value);
    const rest = value.slice(1);
    if (!(rest.startsWith('/') || (rest === '' && !moreFollows))) return this.takeUnknown('one word');
    this.#takeFolder(this.#place.home, 'one word');
    this.take(rest);
  }

  takeVariable(name: string, quoting: 'quoted' | 'unquoted'): void {
    const { home, cwd } = this.#place;
    const splits = quoting === 'quoted' ? 'one word' : 'splits';
    if (name === 'HOME') return this.#takeFolder(home, splits);
    if (name === 'PWD') return this.#takeFolder(cwd, splits);
    this.takeUnknown(name === '@' ? 'splits' : splits);
  }

  #takeFolder(folder: string, splits: 'splits' | 'one word'): void {
    if (splits === 'splits' && /[\s*?[\]]/.test(folder)) return this.takeUnknown('splits');
    this.take(folder);
    if (this.#kind === 'literal') this.#kind = 'folder';
  }

  takeGlob(text: string): void {
    if (this.#kind === 'unknown') return;
    this.#kind = 'glob';
    this.#pattern += text;
    this.#splits = true;
  }

  takeUnknown(splits: 'splits' | 'one word'): void {
    if (splits === 'splits') this.#splits = true;
    if (this.#kind === 'glob') this.#value = this.#pattern.replace(/[*?[].*$/s, '');
    this.#kind = 'unknown';
  }

  end(text: string): ShellWord {
    const value = this.#kind === 'glob' ? this.#pattern : this.#value;
    return { text, kind: this.#kind, value, splits: this.#splits };
  }
}
