/** From a command line to a ShellScript. The grammar is that of the package `unbash`. */
import { type Command, forEachChild, parse, type Redirection, type SyntaxNode, type Word } from 'unbash';
import { changesMeaning, isFolderChange, listCodeWords, readsCommands } from './programs.ts';
import { findNodeDoubt } from './shellDoubts.ts';
import type { ShellAssignment, ShellPart, ShellRedirect, ShellScript } from './shellScript.ts';
import { certainValue, readAssignmentWord, readWord, type ShellPlace, type ShellWord } from './shellWord.ts';

export interface ShellOptions extends ShellPlace {
  /** The absolute path of a folder that a `cd` names. */
  readonly resolve: (folder: string) => string;
}

/** Longer than anybody reads before agreeing to it. Characters. */
const MAX_CERTAIN_CHARS = 10_000;
/** Strings within strings that are looked into, and how many characters of strings in all. */
const MAX_STRING_DEPTH = 6;
const MAX_STRING_CHARS = 50_000;
/** Substitutions within substitutions that are looked into. */
const MAX_SCRIPT_DEPTH = 32;
/** Nodes within nodes of the grammar that are looked into. */
const MAX_DEPTH = 1000;
/** Folders that are remembered; of more, the last ones, and that there are others. */
const MAX_FOLDERS = 8;

export function readShell(source: string, options: ShellOptions): ShellScript {
  const reader = new ShellReader(options);
  if (source.length > MAX_CERTAIN_CHARS) reader.doubt('unclear', 'It is very long.');
  if (/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u.test(source))
    reader.doubt('hidden', 'It holds characters that do not show.');
  try {
    reader.readSource(source);
  } catch {
    // A grammar that is broken, or missing from what was shipped, must never mean more than that a person is asked.
    reader.doubt(
      'unread',
      'Belay failed to take this command apart, so it is asked about whatever the rules say.',
    );
  }
  return reader.end(source);
}

/** A command line of a shell whose grammar is not known here (PowerShell): nothing about it is certain. */
export function readForeignShell(source: string): ShellScript {
  const text = 'Commands of this shell can not be taken apart, so each one is asked for.';
  const doubts = [{ kind: 'unclear', text }] as const;
  return { parts: [], doubts, guesses: guessCommands(source), leavesOutFolders: false };
}

/** What surrounds the node that is being read. */
interface Surroundings {
  readonly source: string;
  readonly isFed: boolean;
}

/** What the text of a command says, wherever it stands. */
type CommandWords = Pick<ShellPart, 'words' | 'assignments' | 'redirects'>;

class ShellReader {
  readonly #options: ShellOptions;
  readonly #parts: ShellPart[] = [];
  readonly #doubts = new Map<string, ShellScript['doubts'][number]>();
  /** Of commands that are spelt the same, so that a long line of the same few is read once. */
  readonly #read = new Map<string, CommandWords>();
  #folders: readonly (string | undefined)[] = [];
  #leavesOutFolders = false;
  #stringDepth = 0;
  #stringChars = 0;
  #scriptDepth = 0;
  #depth = 0;

  constructor(options: ShellOptions) {
    this.#options = options;
  }

  doubt(kind: ShellScript['doubts'][number]['kind'], text: string): void {
    this.#doubts.set(text, { kind, text });
  }

  readSource(source: string): void {
    this.#visit(parse(source), { source, isFed: false });
  }

