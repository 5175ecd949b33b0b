/**
 * The decision whether a call may run. Order (PROTOCOL): hooks, deny rules, ask rules, mode, allow rules, then the client
 * is asked. Hooks come before this function and the client after it; all between is here, pure, and a check that could
 * only make the verdict stricter is never skipped.
 */
import type { PermissionMode, PermissionRule } from '../../protocol/permissions.ts';
import type { PathTrace, Workspace } from '../ports.ts';
import { GENERAL_PURPOSE } from '../subagents/builtinAgents.ts';
import { toAgentName, toToolName } from '../subagents/toolNames.ts';
import type { Effect } from '../tools/tool.ts';
import { type CommandVerdict, decideCommand } from './decideCommand.ts';
import { FileJudge } from './judgeFile.ts';
import { coversEffect } from './matchRule.ts';
import { formatRule } from './parseRule.ts';
import { PathRules } from './pathRules.ts';
import { namesDevice } from './pathSegments.ts';
import { createRuleIndex, type RuleIndex } from './ruleIndex.ts';
import { allow, allowByRule, ask, type Verdict } from './verdict.ts';

export type RuleLayer = 'cliArg' | 'local' | 'project' | 'policy' | 'user' | 'session';

export interface LayeredRule extends PermissionRule {
  readonly behavior: 'allow' | 'deny' | 'ask';
  readonly layer: RuleLayer;
  /** What `/x` in it is under, absolute. Default: of the user's rules `~/.claude`, of others the working folder. */
  readonly sourceRoot?: string;
  /** The file it stands in, and the line from 1. */
  readonly source?: { readonly file: string; readonly line?: number };
}

export interface PermissionQuestion {
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly effects: readonly Effect[];
  /**
   * Where the paths in `effects`, and those a command names (`listCommandPaths`), really lead, by the path given. One that is
   * missing is taken to lead where it says.
   */
  readonly places: ReadonlyMap<string, PathTrace>;
  /** What hooks have said about it; absent: nothing. */
  readonly hook?: HookVerdict | undefined;
}

/**
 * A hook's leave stands in for a person's where only the mode would ask: not where a rule asks, where what is touched is
 * protected, or where a person must answer. A hook that wants to be asked is asked in every mode.
 */
export interface HookVerdict {
  readonly behavior: 'allow' | 'ask';
  readonly reason: string;
}

export interface PermissionContext {
  readonly mode: PermissionMode;
  readonly rules: readonly LayeredRule[];
  readonly workspace: Workspace;
  /** Real paths of the workspace's folders. */
  readonly realRoots: readonly string[];
  /** Folders outside the workspace that may be worked in as if they were inside. */
  readonly additionalDirectories: readonly string[];
  /** Folders outside the workspace that may be read: Belay's own records of long outputs. */
  readonly readableDirectories: readonly string[];
  /** `rules`, compiled. Absent: they are compiled for each decision. */
  readonly index?: RuleIndex;
}

export interface DecisionReason {
  /** As `decision_reason_type` on the wire. */
  readonly type:
    | 'rule'
    | 'mode'
    | 'workingDir'
    | 'safetyCheck'
    | 'sandbox'
    | 'sandboxOverride'
    | 'hook'
    | 'other';
  /** For a person: why it is asked, allowed or denied. */
  readonly text: string;
  readonly rule?: LayeredRule;
}

/** One command of a command line, and what is thought of it. */
export interface CommandPart {
  /** As it stands in the command line. */
  readonly text: string;
  readonly behavior: 'allow' | 'ask';
  /** For a person. */
  readonly reason: string;
}

export type PermissionDecision =
  | { readonly behavior: 'allow'; readonly reasons: readonly DecisionReason[] }
  | {
      readonly behavior: 'ask';
      readonly reasons: readonly DecisionReason[];
      /** The commands of a command line, in order. Empty for other calls. */
      readonly parts: readonly CommandPart[];
      /** The path that made it ask, where it was a path. */
      readonly blockedPath?: string;
    }
  | {
      readonly behavior: 'deny';
      readonly reasons: readonly DecisionReason[];
      /** For the model. */
      readonly message: string;
    };

/** What is looked at while one question is decided. */
interface Deciding {
  readonly question: PermissionQuestion;
  readonly context: PermissionContext;
  readonly index: RuleIndex;
  readonly paths: PathRules;
  readonly files: FileJudge;
  /** By effect. */
  readonly commands: ReadonlyMap<Effect, CommandVerdict>;
}

