/** Which of its arguments a program takes for files, and what it does to them. */
import { listStarts, MANY_STARTS } from './programs.ts';
import type { ShellRedirect } from './shellScript.ts';
import { certainStart, programName, type ShellWord } from './shellWord.ts';

export interface FileUse {
  /** `mention`: it may be a file, and nobody knows what the program does to it. */
  readonly access: 'read' | 'write' | 'mention';
  readonly word: ShellWord;
  /** With all that lies in the folder it names. */
  readonly below: boolean;
}

type Kind =
  /** Every operand is read. */
  | 'reads'
  /** The first operand is a pattern or a program, the others are read. */
  | 'pattern'
  /** The first operand is read, the others are arguments. */
  | 'script'
  | 'writes'
  /** The last operand is written, the others are read. */
  | 'copies'
  /** The last is written, the others are taken away. */
  | 'moves'
  /** The first operand is a mode or an owner, the others are written. */
  | 'changes'
  /** The first operand is read, the second written. */
  | 'converts'
  /** Its operands are no files. */
  | 'none';

const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    reads: `cat tac nl head tail less more most bat batcat wc sort cut paste strings od hexdump hd base64 base32 basenc md5sum
      sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum file stat ls dir vdir tree du diff cmp comm join fold fmt
      pr column rev expand unexpand tsort look zcat bzcat xzcat zless readlink realpath tar zip 7z source . find view xdg-open
      open iconv csplit split diff3 sdiff colordiff delta ack ag`,
    pattern: 'grep egrep fgrep zgrep rg sed gsed awk gawk mawk nawk jq yq perl ruby',
    script: 'sh bash dash zsh ksh ash fish python python2 python3 node deno bun php lua Rscript make',
    writes: `tee touch mkdir rmdir rm unlink shred truncate mkfifo mknod sponge gzip gunzip bzip2 bunzip2 xz unxz zstd unzip
      patch dos2unix unix2dos`,
    copies: 'cp ln install rsync scp',
    moves: 'mv rename',
    changes: 'chmod chown chgrp chattr setfacl',
    converts: 'uniq xxd',
    none: 'echo printf test [ true false : cd pushd popd kill sleep date seq expr which type',
  }).flatMap(([kind, names]) => names.split(/\s+/).map((name): [string, Kind] => [name, kind as Kind])),
);

const RECURSIVE: ReadonlyMap<string, RegExp> = new Map([
  ...['rg', 'ag', 'ack', 'tar', '7z', 'rsync'].map((name): [string, RegExp] => [name, /^/]),
  ...['grep', 'egrep', 'fgrep', 'cp', 'scp', 'zip', 'diff', 'zgrep'].map((name): [string, RegExp] => [
    name,
    /^-[a-zA-Z]*[rRa]|^--(?:recursive|archive|dereference-recursive)/,
  ]),
]);

/**
 * Also what programs behind wrappers use. The first word of each is taken for the program. Each use is there once. Of very many programs every word
 * may be a file.
 */
export function listFileUses(
  words: readonly ShellWord[],
  redirects: readonly ShellRedirect[],
): readonly FileUse[] {
  const uses = new FileUses();
  const starts = listStarts(words);
  if (starts.length > MANY_STARTS)
    for (const word of words) {
      uses.add('read', word);
      uses.add('write', word);
    }
  else for (const start of starts) addOwnUses(words, start, uses);
  for (const { access, target } of redirects) if (target !== undefined) uses.add(access, target);
  return uses.list;
}

/** Fewer than these are compared one by one, which costs less than a key for each. */
const FEW = 8;

class FileUses {
  readonly list: FileUse[] = [];
  #keys: Set<string> | undefined;