  end(source: string): ShellScript {
    const doubts = [...this.#doubts.values()];
    const guesses = doubts.length > 0 ? guessCommands(source) : [];
    return { parts: this.#parts, doubts, guesses, leavesOutFolders: this.#leavesOutFolders };
  }

  #visit(node: SyntaxNode, around: Surroundings): void {
    if (this.#depth >= MAX_DEPTH) return this.doubt('hidden', NESTED);
    this.#depth += 1;
    const doubt = findNodeDoubt(node, around.source);
    if (doubt !== undefined) this.doubt('unclear', doubt);
    this.#visitKind(node, around);
    this.#depth -= 1;
  }

  #visitKind(node: SyntaxNode, around: Surroundings): void {
    switch (node.type) {
      case 'Script':
        return this.#visitScript(node, { ...around, source: node.source ?? around.source });
      case 'Command':
        this.#readCommand(node, around);
        return this.#visitChildren(node, around.isFed ? { ...around, isFed: false } : around);
      case 'Redirected':
        this.#readRedirects(node.redirects, around);
        return this.#visitChildren(node, { ...around, isFed: around.isFed || node.redirects.some(feeds) });
      case 'Pipeline':
        node.prefixes.forEach((prefix) => {
          this.#visit(prefix, around);
        });
        node.commands.forEach((command, index) => {
          this.#visit(command, { ...around, isFed: around.isFed || index > 0 });
        });
        return;
      default:
        this.#visitChildren(node, around);
    }
  }

  #visitScript(node: SyntaxNode, around: Surroundings): void {
    if (this.#scriptDepth >= MAX_SCRIPT_DEPTH) return this.doubt('hidden', NESTED);
    this.#scriptDepth += 1;
    this.#visitChildren(node, around);
    this.#scriptDepth -= 1;
  }

  #visitChildren(node: SyntaxNode, around: Surroundings): void {
    forEachChild(node, (child) => this.#visit(child, around));
  }

  #readCommand(node: Command, around: Surroundings): void {
    const text = around.source.slice(node.pos, node.end);
    const read = this.#read.get(text) ?? this.#readWords(node);
    this.#read.set(text, read);
    const { words, assignments, redirects } = read;
    if (words.length === 0 && assignments.length > 0)
      this.doubt('unclear', 'It sets a variable that later commands go by.');
    const [program] = words;
    if (program !== undefined && program.kind !== 'literal')
      this.doubt('unclear', `It can not be told what ${program.text} runs.`);
    if (changesMeaning(words)) this.doubt('unclear', `${words[0]?.text} changes what later commands mean.`);
    const part: ShellPart = {
      text,
      words,
      assignments,
      redirects,
      folders: this.#folders,
      isFed: around.isFed || node.redirects.some(feeds),
      isSuspected: this.#stringDepth > 0,
    };
    this.#parts.push(part);
    this.#followFolderChange(part);
    for (const code of this.#listStrings(part, node.redirects)) this.#readString(code);
  }

  /**
   * The grammar takes `x=<(a) b` for a program `<(a)` behind an empty assignment; for bash the value of the assignment is
   * the substitution, and the program is b.
   */
  #readWords(node: Command): CommandWords {
    const last = node.prefix.findLast((each) => each.type === 'Assignment');
    const isValue = last !== undefined && node.name !== undefined && last.end === node.name.pos;
    const words: ShellWord[] = [];
    if (node.name !== undefined && !isValue) words.push(readWord(node.name, this.#options));
    for (const each of node.args)
      words.push(
        each.type === 'Word' ? readWord(each, this.#options) : readAssignmentWord(each, this.#options),
      );
    const assignments = node.prefix.flatMap((each): ShellAssignment[] => {
      if (each.type !== 'Assignment') return [];
      const word = readAssignmentWord(each, this.#options);
      const isPlain = word.kind === 'literal' && !(isValue && each === last);
      return [{ name: each.name, value: isPlain ? word.value.slice(each.name.length + 1) : undefined }];
    });
    return { words, assignments, redirects: this.#toRedirects(node.redirects) };
  }

  #readRedirects(redirections: readonly Redirection[], around: Surroundings): void {
    const redirects = this.#toRedirects(redirections);
    if (redirects.length === 0) return;
    const [first, last] = [redirections[0], redirections.at(-1)];
    const text = around.source.slice(first?.pos, last?.end);
    const rest = { assignments: [], isFed: false, folders: this.#folders };
    this.#parts.push({ text, words: [], redirects, isSuspected: this.#stringDepth > 0, ...rest });
  }

  #toRedirects(redirections: readonly Redirection[]): readonly ShellRedirect[] {
    return redirections.flatMap((each): ShellRedirect[] => {
      if (each.type !== 'Redirect') return [];
      const copies = each.operator === '>&' || each.operator === '<&';
      if (copies && /^(?:\d+-?|-)$/.test(each.target?.text ?? '')) return [];
      const target = each.target === undefined ? undefined : readWord(each.target, this.#options);
      const isRead = each.operator === '<' || each.operator === '<&';
      return [{ access: isRead ? 'read' : 'write', target }];
    });
  }

  /** From here on, whatever comes later in the source may run in another folder: also in a subshell, to be on the safe side. */
  #followFolderChange(part: ShellPart): void {
    if (!isFolderChange(part.words)) return;
    const { cwd, resolve } = this.#options;
    const target = part.words.length === 2 ? certainValue(part.words[1]) : undefined;
    const resolved = target === undefined || target === '-' ? undefined : resolve(target);
    // A relative one after another change starts from there, which is more than is followed here.
    const isKnown = this.#folders.length === 0 || resolved === target;
    const folder = isKnown ? resolved : undefined;
    if (folder === cwd && this.#folders.length === 0) return;
    const folders = addFolder(this.#folders, folder);
    this.#leavesOutFolders ||= this.#folders.some((each) => each !== undefined && !folders.includes(each));
    this.#folders = folders;
  }

  #listStrings(part: ShellPart, redirections: readonly Redirection[]): readonly string[] {
    const strings = listCodeWords(part.words);
    if (!readsCommands(part.words)) return strings;
    return [...strings, ...redirections.flatMap((each) => toFedText(each, this.#options))];
  }

  #readString(code: string): void {
    this.#stringChars += code.length;
    if (this.#stringDepth >= MAX_STRING_DEPTH || this.#stringChars > MAX_STRING_CHARS)
      return this.doubt('unclear', 'It holds commands in strings in strings.');
    const folders = this.#folders;
    this.#stringDepth += 1;
    this.readSource(code);
    this.#stringDepth -= 1;
    this.#folders = folders;
  }
}

const NESTED = 'It is nested very deeply.';

type Folders = ShellPart['folders'];

function addFolder(folders: Folders, folder: string | undefined): Folders {
  const others = folders.filter((each) => each !== folder);
  if (others.length < MAX_FOLDERS) return [...others, folder];
  return [undefined, ...others.filter((each) => each !== undefined).slice(2 - MAX_FOLDERS), folder];
}

function feeds(redirection: Redirection): boolean {
  return redirection.type !== 'Redirect' || redirection.operator === '<';
}

function toFedText(redirection: Redirection, place: ShellPlace): readonly string[] {
  if (redirection.type === 'HereDoc') return [redirection.body.text];
  if (redirection.type !== 'HereString') return [];
  const value = toValue(redirection.target, place);
  return value === undefined ? [] : [value];
}

function toValue(word: Word | undefined, place: ShellPlace): string | undefined {
  return word === undefined ? undefined : certainValue(readWord(word, place));
}

/** Whatever stands between characters that could end one command and begin another; `&` beside `<` and `>` is a redirect's. */
function guessCommands(source: string): readonly string[] {
  const pieces = source.split(/[;|\n\r(){}`]|(?<![<>])&(?!>)|\$\(/).map((piece) => piece.trim());
  return [...new Set(pieces)].filter((piece) => piece !== '');
}
