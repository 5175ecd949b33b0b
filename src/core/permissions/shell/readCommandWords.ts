/** What the text of a simple command says by itself: its words, its assignments, its redirects. */
import type { Assignment, Command, Redirection, Word } from 'unbash';
import type { ShellAssignment, ShellPart, ShellRedirect } from './shellScript.ts';
import { isPlainText, readAssignmentWord, readWord, type ShellPlace, type ShellWord } from './shellWord.ts';

/** Of more words than this the others are not remembered: they are most likely all different. */
const MAX_KNOWN_WORDS = 256;

export class CommandReader {
  readonly #place: ShellPlace;
  /** Words that are spelt the same are one object, since a long line mostly says the same few. */
  readonly #known = new Map<string, ShellWord>();

  constructor(place: ShellPlace) {
    this.#place = place;
  }

  /**
   * The grammar takes `x=<(a) b` for a program `<(a)` behind an empty assignment; for bash the value of the assignment is
   * the substitution, and the program is b.
   */
  readWords(node: Command): Pick<ShellPart, 'words' | 'assignments'> {
    const last = findLastAssignment(node);
    const isValue = last !== undefined && node.name !== undefined && last.end === node.name.pos;
    const { args } = node;
    const name = isValue ? undefined : node.name;
    const first = name === undefined ? 0 : 1;
    // As long as it is to be: one that grows is four times as long, and there are thousands of them.
    const words = new Array<ShellWord>(first + args.length);
    if (name !== undefined) words[0] = this.#readWord(name);
    for (let index = 0; index < args.length; index += 1) {
      const argument = args[index];
      if (argument !== undefined) words[first + index] = this.#readArgument(argument);
    }
    if (last === undefined) return { words, assignments: NONE };
    const assignments = node.prefix.flatMap((each): ShellAssignment[] => {
      if (each.type !== 'Assignment') return [];
      const word = readAssignmentWord(each, this.#place);
      const isPlain = word.kind === 'literal' && !(isValue && each === last);
      return [{ name: each.name, value: isPlain ? word.value.slice(each.name.length + 1) : undefined }];
    });
    return { words, assignments };
  }

  readRedirects(redirections: readonly Redirection[]): readonly ShellRedirect[] {
    if (redirections.length === 0) return NONE;
    const redirects: ShellRedirect[] = [];
    for (const each of redirections) {
      if (each.type !== 'Redirect') continue;
      const copies = each.operator === '>&' || each.operator === '<&';
      if (copies && /^(?:\d+-?|-)$/.test(each.target?.text ?? '')) continue;
      const target = each.target === undefined ? undefined : this.#readWord(each.target);
      const access = each.operator === '<' || each.operator === '<&' ? 'read' : 'write';
      const before = redirects.at(-1);
      if (before?.access !== access || before.target !== target) redirects.push({ access, target });
    }
    return redirects;
  }

  #readArgument(argument: Word | Assignment): ShellWord {
    return argument.type === 'Word' ? this.#readWord(argument) : readAssignmentWord(argument, this.#place);
  }

  #readWord(word: Word): ShellWord {
    const { text } = word;
    if (!isPlainText(text)) return readWord(word, this.#place);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const read = readWord(word, this.#place);
    if (this.#known.size < MAX_KNOWN_WORDS) this.#known.set(text, read);
    return read;
  }
}

const NONE: readonly never[] = [];

function findLastAssignment({ prefix }: Command): Assignment | undefined {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    const each = prefix[index];
    if (each?.type === 'Assignment') return each;
  }
  return undefined;
}
