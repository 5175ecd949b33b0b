/**
 * A command as the text that rules for commands are held against: its words after quotes are taken away, one blank between
 * them. A blank within a word becomes another character, so that a rule never takes one word for two.
 */
import { isWrapper, listStarts, MAX_STARTS } from './programs.ts';
import { certainValue, programName, type ShellWord } from './shellWord.ts';

export function toForm(words: readonly ShellWord[]): string {
  return words.length === 1 ? toFormWord(words[0]) : words.map((word) => toFormWord(word)).join(' ');
}

function toFormWord(word: ShellWord = NO_WORD): string {
  const text = word.kind === 'literal' ? word.value : word.text;
  if (text === '') return EMPTY;
  return HAS_BLANK.test(text) ? text.replace(/[ \t\n]/g, BLANK) : text;
}

const HAS_BLANK = /[ \t\n]/;

const BLANK = '\u0001';
const EMPTY = '\u0002';

export interface StrictForms {
  readonly forms: readonly string[];
  /** There are more. */
  readonly isCut: boolean;
}

/** Whether there is a rule for what begins with this word. */
type IsWanted = (program: string) => boolean;

/**
 * Every form under which a rule that forbids or asks must find the command: from each place where a program may start, by its
 * path and by its name alone, git also without what stands before its command. Without those that no rule is wanted for.
 */
export function listStrictForms(
  words: readonly ShellWord[],
  foldsCase: boolean,
  isWanted: IsWanted = () => true,
): StrictForms {
  const starts = listStarts(words);
  const isCut = starts.length > MAX_STARTS;
  let list: FormList | undefined;
  for (let index = 0; index < starts.length && index < MAX_STARTS; index += 1) {
    const start = starts[index] ?? 0;
    if (!mayBeWanted(words[start], foldsCase, isWanted)) continue;
    list ??= new FormList(words, foldsCase);
    list.addFrom(start);
  }
  if (list === undefined) return isCut ? CUT : NO_FORMS;
  return { forms: [...list.forms], isCut };
}

const NO_FORMS: StrictForms = { forms: [], isCut: false };
const CUT: StrictForms = { forms: [], isCut: true };

/** By the first word of each form there would be. */
function mayBeWanted(word: ShellWord | undefined, foldsCase: boolean, isWanted: IsWanted): boolean {
  const first = toFormWord(word);
  const full = programName(word) ?? first;
  const blank = full.indexOf(' ');
  const name = blank === -1 ? full : full.slice(0, blank);
  if (isWanted(first) || (name !== first && isWanted(name))) return true;
  return foldsCase && (isWanted(first.toLowerCase()) || isWanted(name.toLowerCase()));
}

/** A piece of a command line that could not be understood, as the words it would be. */
export function guessPart(piece: string): { readonly words: readonly ShellWord[] } {
  const texts = piece
    .replace(/["'\\]/g, '')
    .replace(
      /^(?:\s*(?:(?:if|then|elif|else|while|until|do|time|in|!)\s+|\d*(?:[<>]{1,2}|<>|>\|)&?\s*[^\s<>]+\s+|&>{1,2}\s*[^\s<>]+\s+))+/,
      '',
    )
    .split(/[ \t]+/);
  return {
    words: texts.flatMap((text) =>
      text === '' ? [] : [{ text, kind: 'literal', value: text, splits: false } as const],
    ),
  };
}

const NO_WORD: ShellWord = { text: '', kind: 'literal', value: '', splits: false };

class FormList {
  readonly forms = new Set<string>();
  readonly #words: readonly ShellWord[];
  readonly #foldsCase: boolean;
  readonly #whole: string;
  /** How far it has been counted: a word, and where it stands in the whole form. */
  #word = 0;
  #offset = 0;

  constructor(words: readonly ShellWord[], foldsCase: boolean) {
    this.#words = words;
    this.#foldsCase = foldsCase;
    this.#whole = toForm(words);
  }

  /** `start`: not before that of the last call. */
  addFrom(start: number): void {
    const words = this.#words;
    for (; this.#word < start; this.#word += 1) this.#offset += toFormWord(words[this.#word]).length + 1;
    const form = this.#whole.slice(this.#offset);
    this.#add(form);
    const name = programName(words[start]);
    if (name === undefined) return;
    if (name !== certainValue(words[start])) this.#add(name + form.slice(toFormWord(words[start]).length));
    if (name !== 'git') return;
    const command = findGitCommand(words, start);
    if (command > start + 1)
      this.#add(['git', ...words.slice(command).map((word) => toFormWord(word))].join(' '));
  }

  #add(form: string): void {
    this.forms.add(form);
    if (this.#foldsCase) this.forms.add(form.toLowerCase());
  }
}

/** Where git's own command stands, behind options of which some take the next word. */
function findGitCommand(words: readonly ShellWord[], start: number): number {
  let index = start + 1;
  while (index < words.length && words[index]?.value.startsWith('-') === true) {
    const takesNext = /^(?:-[cC]|--(?:git-dir|work-tree|namespace|exec-path|config-env|super-prefix))$/;
    index += takesNext.test(words[index]?.value ?? '') ? 2 : 1;
  }
  return index;
}

/** Whether a rule with a wildcard would say nothing of what this runs: a program that runs another one. */
export function isCoveredByNameOnly(words: readonly ShellWord[], rule: string): boolean {
  if (!isWrapper(words[0])) return false;
  // `sudo apt install *` names the program that is run; `setsid *` doesn't.
  const name = programName(words[0]);
  return !(
    (name === 'sudo' || name === 'doas') &&
    /^\S+ [a-z]\S* ?/.test(rule) &&
    !words[1]?.value.startsWith('-')
  );
}
