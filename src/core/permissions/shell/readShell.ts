/** From a command line to a ShellScript. The grammar is that of the package `unbash`. */
import {
  type Command,
  forEachChild,
  parse,
  type Redirection,
  type Script,
  type SyntaxNode,
  type Word,
} from 'unbash';
import { guessCommands } from './guessCommands.ts';
import { changesMeaning, isFolderChange, listCodeWords, readsCommands } from './programs.ts';
import { CommandReader } from './readCommandWords.ts';
import { findNodeDoubt } from './shellDoubts.ts';
import type { ShellPart, ShellScript } from './shellScript.ts';
import { certainValue, isPlainText, readWord, type ShellPlace } from './shellWord.ts';

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
  return { parts: [], distinct: [], doubts, guesses: guessCommands(source), leavesOutFolders: false };
}

/** What the text of a command says, wherever it stands. */
interface Spelling extends Pick<ShellPart, 'words' | 'assignments' | 'redirects'> {
  /** Its standard input is fed by a redirect of its own. */
  readonly feedsItself: boolean;
  readonly changesFolder: boolean;
  /** It runs what comes in on its standard input. */
  readonly readsCommands: boolean;
  /** Texts among its words that are read as commands. */
  readonly codes: readonly string[];
  /** The last command that was spelt so. */
  part: ShellPart | undefined;
}

/** A string that was read, where it stood, and how many characters of strings were read in it. */
interface ReadString {
  readonly folders: Folders;
  readonly stringDepth: number;
  readonly scriptDepth: number;
  readonly depth: number;
  readonly chars: number;
}

