/**
 * Options by which a program that is known for something else runs a program, deletes, or takes another configuration. A rule
 * with a wildcard is about what the program is known for, so it doesn't cover them.
 */
import { certainStart, certainValue, programName, type ShellWord } from './shellWord.ts';

const OPTIONS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    find: ['-exec', '-execdir', '-ok', '-okdir', '-delete', '-fprint', '-fprint0', '-fprintf', '-fls'],
    fd: ['-x', '-X', '--exec', '--exec-batch'],
    fdfind: ['-x', '-X', '--exec', '--exec-batch'],
    rg: ['--pre', '--hostname-bin'],
    sort: ['--compress-program'],
    tar: [
      '--to-command',
      '--checkpoint-action',
      '--use-compress-program',
      '-I',
      '--rsh-command',
      '-F',
      '--info-script',
      '--new-volume-script',
    ],
    rsync: ['-e', '--rsh', '--rsync-path'],
    scp: ['-S', '-o'],
    man: ['-P', '--pager', '-H', '--html', '-X', '--gxditview'],
    zip: ['-TT', '--unzip-command'],
    wget: ['--use-askpass', '-e', '--execute'],
    curl: ['-K', '--config'],
  }),
);

/** For a person; undefined: nothing of the kind. Options may be abbreviated, as long ones may be. */
export function findHiddenRun(words: readonly ShellWord[]): string | undefined {
  const name = programName(words[0]) ?? '';
  if (name === 'git') return findGitRun(words.slice(1));
  const options = OPTIONS.get(name);
  const found = options && words.slice(1).find((word) => options.some((option) => mayBe(option, word, name)));
  return found === undefined ? undefined : `${name} can run programs or delete by ${found.text}.`;
}

function mayBe(option: string, word: ShellWord, name: string): boolean {
  const start = certainStart(word);
  // What can't be told might be any option it begins like.
  if (certainValue(word) === undefined && option.startsWith(start)) return true;
  if (!start.startsWith('-')) return false;
  const [given = ''] = start.split('=', 1);
  if (given === option) return true;
  if (name === 'find') return false;
  if (option.startsWith('--')) return given.length > 3 && option.startsWith(given);
  return !given.startsWith('--') && given.startsWith(option);
}

const HARMLESS_GLOBAL = new Set([
  '--no-pager',
  '-P',
  '--no-optional-locks',
  '--literal-pathspecs',
  '--version',
  '--help',
]);

const GIT_OPTIONS = [
  '--upload-pack',
  '--receive-pack',
  '--exec',
  '--ext-diff',
  '--extcmd',
  '--open-files-in-pager',
  '--template',
  '--output',
  '--tool',
];

/** Parts of git that run what they are told, or decide what git runs later. */
const GIT_WORDS =
  /^(?:filter-branch|difftool|mergetool|daemon|instaweb|send-email|web--browse|credential|bisect run|submodule foreach)\b/;

function findGitRun(words: readonly ShellWord[]): string | undefined {
  const index = words.findIndex((word) => !word.value.startsWith('-'));
  const global = words.slice(0, index === -1 ? undefined : index);
  const odd = global.find((word) => !HARMLESS_GLOBAL.has(certainValue(word) ?? ''));
  if (odd !== undefined) return `git works by another configuration or folder by ${odd.text}.`;
  const own = index === -1 ? [] : words.slice(index);
  const [first = '', second = ''] = own.map((word) => certainValue(word) ?? '');
  const found = own.find(
    (word, at) =>
      isUnsure(word, certainValue(own[at - 1]) ?? '') ||
      (certainValue(word) !== undefined && GIT_OPTIONS.some((option) => mayBe(option, word, 'git'))) ||
      (first === 'rebase' && /^-[a-z]*x/.test(word.value)) ||
      (first === 'grep' && word.value.startsWith('-O')) ||
      (/^(?:clone|fetch|ls-remote)$/.test(first) && /^-u/.test(word.value)),
  );
  if (found !== undefined) return `It can not be told what git runs by ${found.text}.`;
  if (GIT_WORDS.test(`${first} ${second}`) || (first === 'config' && !isConfigRead(own.slice(1))))
    return `git ${first} runs programs, or decides what git runs later.`;
  return undefined;
}

/** A message may be anything; elsewhere an unknown word may be an option. Names of files that a glob finds are no options of those. */
function isUnsure(word: ShellWord, before: string): boolean {
  if (certainValue(word) !== undefined || word.kind === 'glob' || !/^-?$/.test(word.value)) return false;
  return word.splits || !/^(?:-[a-z]*m|--message)$/.test(before);
}

function isConfigRead(words: readonly ShellWord[]): boolean {
  const values = words.map((word) => certainValue(word) ?? '');
  if (values.some((value) => /^(?:--get|--get-all|--get-regexp|--list|-l|get|list)$/.test(value)))
    return true;
  return values.length === 1 && !/^(?:-|edit$)/.test(values[0] ?? '');
}