/** Never throws for odd input; whoever calls it treats a throw as "ask". */
export function decidePermission(
  question: PermissionQuestion,
  context: PermissionContext,
): PermissionDecision {
  const deciding = openDecision(question, context);
  const denied = findStrict('deny', deciding);
  if (denied !== undefined) {
    const text = `The rule ${formatRule(denied)} (${denied.layer}) forbids it.${describeFolders(deciding)}`;
    return { behavior: 'deny', reasons: [{ type: 'rule', text, rule: denied }], message: text };
  }
  const device = question.effects.find(
    (effect) => 'path' in effect && namesDevice(effect.path, context.workspace.platform),
  );
  if (device !== undefined) {
    const text = 'The path names a device.';
    return { behavior: 'deny', reasons: [{ type: 'safetyCheck', text }], message: text };
  }
  const asked = findStrict('ask', deciding);
  const verdicts = question.effects.flatMap((effect) =>
    judgeEffect(effect, deciding).map((verdict) => settleByHook(verdict, effect, question.hook)),
  );
  const asks = verdicts.filter((verdict) => verdict.behavior === 'ask');
  const reasons = asks.map((verdict) => verdict.reason);
  if (question.hook?.behavior === 'ask') reasons.unshift({ type: 'hook', text: question.hook.reason });
  if (asked !== undefined) {
    reasons.unshift({
      type: 'rule',
      text: `The rule ${formatRule(asked)} (${asked.layer}) asks.`,
      rule: asked,
    });
  }
  if (reasons.length > 0) return decideOutOfAsking(deciding, reasons, asks.find((ask) => ask.path)?.path);
  return { behavior: 'allow', reasons: verdicts.map((verdict) => verdict.reason) };
}

function openDecision(question: PermissionQuestion, context: PermissionContext): Deciding {
  const index =
    context.index ?? createRuleIndex(context.rules, context.workspace, context.additionalDirectories);
  const paths = new PathRules({ context, index, places: question.places });
  const files = new FileJudge({ context, index, paths });
  const commands = new Map<Effect, CommandVerdict>();
  for (const effect of question.effects) {
    if (effect.kind === 'execute')
      commands.set(
        effect,
        decideCommand(effect, { context, index, paths, judgePath: files.judgeForCommand }),
      );
  }
  return { question, context, index, paths, files, commands };
}

/** The commands of a command line, in order, each with what is thought of it; empty for other calls. May throw as decidePermission. */
export function listCommandParts(
  question: PermissionQuestion,
  context: PermissionContext,
): readonly CommandPart[] {
  return [...openDecision(question, context).commands.values()].flatMap(({ parts }) => parts);
}

/**
 * Whether the call may change files without saying which: commands that do more than look, calls to servers. May throw as
 * decidePermission.
 */
export function mayChangeUnsaid(question: PermissionQuestion, context: PermissionContext): boolean {
  const { commands } = openDecision(question, context);
  return question.effects.some(
    (effect) =>
      effect.kind === 'mcp' || (effect.kind === 'execute' && commands.get(effect)?.isReadOnly !== true),
  );
}

/** Whether a deny rule keeps this file (an absolute path) from being read: a search leaves it out of what it finds. */
export function isReadDenied(path: string, context: PermissionContext): boolean {
  const effects: readonly Effect[] = [{ kind: 'read', path }];
  const question: PermissionQuestion = { toolName: 'Read', input: {}, effects, places: new Map() };
  return findStrict('deny', openDecision(question, context)) !== undefined;
}

/** What only a person, or a bypass of all permissions, opens. */
const FOR_PERSON: ReadonlySet<DecisionReason['type']> = new Set(['safetyCheck', 'sandboxOverride']);

function settleByHook(verdict: Verdict, effect: Effect, hook: HookVerdict | undefined): Verdict {
  const isForPerson = effect.kind === 'ask' || FOR_PERSON.has(verdict.reason.type);
  if (verdict.behavior === 'allow' || isForPerson || hook?.behavior !== 'allow') return verdict;
  return allow({ type: 'hook', text: hook.reason });
}

function decideOutOfAsking(
  { context, commands }: Deciding,
  reasons: readonly DecisionReason[],
  blockedPath: string | undefined,
): PermissionDecision {
  if (context.mode === 'dontAsk') {
    return {
      behavior: 'deny',
      reasons,
      message: "This call would need a person's permission, and the session doesn't ask.",
    };
  }
  const parts = [...commands.values()].flatMap((command) => command.parts);
  return { behavior: 'ask', reasons, parts, ...(blockedPath === undefined ? {} : { blockedPath }) };
}

function describeFolders({ commands }: Deciding): string {
  return [...commands.values()].some(({ leavesOutFolders }) => leavesOutFolders)
    ? ' It changes to too many folders for one command line: use several calls.'
    : '';
}

