/** Which programs run other programs, and where in their arguments those stand. */
import { findHiddenRun } from './hiddenRuns.ts';
import { certainStart, certainValue, programName, type ShellWord } from './shellWord.ts';

const SHELLS = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'mksh',
  'ash',
  'fish',
  'rbash',
  'pwsh',
  'powershell',
]);

/** Programs that run what stands in their arguments; a rule with a wildcard for one of them says nothing of that. */
const WRAPPERS = new Set(
  `arch at atomic batch builtin busybox caffeinate catchsegv cgexec chpst chroot chrt command coproc daemonize
  dbus-run-session doas env eval exec expect faketime fakeroot firejail flock gosu ionice ltrace nice nohup nsenter numactl
  parallel pkexec prlimit proxychains proxychains4 rlwrap runuser script setarch setpriv setsid softlimit stdbuf strace su
  sudo systemd-run taskset tcpdump time timeout toybox trap tsocks torsocks unbuffer unshare valgrind watch xargs
  xvfb-run`.split(/\s+/),
);

/** Programs that may run what stands in their arguments, but that a rule may be for all the same. */
const RUNNERS = new Set(['ssh', 'npx', 'bunx', 'pnpx', 'uvx', 'pipx', 'entr', 'tmux', 'screen']);

/** These give their arguments to a shell as one text. */
const JOINING = new Set([
  'eval',
  'watch',
  'ssh',
  'parallel',
  'at',
  'batch',
  'su',
  'runuser',
  'script',
  'trap',
]);

const EXEC_FLAGS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['find', new Set(['-exec', '-execdir', '-ok', '-okdir'])],
  ['fd', new Set(['-x', '-X', '--exec', '--exec-batch'])],
  ['fdfind', new Set(['-x', '-X', '--exec', '--exec-batch'])],
  ['git', new Set(['run', 'foreach', '-x', '--exec'])],
]);

/** How interpreters take code in place of a file. */
const CODE_FLAGS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:python|pypy)[0-9.]*$/, /^-[a-zA-Z]*c/],
  [/^perl[0-9.]*$/, /^-[a-zA-Z0-9]*[eE]/],
  [/^ruby[0-9.]*$/, /^-[a-zA-Z]*e/],
  [/^(?:node|nodejs|bun|deno)$/, /^(?:-[a-zA-Z]*[ep]|--eval|--print|eval)/],
  [/^php[0-9.]*$/, /^-[a-zA-Z]*[rBRE]/],
  [/^(?:lua[0-9.]*|luajit|osascript|Rscript|R|julia|ghc|scala|groovy|elixir|tclsh|wish)$/, /^-[a-zA-Z]*[eE]/],
  [/^(?:vi|vim|nvim|view|ex|emacs|gdb|lldb|sqlite3|mysql|psql)$/, /./],
  [/^make$|^gmake$/, /^(?:-$|\/dev\/stdin$|--eval|-f-$|-E)/],
];

export function isWrapper(word: ShellWord | undefined): boolean {
  return WRAPPERS.has(programName(word) ?? '');
}

/** More places where a program could start than are tried one by one: then nothing is certain. */
export const MAX_STARTS = 64;

/** More than anybody writes: each place is then no longer looked at on its own. */
export const MANY_STARTS = 8;

/**
 * Where in these words a program may start, the first place first; at most one more than MAX_STARTS. Generous: behind a wrapper it is every word that is no
 * option, since what an option takes is known to the wrapper alone.
 */
export function listStarts(words: readonly ShellWord[]): readonly number[] {
  if (words.length === 0) return NONE;
  // Most programs run no other one, and this is asked for each command many times.
  const first = programName(words[0]);
  if (first !== undefined && !WRAPPERS.has(first) && !RUNNERS.has(first) && !hasExecFlag(words, first))
    return FIRST;
  const starts = new Set([0]);
  for (const start of starts) {
    const name = programName(words[start]);
    const flags = name === undefined ? undefined : EXEC_FLAGS.get(name);
    const runsAll = name === undefined || WRAPPERS.has(name) || RUNNERS.has(name);
    if (!runsAll && flags === undefined) continue;
    for (let index = start + 1; index < words.length && starts.size <= MAX_STARTS; index += 1) {
      if (runsAll ? mayStart(words[index]) : flags?.has(certainValue(words[index - 1]) ?? ''))
        starts.add(index);
    }
    // All that could follow is in already.
    if (runsAll) break;
  }
  return [...starts];
}

