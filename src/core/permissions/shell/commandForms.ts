/**
 * A command as the text that rules for commands are held against: its words after quotes are taken away, one blank between
 * them. A blank within a word becomes another character, so that a rule never takes one word for two.
 */
import { isWrapper, listStarts, MAX_STARTS } from './programs.ts';
import { certainValue, programName, type ShellWord } from './shellWord.ts';

export function toForm(words: readonly ShellWord[]): string {
  return words.map(toFormWord).join(' ');
}

function toFormWord(word: ShellWord): string {
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

/**
 * Every form under which a rule that forbids or asks must find the command: from each place where a program may start, by its
 * path and by its name alone, git also without what stands before its command.
 */
export function listStrictForms(words: readonly ShellWord[], foldsCase: boolean): StrictForms {
  const starts = listStarts(words);
  const whole = toForm(words);
  if (starts.length === 1 && !foldsCase) return { forms: withNames(whole, words), isCut: false };
  let offset = 0;
  let next = 0;
  const forms = new Set<string>();
  for (const start of starts.slice(0, MAX_STARTS)) {
    for (; next < start; next += 1) offset += toFormWord(words[next] ?? NO_WORD).length + 1;
    for (const form of withNames(whole.slice(offset), words.slice(start))) {
      forms.add(form);
      if (foldsCase) forms.add(form.toLowerCase());
    }
  }
  return { forms: [...forms], isCut: starts.length > MAX_STARTS };
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

function withNames(form: string, words: readonly ShellWord[]): readonly string[] {
  const [first] = words;
  const path = certainValue(first);
  const name = programName(first);
  if (path === undefined || name === undefined) return [form];
  const forms = name === path ? [form] : [form, name + form.slice(toFormWord(first ?? NO_WORD).length)];
  if (name !== 'git') return forms;
  const command = findGitCommand(words);
  return command > 1
    ? [...forms, toForm([{ ...NO_WORD, text: 'git', value: 'git' }, ...words.slice(command)])]
    : forms;
}

/** Where git's own command stands, behind options of which some take the next word. */
function findGitCommand(words: readonly ShellWord[]): number {
  let index = 1;
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