function findStrict(behavior: 'deny' | 'ask', deciding: Deciding): LayeredRule | undefined {
  const { question, index, paths, commands } = deciding;
  const { toolName, effects } = question;
  const named = index.rules.find((rule) => rule.behavior === behavior && namesCall(rule, question));
  if (named !== undefined) return named;
  for (const effect of effects) {
    const found = findStrictFor(effect);
    if (found !== undefined) return found;
  }
  return undefined;

  function findStrictFor(effect: Effect): LayeredRule | undefined {
    switch (effect.kind) {
      case 'read':
      case 'write':
        return paths.findStrict(behavior, effect.kind, effect.path, toolName);
      case 'execute':
        return commands.get(effect)?.[behavior === 'deny' ? 'denied' : 'asked'];
      case 'fetch':
      case 'mcp':
      case 'ask':
        return index.rules.find(
          (rule) => rule.behavior === behavior && coversEffect(rule, { toolName, effect, spellings: 'some' }),
        );
      default:
        return effect satisfies never;
    }
  }
}

/** By the tool alone, or, of a tool that hands over a task, by the kind of subagent it goes to. */
function namesCall(rule: LayeredRule, { toolName, input }: PermissionQuestion): boolean {
  if (toToolName(rule.toolName) !== toolName) return false;
  if (rule.ruleContent === undefined) return true;
  return toAgentName(rule) === (input.subagent_type ?? GENERAL_PURPOSE);
}

function judgeEffect(effect: Effect, deciding: Deciding): readonly Verdict[] {
  const { context, question, commands, files } = deciding;
  if (effect.kind === 'ask') return [ask({ type: 'other', text: 'Only you can answer this.' })];
  if (context.mode === 'bypassPermissions' && commands.get(effect)?.isUnread !== true)
    return [allow({ type: 'mode', text: 'Permissions are bypassed.' })];
  const isAllowedByHook = question.hook?.behavior === 'allow';
  const changesNothing =
    effect.kind === 'read' || effect.kind === 'fetch' || commands.get(effect)?.isReadOnly === true;
  if (context.mode === 'plan' && !isAllowedByHook && !changesNothing) {
    const text = 'Plan mode is on: nothing is to be changed before you agree to a plan.';
    return [ask({ type: 'mode', text })];
  }
  const { toolName } = question;
  switch (effect.kind) {
    case 'read':
      return [files.judge('read', effect.path, toolName)];
    case 'write':
      return [files.judge('write', effect.path, toolName)];
    case 'execute':
      return judgeCommand(effect, commands.get(effect));
    case 'fetch':
      return [
        findAllowRule(effect, deciding) ??
          ask({ type: 'other', text: 'It sends a request to the internet.' }),
      ];
    case 'mcp':
      return [judgeServerCall(effect, findAllowRule(effect, deciding))];
    default:
      return effect satisfies never;
  }
}

/** What a rule allows, it allows in the sandbox, where there is one: to leave it is asked each time. */
function judgeCommand(
  { sandbox }: Extract<Effect, { kind: 'execute' }>,
  verdict: CommandVerdict | undefined,
): readonly Verdict[] {
  if (sandbox === 'outside')
    return [ask({ type: 'sandboxOverride', text: 'It runs a command outside the sandbox.' })];
  if (verdict === undefined) return [ask({ type: 'other', text: 'It runs a command.' })];
  const asks =
    sandbox === 'allowed' ? verdict.asks.filter(({ type }) => HOLDS_INSIDE.has(type)) : verdict.asks;
  if (asks.length > 0) return asks.map((reason) => ask(reason));
  if (verdict.asks.length > 0) return [allow({ type: 'sandbox', text: 'It runs in the sandbox.' })];
  if (verdict.grounds.length > 0) return verdict.grounds.map(allow);
  return [allow({ type: 'other', text: 'It does nothing that would have to be allowed.' })];
}

/** Why a command is asked about that would otherwise run inside the sandbox without a question. */
const HOLDS_INSIDE: ReadonlySet<DecisionReason['type']> = new Set(['safetyCheck', 'rule']);

/** What was allowed once is asked again when the server has made something else of it. */
function judgeServerCall(
  { server, changed }: Extract<Effect, { kind: 'mcp' }>,
  rule: Verdict | undefined,
): Verdict {
  if (changed) {
    const text = `The MCP server "${server}" has changed this tool since the session began.`;
    return ask({ type: 'safetyCheck', text });
  }
  return rule ?? ask({ type: 'other', text: `It uses the MCP server "${server}".` });
}

function findAllowRule(effect: Effect, { question, index }: Deciding): Verdict | undefined {
  const { toolName } = question;
  const rule = index.rules.find(
    (each) => each.behavior === 'allow' && coversEffect(each, { toolName, effect, spellings: 'every' }),
  );
  return rule === undefined ? undefined : allowByRule(rule);
}
