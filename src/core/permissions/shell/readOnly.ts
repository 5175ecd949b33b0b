/**
 * Commands that only look, and so need nobody's leave as long as what they look at may be read: known by each of their options,
 * since many a program that is known for looking can also write or run something.
 */
import { LOOKS, type Look } from './looks.ts';
import { listGitFiles } from './readOnlyGit.ts';
import type { ShellPart } from './shellScript.ts';
import { certainStart, certainValue, type ShellWord } from './shellWord.ts';

/** Files it shows something of; undefined: it isn't known to only look. `trusted`: the folder's configuration of git may count. */
export function listLookedAt(
  part: ShellPart,
  { trusted }: { readonly trusted: boolean },
): readonly ShellWord[] | undefined {
  const [program, ...rest] = part.words;
  if (part.assignments.length > 0 || program?.kind !== 'literal') return undefined;
  const name = program.value.replace(/^(?:\/usr)?\/bin\//, '');
  if (isVersionQuestion(name, rest)) return [];
  switch (name) {
    case 'git':
      return listGitFiles(rest, { trusted, isElsewhere: part.folders.length > 0 });
    case 'cd':
      return rest.length === 1 && !/^(?:-.*|)$/.test(certainValue(rest[0]) ?? '') ? rest : undefined;
    case 'find':
      return listFound(rest);
    case 'sed':
      return isPrinting(rest) ? rest.slice(2) : undefined;
    case 'test':
    case '[':
      return isPlainTest(rest) ? [] : undefined;
    default: {
      const known = LOOKS.get(name);
      return known === undefined ? undefined : readArguments(rest, known);
    }
  }
}

const VERSIONED = new Set(
  `node npm npx pnpm yarn bun deno python python3 pip pip3 ruby gem perl php go cargo rustc java javac gcc g++ clang make
  cmake git tsc docker kubectl terraform`.split(/\s+/),
);

function isVersionQuestion(name: string, words: readonly ShellWord[]): boolean {
  return VERSIONED.has(name) && words.length === 1 && certainValue(words[0]) === '--version';
}

function readArguments(words: readonly ShellWord[], known: Look): readonly ShellWord[] | undefined {
  if (known.operands === 'anything') return [];
  const operands: ShellWord[] = [];
  let hasPattern = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    if (certainValue(word) === '--') {
      operands.push(...words.slice(index + 1));
      break;
    }
    const step = readOption(word, known);
    if (step === undefined) return undefined;
    hasPattern ||= step !== 'operand' && /^(?:-[a-zA-Z]*e|--regexp)/.test(word.value);
    if (step === 'operand') operands.push(word);
    if (step !== 'takes next') continue;
    index += 1;
    if (certainValue(words[index]) === undefined) return undefined;
  }
  return toFiles(operands, hasPattern && known.operands === 'text, files' ? 'files' : known.operands);
}

function readOption(
  word: ShellWord,
  { letters, taking, long, operands }: Look,
): 'operand' | 'done' | 'takes next' | undefined {
  const value = certainValue(word);
  // What can't be told might be an option.
  if (value === undefined)
    return operands === 'listed' || /^[^-]/.test(certainStart(word)) ? 'operand' : undefined;
  if (!value.startsWith('-') || value === '-') return 'operand';
  if (value.startsWith('--'))
    return long.includes(value.slice(2).split('=', 1)[0] ?? '') ? 'done' : undefined;
  for (let index = 1; index < value.length; index += 1) {
    const letter = value[index] ?? '';
    if (taking.includes(letter)) return index + 1 < value.length ? 'done' : 'takes next';
    if (!letters.includes(letter)) return undefined;
  }
  return 'done';
}

function toFiles(operands: readonly ShellWord[], kind: Look['operands']): readonly ShellWord[] | undefined {
  const isCertain = operands.every((word) => certainValue(word) !== undefined);
  switch (kind) {
    case 'anything':
      return [];
    case 'listed':
      return operands.every((word) => word.kind !== 'unknown') ? operands : undefined;
    case 'files':
      return isCertain ? operands : undefined;
    case 'text, files':
      return isCertain ? operands.slice(1) : undefined;
    case 'one file':
      return isCertain && operands.length <= 1 ? operands : undefined;
    case 'texts':
      return isCertain ? [] : undefined;
    case 'format':
      return isCertain && operands.every(({ value }) => value.startsWith('+')) ? [] : undefined;
    case 'none':
      return operands.length === 0 ? [] : undefined;
    default:
      return kind satisfies never;
  }
}

const FIND_TESTS = new Set(
  `-name -iname -path -ipath -wholename -regex -iregex -type -size -mtime -mmin -ctime -cmin -atime -amin -newer -perm -user
  -group -empty -maxdepth -mindepth -depth -prune -not -o -or -a -and -print -print0 -printf -ls -quit -xdev -mount -links -inum
  -readable -writable -executable -true -false -regextype -nouser -nogroup`.split(/\s+/),
);

function listFound(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  if (words.some((word) => certainValue(word) === undefined)) return undefined;
  const end = words.findIndex(({ value }) => /^[-(!]/.test(value));
  const tests = end === -1 ? [] : words.slice(end);
  if (tests.some(({ value }) => value.startsWith('-') && !/^-\d+/.test(value) && !FIND_TESTS.has(value)))
    return undefined;
  return end === -1 ? words : words.slice(0, end);
}

/** `sed -n 10,20p file` */
function isPrinting([option, script, ...files]: readonly ShellWord[]): boolean {
  const address = String.raw`(?:\d+|\$)(?:,(?:\d+|\$))?`;
  return (
    certainValue(option) === '-n' &&
    new RegExp(`^${address}p(?:;${address}p)*$`).test(certainValue(script) ?? '') &&
    files.every((word) => certainValue(word)?.startsWith('-') === false)
  );
}

/** `-v` and `-R` read a list at a place that is calculated, which can run commands. */
function isPlainTest(words: readonly ShellWord[]): boolean {
  return words.every(
    (word) => certainValue(word) !== undefined && word.value !== '-v' && word.value !== '-R',
  );
}