function hasExecFlag(words: readonly ShellWord[], name: string): boolean {
  const flags = EXEC_FLAGS.get(name);
  if (flags === undefined) return false;
  for (const word of words) if (flags.has(certainValue(word) ?? '')) return true;
  return false;
}

const NONE: readonly number[] = [];
const FIRST: readonly number[] = [0];

function mayStart(word: ShellWord | undefined): boolean {
  const value = certainValue(word);
  return value === undefined || !/^-|^[A-Za-z_]\w*=/.test(value);
}

export function isFolderChange(words: readonly ShellWord[]): boolean {
  for (const word of words) {
    const name = programName(word) ?? '';
    if (!PASSING_ON.has(name)) return FOLDER_CHANGES.has(name);
  }
  return false;
}

const PASSING_ON = new Set(['command', 'builtin']);
const FOLDER_CHANGES = new Set(['cd', 'pushd', 'popd']);

const SETTERS = new Set(
  `alias unalias hash enable shopt declare typeset readonly export local unset read mapfile readarray getopts let bind
  complete compgen ulimit umask`.split(/\s+/),
);

/** It sets variables or options of the shell that commands after it go by. */
export function changesMeaning(words: readonly ShellWord[]): boolean {
  const starts = listStarts(words);
  let printsIntoVariable = false;
  let setsOptions = false;
  for (const start of starts) {
    const name = programName(words[start]) ?? '';
    if (SETTERS.has(name)) return true;
    printsIntoVariable ||= name === 'printf';
    setsOptions ||= name === 'set';
  }
  if (printsIntoVariable)
    return words.some((word) => /^-[^-]*v/.test(certainStart(word)) || word.value === '');
  return (
    setsOptions && words.slice(1).some((word) => !/^[-+]\w/.test(word.value) && word.value !== 'pipefail')
  );
}

/** It runs what comes in on its standard input. */
export function readsCommands(words: readonly ShellWord[]): boolean {
  for (const start of listStarts(words))
    if (SHELLS.has(programName(words[start]) ?? '') && hasOnlyOptions(words, start + 1)) return true;
  return false;
}

function hasOnlyOptions(words: readonly ShellWord[], from: number): boolean {
  for (let index = from; index < words.length; index += 1)
    if (certainValue(words[index])?.startsWith('-') !== true) return false;
  return true;
}

/** Texts among the words that a shell will read as commands. */
export function listCodeWords(words: readonly ShellWord[]): readonly string[] {
  const starts = listStarts(words);
  if (starts.length > MANY_STARTS) return listValues(words, 0).filter(looksLikeCode);
  const code: string[] = [];
  for (const start of starts) {
    const name = programName(words[start]) ?? '';
    if (name === 'git') addAliases(words, start + 1, code);
    else if (name === 'env' || JOINING.has(name) || SHELLS.has(name))
      code.push(...listCodeOf(name, listValues(words, start + 1)));
  }
  return code;
}

/** `alias.x=!command` */
function addAliases(words: readonly ShellWord[], from: number, code: string[]): void {
  for (let index = from; index < words.length; index += 1) {
    const found = /=!(.*)$/s.exec(certainValue(words[index]) ?? '')?.[1];
    if (found !== undefined) code.push(found);
  }
}

function listCodeOf(name: string, values: readonly string[]): readonly string[] {
  const texts = values.filter((value) => !value.startsWith('-'));
  return JOINING.has(name) && texts.length > 1 ? [texts.join(' '), ...texts.filter(looksLikeCode)] : texts;
}

function listValues(words: readonly ShellWord[], from: number): readonly string[] {
  const values: string[] = [];
  for (let index = from; index < words.length; index += 1) {
    const value = certainValue(words[index]);
    if (value !== undefined) values.push(value);
  }
  return values;
}

function looksLikeCode(value: string): boolean {
  return /[\s;&|]/.test(value);
}

/**
 * Why what it runs can't be seen, for a person: code in an argument or on its standard input. undefined: it is a program with
 * arguments like any other.
 */
