/**
 * The rules that deny and ask, held against a command line: against the whole of it, against every form of each command and each
 * file it uses, and against what would be commands if it were understood wrongly.
 */
import type { LayeredRule } from './decidePermission.ts';
import type { PathAccess, PathRules } from './pathRules.ts';
import type { CommandRules, RuleIndex } from './ruleIndex.ts';
import { guessPart, listStrictForms, type StrictForms } from './shell/commandForms.ts';
import type { PathLocator } from './shell/commandPaths.ts';
import type { FileUse } from './shell/fileUses.ts';
import type { ShellPart, ShellScript } from './shell/shellScript.ts';
import type { ShellWord } from './shell/shellWord.ts';

export interface StrictOptions {
  readonly index: RuleIndex;
  readonly paths: PathRules;
  readonly locator: PathLocator;
  /** Whether upper and lower case are one in the name of a program. */
  readonly foldsCase: boolean;
}

/** One part after the other, so that nothing of a part has to be kept. */
export class StrictRules {
  /** Whether there are any about files. */
  readonly hasPaths: boolean;
  readonly #options: StrictOptions;
  readonly #hasForms: boolean;
  #denied: LayeredRule | undefined;
  #asked: LayeredRule | undefined;

  constructor(options: StrictOptions) {
    const { deny, ask } = options.index.commands;
    this.#options = options;
    this.#hasForms = deny.hasScoped || ask.hasScoped;
    this.hasPaths = options.paths.hasStrict();
  }

  /** Whether there are rules that what is not understood could evade. */
  get canEvade(): boolean {
    return this.#hasForms || this.hasPaths;
  }

  holdWhole(command: string, { guesses }: ShellScript): void {
    const { deny, ask } = this.#options.index.commands;
    const text = command.trim();
    this.#denied = deny.find(text);
    this.#asked = ask.find(text);
    if (this.#hasForms) for (const guess of guesses) this.#holdForms(this.#listForms(guessPart(guess).words));
  }

  /** Whether there are more places in it where a program may start than have been tried. */
  holdPart(part: ShellPart, uses: readonly FileUse[]): boolean {
    if (!this.canEvade) return false;
    const forms = this.#listForms(part.words);
    this.#holdForms(forms);
    if (this.hasPaths) for (const use of uses) this.#holdFile(use, part);
    return forms.isCut;
  }

  end({ leavesOutFolders }: ShellScript): Readonly<Record<'denied' | 'asked', LayeredRule | undefined>> {
    const { paths } = this.#options;
    // A `cd` that fails leaves the command in a folder that is not remembered: in a forbidden one, for all that is known.
    return {
      denied: this.#denied ?? (leavesOutFolders ? paths.anyStrict('deny') : undefined),
      asked: this.#asked ?? (leavesOutFolders ? paths.anyStrict('ask') : undefined),
    };
  }

  #listForms(words: readonly ShellWord[]): StrictForms {
    return listStrictForms(words, this.#options.foldsCase, this.#isWanted);
  }

  readonly #isWanted = (program: string): boolean => {
    const { deny, ask } = this.#options.index.commands;
    return deny.concerns(program) || ask.concerns(program);
  };

  #holdForms({ forms }: StrictForms): void {
    const { deny, ask } = this.#options.index.commands;
    this.#denied ??= findForm(forms, deny);
    this.#asked ??= findForm(forms, ask);
  }

  #holdFile({ access, word }: FileUse, part: ShellPart): void {
    if (access === 'mention' || word.kind === 'glob') return;
    const { locator } = this.#options;
    this.#denied ??= locator.find(
      word,
      part,
      access === 'read' ? this.#findDeniedRead : this.#findDeniedWrite,
    );
    this.#asked ??= locator.find(word, part, access === 'read' ? this.#findAskedRead : this.#findAskedWrite);
  }

  readonly #findDeniedRead = (path: string): LayeredRule | undefined => this.#findFile('deny', 'read', path);
  readonly #findDeniedWrite = (path: string): LayeredRule | undefined =>
    this.#findFile('deny', 'write', path);
  readonly #findAskedRead = (path: string): LayeredRule | undefined => this.#findFile('ask', 'read', path);
  readonly #findAskedWrite = (path: string): LayeredRule | undefined => this.#findFile('ask', 'write', path);

  #findFile(behavior: 'deny' | 'ask', access: PathAccess, path: string): LayeredRule | undefined {
    return this.#options.paths.findStrict(behavior, access, path, 'Bash');
  }
}

function findForm(forms: readonly string[], rules: CommandRules): LayeredRule | undefined {
  for (const form of forms) {
    const found = rules.find(form);
    if (found !== undefined) return found;
  }
  return undefined;
}