  add(access: FileUse['access'], word: ShellWord, below = false): void {
    if (this.list.length < FEW) {
      for (const use of this.list)
        if (use.access === access && use.below === below && isSame(use.word, word)) return;
    } else {
      this.#keys ??= new Set(this.list.map(toKey));
      const key = toKey({ access, word, below });
      if (this.#keys.has(key)) return;
      this.#keys.add(key);
    }
    this.list.push({ access, word, below });
  }
}

function isSame(left: ShellWord, right: ShellWord): boolean {
  return (
    left === right || (left.text === right.text && left.kind === right.kind && left.value === right.value)
  );
}

function toKey({ access, word, below }: FileUse): string {
  const { text, kind, value } = word;
  return `${access} ${below} ${kind} ${text}${value === text ? '' : `\0${value}`}`;
}

/** What the program at `start` uses of the words behind it. */
function addOwnUses(words: readonly ShellWord[], start: number, uses: FileUses): void {
  const name = programName(words[start]) ?? '';
  const kind = KINDS.get(name);
  if (kind === 'none') return;
  const recursive = RECURSIVE.get(name);
  const below = recursive !== undefined && hasOption(words, start, recursive);
  const before = uses.list.length;
  const operands = listOperands(words, start + 1);
  const { length } = operands;
  for (const share of kind === 'pattern' ? [toPatternShare(words, start)] : SHARES[kind ?? 'unknown']) {
    const from = share.from < 0 ? Math.max(0, length + share.from) : share.from;
    const to = share.to < 0 ? length + share.to : Math.min(length, share.to);
    for (let index = from; index < to; index += 1) uses.add(share.access, operands[index] ?? HERE, below);
  }
  if (below && uses.list.length === before) uses.add('read', HERE, below);
  for (let index = start + 1; index < words.length; index += 1) addValueUse(words[index] ?? HERE, name, uses);
}

const HERE: ShellWord = { text: '.', kind: 'literal', value: '.', splits: false };

function hasOption(words: readonly ShellWord[], start: number, option: RegExp): boolean {
  for (let index = start + 1; index < words.length; index += 1)
    if (option.test(words[index]?.value ?? '')) return true;
  return false;
}

/** Some of the operands, from one to before another; counted from behind where that is less than 0. */
interface Share {
  readonly access: FileUse['access'];
  readonly from: number;
  readonly to: number;
}

const ALL = Number.POSITIVE_INFINITY;

const SHARES: Readonly<Record<Exclude<Kind, 'pattern'> | 'unknown', readonly Share[]>> = {
  unknown: [{ access: 'mention', from: 0, to: ALL }],
  reads: [{ access: 'read', from: 0, to: ALL }],
  script: [
    { access: 'read', from: 0, to: 1 },
    { access: 'mention', from: 1, to: ALL },
  ],
  writes: [{ access: 'write', from: 0, to: ALL }],
  changes: [{ access: 'write', from: 1, to: ALL }],
  moves: [
    { access: 'read', from: 0, to: -1 },
    { access: 'write', from: 0, to: ALL },
  ],
  copies: [
    { access: 'read', from: 0, to: -1 },
    { access: 'write', from: -1, to: ALL },
  ],
  converts: [
    { access: 'read', from: 0, to: 1 },
    { access: 'write', from: 1, to: ALL },
  ],
  none: [],
};

/** Where the pattern is given by an option, the first operand is a file as well. */
function toPatternShare(words: readonly ShellWord[], start: number): Share {
  const isGiven = hasOption(words, start, /^(?:-[a-zA-Z]*[ef]|--(?:regexp|expression|file|from-file))/);
  const changes =
    /sed$|^perl$|^ruby$/.test(programName(words[start]) ?? '') &&
    hasOption(words, start, /^(?:-[a-zA-Z]*i|--in-place)/);
  return { access: changes ? 'write' : 'read', from: isGiven ? 0 : 1, to: ALL };
}

/** Words that are no options. What an option takes is among them: better one file too many than one too few. */
function listOperands(words: readonly ShellWord[], from: number): readonly ShellWord[] {
  const operands: ShellWord[] = [];
  let mayBeOption = true;
  for (let index = from; index < words.length; index += 1) {
    const word = words[index] ?? HERE;
    if (mayBeOption && word.kind === 'literal' && word.value === '--') mayBeOption = false;
    else if (!mayBeOption || !certainStart(word).startsWith('-')) operands.push(word);
  }
  return operands;
}

/** `--file=x`, `if=x`, `-d@x`, `@x`, and for git `HEAD:x`. */
function addValueUse(word: ShellWord, name: string, uses: FileUses): void {
  const inside = name === 'git' ? /^(?:-{0,2}[\w-]*=|[^:]*:)(.+)$/s : /^(?:-{0,2}[\w-]*=|-\w?@|@)@?(.+)$/s;
  const found = inside.exec(word.value)?.[1];
  if (found === undefined) return;
  const access = word.value.startsWith('of=') ? 'write' : 'mention';
  uses.add(access, { text: found, kind: word.kind, value: found, splits: word.splits });
}
