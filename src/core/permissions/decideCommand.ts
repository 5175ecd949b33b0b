/**
 * Whether a command line may run. To forbid, a suspicion is enough: a rule that denies or asks is held against every command
 * found anywhere in it, under every form. To allow takes proof: all of it is understood, each command is covered by a rule or
 * only looks, and each file it writes may be written. Nothing is left out because something else was found first.
 */
import type { Effect } from '../tools/tool.ts';
import { dedupe, other, toDoubtReason } from './commandReasons.ts';
import type { CommandPart, DecisionReason, LayeredRule, PermissionContext } from './decidePermission.ts';
import { PathRules } from './pathRules.ts';
import { createRuleIndex, type RuleIndex } from './ruleIndex.ts';
import { listPartUses, MAX_PATHS, PathLocator, readCommand } from './shell/commandPaths.ts';
import type { FileUse } from './shell/fileUses.ts';
import type { ShellPart, ShellScript } from './shell/shellScript.ts';
import { StrictRules } from './strictRules.ts';
import { PartWeigher, type Weighed } from './weighPart.ts';

export interface CommandDeps {
  readonly context: PermissionContext;
  readonly index: RuleIndex;
  readonly paths: PathRules;
  /** Whether a file may be read or written, by rules and mode; the deny and ask rules have been held against it already. */
  readonly judgePath: (access: 'read' | 'write', path: string) => PathVerdict;
}

export interface PathVerdict {
  readonly behavior: 'allow' | 'ask';
  readonly reason: DecisionReason;
}

export interface CommandVerdict {
  /** It changes to more folders than can be held against rules for files: some of those are taken to cover it. */
  readonly leavesOutFolders: boolean;
  readonly denied: LayeredRule | undefined;
  readonly asked: LayeredRule | undefined;
  /** Why it is asked; empty: it is allowed. */
  readonly asks: readonly DecisionReason[];
  /** Why it is allowed. */
  readonly grounds: readonly DecisionReason[];
  /** It only looks at what may be looked at, whatever the rules say. */
  readonly isReadOnly: boolean;
  /** It could not be taken apart at all, so that no rule could be held against it. */
  readonly isUnread: boolean;
  /** The commands in it, as a person sees them, in order. */
  readonly parts: readonly CommandPart[];
}

type Execute = Extract<Effect, { kind: 'execute' }>;

export function decideCommand({ command, cwd }: Execute, deps: CommandDeps): CommandVerdict {
  const { context, index, paths } = deps;
  const script = readCommand(command, { ...context.workspace, cwd });
  const locator = new PathLocator(cwd);
  const strict = new StrictRules({
    index,
    paths,
    locator,
    foldsCase: context.workspace.platform !== 'linux',
  });
  const { canEvade, hasPaths: hasStrictPaths } = strict;
  const weigher = new PartWeigher({ ...deps, cwd, locator, canEvade, hasStrictPaths });
  strict.holdWhole(command, script);
  const tally = judgeParts(script, strict, weigher);
  const doubts = listDoubts(script, { deps, canEvade, tally });
  const isEmpty =
    script.parts.length === 0 && doubts.length === 0 && index.commands.allow.whole === undefined;
  return {
    leavesOutFolders: script.leavesOutFolders,
    ...strict.end(script),
    asks: isEmpty ? [other('It can not be told what it runs.')] : dedupe([...doubts, ...tally.asks]),
    grounds: dedupe(tally.grounds),
    isReadOnly: !isEmpty && script.doubts.length === 0 && tally.areReadOnly,
    isUnread: script.doubts.some(({ kind }) => kind === 'unread'),
    parts: tally.shown,
  };
}

/** Whether a rule for commands that has this in its brackets speaks for all that the command line does. */
export function coversWholeCommand(scope: string, effect: Execute, context: PermissionContext): boolean {
  const rules: readonly LayeredRule[] = [
    { toolName: 'Bash', ruleContent: scope, behavior: 'allow', layer: 'session' },
  ];
  const index = createRuleIndex(rules, context.workspace, []);
  const paths = new PathRules({ context: { ...context, rules }, index, places: new Map() });
  const reason = other('It is no matter of this rule.');
  const judgePath = (): PathVerdict => ({ behavior: 'ask', reason });
  const verdict = decideCommand(effect, { context: { ...context, rules }, index, paths, judgePath });
  return verdict.asks.length === 0 && verdict.grounds.some(({ rule }) => rule !== undefined);
}

