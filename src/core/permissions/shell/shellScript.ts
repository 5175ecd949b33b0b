/**
 * A command line taken apart by the grammar of bash: every simple command anywhere in it, also in substitutions, here-documents
 * and the bodies of functions, what is redirected where, and what makes it impossible to be sure. Pure, and never throws for
 * odd input: what can't be understood is a doubt.
 */
import type { ShellWord } from './shellWord.ts';

/** A simple command: a program with its arguments. */
export interface ShellPart {
  /** As it stands in the source, with its redirects. */
  readonly text: string;
  /** Program and arguments. Empty where there are only assignments or redirects. */
  readonly words: readonly ShellWord[];
  /** `NAME=value` before the program. */
  readonly assignments: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  /**
   * Folders it may run in, when a `cd` stands before it: undefined is one that can't be told. Empty: where the command line
   * started.
   */
  readonly folders: readonly (string | undefined)[];
  /** Its standard input is fed by the command line: a pipe, a here-document. */
  readonly isFed: boolean;
  /** Only suspected: it stands in a string that a program is given and may run as a command. */
  readonly isSuspected: boolean;
  /** Where it stands in `distinct`. */
  readonly number: number;
}

export interface ShellAssignment {
  readonly name: string;
  /** undefined: not a plain value. */
  readonly value: string | undefined;
}

export interface ShellRedirect {
  readonly access: 'read' | 'write';
  /** undefined: the grammar found none. */
  readonly target: ShellWord | undefined;
}

/**
 * `unread`: the grammar failed. `hidden`: characters that don't show, or more levels than are looked into. `unclear`: it can't be told what runs. None can be covered by a rule for a command;
 * a rule for the whole tool covers the last where no rule could be evaded.
 */
export interface ShellDoubt {
  readonly kind: 'unread' | 'hidden' | 'unclear';
  /** For a person. */
  readonly text: string;
}

export interface ShellScript {
  /** In the order of the source. Where one is spelt as an earlier one and differs in nothing else, it is the same object. */
  readonly parts: readonly ShellPart[];
  /** Each of `parts` once: a long line is mostly the same few commands, and each is judged once. */
  readonly distinct: readonly ShellPart[];
  readonly doubts: readonly ShellDoubt[];
  /** Pieces that would be commands if the grammar were wrong; only a deny or ask rule is held against them. */
  readonly guesses: readonly string[];
  /** It changes to more folders than are remembered with each command. */
  readonly leavesOutFolders: boolean;
}