/** What surrounds the node that is being read are fields, put back behind it: there are too many nodes for an object each. */
class ShellReader {
  readonly #options: ShellOptions;
  readonly #parts: ShellPart[] = [];
  readonly #distinct: ShellPart[] = [];
  readonly #doubts = new Map<string, ShellScript['doubts'][number]>();
  /** Of commands that are spelt the same, so that a long line of the same few is read once. */
  readonly #spellings = new Map<string, Spelling>();
  readonly #strings = new Map<string, ReadString>();
  readonly #words: CommandReader;
  readonly #visitChild = (child: SyntaxNode): void => this.#visit(child);
  #source = '';
  #isFed = false;
  #folders: Folders = [];
  #leavesOutFolders = false;
  #stringDepth = 0;
  #stringChars = 0;
  #scriptDepth = 0;
  #depth = 0;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#words = new CommandReader(options);
  }

  doubt(kind: ShellScript['doubts'][number]['kind'], text: string): void {
    this.#doubts.set(text, { kind, text });
  }

  readSource(source: string): void {
    const [outerSource, isFed] = [this.#source, this.#isFed];
    this.#source = source;
    this.#isFed = false;
    this.#visit(parse(source));
    this.#source = outerSource;
    this.#isFed = isFed;
  }

  end(source: string): ShellScript {
    const doubts = [...this.#doubts.values()];
    return {
      parts: this.#parts,
      distinct: this.#distinct,
      doubts,
      guesses: doubts.length > 0 ? guessCommands(source) : [],
      leavesOutFolders: this.#leavesOutFolders,
    };
  }

  #visit(node: SyntaxNode): void {
    if (this.#depth >= MAX_DEPTH) return this.doubt('hidden', NESTED);
    if (node.type === 'Word' && isPlainText(node.text)) return;
    this.#depth += 1;
    const doubt = findNodeDoubt(node, this.#source);
    if (doubt !== undefined) this.doubt('unclear', doubt);
    this.#visitKind(node);
    this.#depth -= 1;
  }

  #visitKind(node: SyntaxNode): void {
    const isFed = this.#isFed;
    switch (node.type) {
      case 'Script':
        return this.#visitScript(node);
      case 'Command':
        this.#readCommand(node);
        this.#isFed = false;
        forEachChild(node, this.#visitChild);
        break;
      case 'Redirected':
        this.#readRedirects(node.redirects);
        this.#isFed = isFed || node.redirects.some(feeds);
        forEachChild(node, this.#visitChild);
        break;
      case 'Pipeline':
        for (const prefix of node.prefixes) this.#visit(prefix);
        for (const command of node.commands) {
          this.#visit(command);
          this.#isFed = true;
        }
        break;
      default:
        forEachChild(node, this.#visitChild);
    }
    this.#isFed = isFed;
  }

  #visitScript(node: Script): void {
    if (this.#scriptDepth >= MAX_SCRIPT_DEPTH) return this.doubt('hidden', NESTED);
    const source = this.#source;
    this.#scriptDepth += 1;
    this.#source = node.source ?? source;
    forEachChild(node, this.#visitChild);
    this.#source = source;
    this.#scriptDepth -= 1;
  }

  #readCommand(node: Command): void {
    const text = this.#source.slice(node.pos, node.end);
    const known = this.#spellings.get(text);
    const spelling = known ?? this.#readSpelling(node);
    if (known === undefined) this.#spellings.set(text, spelling);
    const part = this.#toPart(text, spelling);
    this.#parts.push(part);
    if (spelling.changesFolder) this.#followFolderChange(part);
    for (const code of spelling.codes) this.#readString(code);
    if (spelling.readsCommands)
      for (const each of node.redirects)
        for (const code of toFedText(each, this.#options)) this.#readString(code);
  }

  /** Says also what is in doubt about it. */
  #readSpelling(node: Command): Spelling {
    const { words, assignments } = this.#words.readWords(node);
    const [program] = words;
    if (program === undefined && assignments.length > 0)
      this.doubt('unclear', 'It sets a variable that later commands go by.');
    if (program !== undefined && program.kind !== 'literal')
      this.doubt('unclear', `It can not be told what ${program.text} runs.`);
    if (changesMeaning(words)) this.doubt('unclear', `${program?.text} changes what later commands mean.`);
    return {
      words,
      assignments,
      redirects: this.#words.readRedirects(node.redirects),
      feedsItself: node.redirects.some(feeds),
      changesFolder: isFolderChange(words),
      readsCommands: readsCommands(words),
      codes: listCodeWords(words),
      part: undefined,
    };
  }

  #toPart(text: string, spelling: Spelling): ShellPart {
    const isFed = this.#isFed || spelling.feedsItself;
    const isSuspected = this.#stringDepth > 0;
    const last = spelling.part;
    if (last?.folders === this.#folders && last.isFed === isFed && last.isSuspected === isSuspected)
      return last;
    const { words, assignments, redirects } = spelling;
    const folders = this.#folders;
    const number = this.#distinct.length;
    const part = { text, words, assignments, redirects, folders, isFed, isSuspected, number };
    this.#distinct.push(part);
    spelling.part = part;
    return part;
  }

  #readRedirects(redirections: readonly Redirection[]): void {
    const redirects = this.#words.readRedirects(redirections);
    if (redirects.length === 0) return;
    const text = this.#source.slice(redirections[0]?.pos, redirections.at(-1)?.end);
    const part: ShellPart = {
      text,
      words: [],
      assignments: [],
      redirects,
      folders: this.#folders,
      isFed: false,
      isSuspected: this.#stringDepth > 0,
      number: this.#distinct.length,
    };
    this.#distinct.push(part);
    this.#parts.push(part);
  }

  /** From here on, whatever comes later in the source may run in another folder: also in a subshell, to be on the safe side. */
  #followFolderChange(part: ShellPart): void {
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

  #readString(code: string): void {
    this.#stringChars += code.length;
    if (this.#stringDepth >= MAX_STRING_DEPTH || this.#stringChars > MAX_STRING_CHARS)
      return this.doubt('unclear', STRINGS_IN_STRINGS);
    const known = this.#strings.get(code);
    if (known !== undefined && this.#stands(known)) {
      this.#stringChars += known.chars;
      if (this.#stringChars > MAX_STRING_CHARS) this.doubt('unclear', STRINGS_IN_STRINGS);
      return;
    }
    const folders = this.#folders;
    const before = this.#stringChars;
    this.#stringDepth += 1;
    this.readSource(code);
    this.#stringDepth -= 1;
    this.#folders = folders;
    this.#strings.set(code, {
      folders,
      stringDepth: this.#stringDepth,
      scriptDepth: this.#scriptDepth,
      depth: this.#depth,
      chars: this.#stringChars - before,
    });
  }

  /** What was found in that string would be found in it once more, and no more than that. */
  #stands({ folders, stringDepth, scriptDepth, depth }: ReadString): boolean {
    return (
      folders === this.#folders &&
      stringDepth === this.#stringDepth &&
      scriptDepth === this.#scriptDepth &&
      depth === this.#depth
    );
  }
}

const NESTED = 'It is nested very deeply.';
const STRINGS_IN_STRINGS = 'It holds commands in strings in strings.';

type Folders = ShellPart['folders'];

function addFolder(folders: Folders, folder: string | undefined): Folders {
  if (folders.length > 0 && folders.at(-1) === folder) return folders;
  if (folders.length === MAX_FOLDERS && folders[0] === undefined && !folders.includes(folder)) {
    // As below, in one list: the first one that is known gives way.
    const moved = folders.slice().copyWithin(1, 2);
    moved[MAX_FOLDERS - 1] = folder;
    return moved;
  }
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