/** More commands than this are not weighed one by one, and then nobody but a person allows them. */
const MAX_WEIGHED = 256;

const UNWEIGHED: Weighed = {
  grounds: [],
  asks: [{ type: 'safetyCheck', text: 'It has more commands than are weighed one by one.' }],
  isReadOnly: false,
};

/** What all commands of a line come to. */
interface Tally {
  readonly asks: readonly DecisionReason[];
  readonly grounds: readonly DecisionReason[];
  readonly areReadOnly: boolean;
  readonly namesManyFiles: boolean;
  readonly shown: readonly CommandPart[];
}

/** Each is judged at once under all that there is to hold against it, so that nothing of it has to be kept but what is told. */
function judgeParts({ parts, distinct }: ShellScript, strict: StrictRules, weigher: PartWeigher): Tally {
  const areMany = countShown(parts) > MAX_WEIGHED;
  const files = new FileCount();
  const asks: DecisionReason[] = areMany ? [...UNWEIGHED.asks] : [];
  const grounds: DecisionReason[] = [];
  let areReadOnly = !areMany;
  /** By the number of the part. */
  const told: (CommandPart | undefined)[] = [];
  for (const part of distinct) {
    const uses = listPartUses(part);
    const isCut = strict.holdPart(part, uses);
    files.add(part, uses);
    if (part.isSuspected) {
      told.push(undefined);
      continue;
    }
    const weighed = areMany ? UNWEIGHED : weigher.weigh({ part, uses, isCut });
    told.push(toCommandPart(part, weighed));
    if (areMany) continue;
    areReadOnly &&= weighed.isReadOnly;
    asks.push(...weighed.asks);
    grounds.push(...weighed.grounds);
  }
  const shown: CommandPart[] = [];
  for (const { number } of parts) {
    const each = told[number];
    if (each !== undefined) shown.push(each);
  }
  return { asks, grounds, areReadOnly, namesManyFiles: files.areMany, shown };
}

function countShown(parts: readonly ShellPart[]): number {
  let count = 0;
  for (const { isSuspected } of parts) if (!isSuspected) count += 1;
  return count;
}

function toCommandPart({ text }: ShellPart, { asks, grounds }: Weighed): CommandPart {
  if (asks.length === 0) return { text, behavior: 'allow', reason: toText(grounds) };
  return { text, behavior: 'ask', reason: toText(asks) };
}

/** Each reason once. */
function toText(reasons: readonly DecisionReason[]): string {
  if (reasons.length === 1) return reasons[0]?.text ?? '';
  return [...new Set(reasons.map(({ text }) => text))].join(' ');
}

/** How many files a line names. No fewer are counted than have been looked up. */
class FileCount {
  readonly #folders = new Set<string | undefined>();
  readonly #names = new Set<string>();
  #last: ShellPart['folders'] | undefined;

  add({ folders }: ShellPart, uses: readonly FileUse[]): void {
    if (folders !== this.#last) for (const folder of folders) if (!this.areMany) this.#folders.add(folder);
    this.#last = folders;
    for (const { word } of uses) if (!this.areMany) this.#names.add(`${folders.length} ${word.text}`);
  }

  get areMany(): boolean {
    return this.#names.size * (1 + this.#folders.size) >= MAX_PATHS;
  }
}

interface Doubting {
  readonly deps: CommandDeps;
  readonly canEvade: boolean;
  readonly tally: Tally;
}

/** What is no part's own: whether it was understood, and whether a rule could be evaded by what was not. */
function listDoubts(script: ShellScript, { deps, canEvade, tally }: Doubting): readonly DecisionReason[] {
  const { whole } = deps.index.commands.allow;
  const doubts = script.doubts
    .filter(({ kind }) => kind !== 'unclear' || whole === undefined || canEvade)
    .map(toDoubtReason);
  if (deps.context.workspace.platform === 'win32' && doubts.length === 0)
    doubts.push(...script.doubts.map(toDoubtReason));
  if (tally.namesManyFiles) doubts.push(other('It names more files than are looked up.'));
  return doubts;
}
