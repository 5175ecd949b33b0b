/** Which of its arguments a program takes for files, and what it does to them. */
import { listStarts, MANY_STARTS } from './programs.ts';
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
export function listFileUses(words: readonly ShellWord[]): readonly FileUse[] {
  const starts = listStarts(words);
  const uses =
    starts.length > MANY_STARTS
      ? words.flatMap((word) =>
          (['read', 'write'] as const).map((access) => ({ access, word, below: false })),
        )
      : starts.flatMap((start) => listOwnUses(start === 0 ? words : words.slice(start)));
  if (uses.length < 2) return uses;
  return [...new Map(uses.map((use) => [toKey(use), use])).values()];
}

/** Spelt the same, a name with quotes and one without are two files. */
function toKey({ access, below, word }: FileUse): string {
  return `${access} ${below} ${word.kind} ${word.text}\0${word.value}`;
}

function listOwnUses(words: readonly ShellWord[]): readonly FileUse[] {
  const name = programName(words[0]) ?? '';
  const kind = KINDS.get(name);
  if (kind === 'none') return [];
  const rest = words.slice(1);
  const operands = listOperands(rest);
  const recursive = RECURSIVE.get(name);
  const below = recursive !== undefined && rest.some((word) => recursive.test(word.value));
  const uses = listOperandUses(kind, { name, operands, rest, below });
  if (below && uses.length === 0) uses.push({ access: 'read', word: HERE, below });
  return [...uses, ...rest.flatMap((word) => listValueUses(word, name))];
}

const HERE: ShellWord = { text: '.', kind: 'literal', value: '.', splits: false };

interface Operands {
  readonly name: string;
  readonly operands: readonly ShellWord[];
  readonly rest: readonly ShellWord[];
  readonly below: boolean;
}

function listOperandUses(kind: Kind | undefined, { name, operands, rest, below }: Operands): FileUse[] {
  const use = (access: FileUse['access'], list: readonly ShellWord[]): FileUse[] =>
    list.map((word) => ({ access, word, below }));
  switch (kind) {
    case undefined:
      return use('mention', operands);
    case 'reads':
      return use('read', operands);
    case 'pattern': {
      const isGiven = rest.some((word) =>
        /^(?:-[a-zA-Z]*[ef]|--(?:regexp|expression|file|from-file))/.test(word.value),
      );
      const changes =
        /sed$|^perl$|^ruby$/.test(name) &&
        rest.some((word) => /^(?:-[a-zA-Z]*i|--in-place)/.test(word.value));
      return use(changes ? 'write' : 'read', isGiven ? operands : operands.slice(1));
    }
    case 'script':
      return [...use('read', operands.slice(0, 1)), ...use('mention', operands.slice(1))];
    case 'writes':
      return use('write', operands);
    case 'changes':
      return use('write', operands.slice(1));
    case 'moves':
      return [...use('read', operands.slice(0, -1)), ...use('write', operands)];
    case 'copies':
      return [...use('read', operands.slice(0, -1)), ...use('write', operands.slice(-1))];
    case 'converts':
      return [...use('read', operands.slice(0, 1)), ...use('write', operands.slice(1))];
    case 'none':
      return [];
    default:
      return kind satisfies never;
  }
}

/** Words that are no options. What an option takes is among them: better one file too many than one too few. */
function listOperands(words: readonly ShellWord[]): readonly ShellWord[] {
  const end = words.findIndex(({ kind, value }) => kind === 'literal' && value === '--');
  const options = end === -1 ? words : words.slice(0, end);
  const free = options.filter((word) => !certainStart(word).startsWith('-'));
  return end === -1 ? free : [...free, ...words.slice(end + 1)];
}

/** `--file=x`, `if=x`, `-d@x`, `@x`, and for git `HEAD:x`. */
function listValueUses(word: ShellWord, name: string): readonly FileUse[] {
  const inside = name === 'git' ? /^(?:-{0,2}[\w-]*=|[^:]*:)(.+)$/s : /^(?:-{0,2}[\w-]*=|-\w?@|@)@?(.+)$/s;
  const found = inside.exec(word.value)?.[1];
  if (found === undefined) return [];
  const access = /^of=/.test(word.value) ? 'write' : 'mention';
  return [{ access, word: { ...word, text: found, value: found }, below: false }];
}