export function findCode(
  words: readonly ShellWord[],
  { isFed }: { readonly isFed: boolean },
): string | undefined {
  const starts = listStarts(words);
  if (starts.length > MANY_STARTS) return 'It names very many programs behind one another.';
  for (const start of starts) {
    const own = words.slice(start);
    if (takesCode(own, isFed)) return `${programName(own[0]) ?? 'It'} is given code to run.`;
    const hidden = findHiddenRun(own);
    if (hidden !== undefined) return hidden;
  }
  return undefined;
}

function takesCode(words: readonly ShellWord[], isFed: boolean): boolean {
  const name = programName(words[0]);
  if (name === undefined) return false;
  const rest = words.slice(1);
  const operand = rest.find((word) => !(certainValue(word) ?? '').startsWith('-'));
  if (JOINING.has(name)) return true;
  if (name === 'source' || name === '.') return certainValue(operand) === undefined;
  if (SHELLS.has(name)) {
    if (rest.some((word) => /^-[a-zA-Z]*[cs]/.test(word.value))) return true;
    return operand === undefined ? isFed : certainValue(operand) === undefined;
  }
  if (name === 'env') return rest.some((word) => /^(?:-[a-zA-Z0]*S|--split)/.test(word.value));
  if (/^[gmn]?awk$/.test(name)) return rest.some((word) => /system|\||getline|>|@/.test(word.text));
  const flags = CODE_FLAGS.find(([program]) => program.test(name))?.[1];
  if (flags === undefined) return false;
  return (
    rest.some((word) => flags.test(word.value)) || (isFed && (operand === undefined || operand.value === '-'))
  );
}

/**
 * The command behind wrappers that change nothing about what it does: these forms too may be allowed by a rule. `takesMore`: it
 * is given further arguments that are not seen here.
 */
export function stripWrappers(words: readonly ShellWord[]): {
  readonly words: readonly ShellWord[];
  readonly takesMore: boolean;
} {
  let rest = words;
  let takesMore = false;
  for (;;) {
    const name = certainValue(rest[0]);
    const inner = name === undefined ? undefined : STRIPPED.get(name)?.(rest.slice(1));
    if (inner === undefined || inner.length === 0) return { words: rest, takesMore };
    takesMore ||= name === 'xargs';
    rest = inner;
  }
}

type Strip = (words: readonly ShellWord[]) => readonly ShellWord[] | undefined;

const STRIPPED: ReadonlyMap<string, Strip> = new Map<string, Strip>([
  ['time', (words) => withoutOptions(words, /^-p$/)],
  ['nohup', (words) => withoutOptions(words)],
  ['builtin', (words) => withoutOptions(words)],
  ['command', (words) => withoutOptions(words, /^-p$/)],
  ['xargs', (words) => withoutOptions(words)],
  ['nice', (words) => withoutOptions(words, /^(?:-n|--adjustment)$/, /^(?:-n?-?\d+|--adjustment=-?\d+)$/)],
  ['stdbuf', (words) => withoutOptions(words, /^-[ioe]$/, /^(?:-[ioe]\w+|--(?:in|out|err)[a-z]*=\w+)$/)],
  [
    'timeout',
    (words) => {
      const alone = /^(?:-v|--verbose|--foreground|--preserve-status|-[ks]\w+|--(?:kill-after|signal)=\w+)$/;
      const [duration, ...inner] = withoutOptions(words, /^-[ks]$/, alone) ?? [];
      return /^\d+(?:\.\d+)?[smhd]?$/.test(certainValue(duration) ?? '') ? inner : undefined;
    },
  ],
]);

/** Words behind the options at the start; undefined where there is one that is not known. */
function withoutOptions(
  words: readonly ShellWord[],
  ...[taking, alone]: readonly RegExp[]
): readonly ShellWord[] | undefined {
  let index = 0;
  for (; index < words.length; index += 1) {
    const value = certainValue(words[index]);
    if (value === undefined || !value.startsWith('-')) break;
    if (value === '--') return words.slice(index + 1);
    if (alone?.test(value) === true || (taking?.test(value) === true && value === '-p')) continue;
    if (taking?.test(value) !== true) return undefined;
    index += 1;
  }
  return words.slice(index);
}
