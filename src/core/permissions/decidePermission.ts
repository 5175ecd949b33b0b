/**
 * The decision whether a call may run. Order (PROTOCOL): hooks, deny rules, ask rules, mode, allow rules, then the client
 * is asked. Hooks come before this function and the client after it; all between is here, pure, and a check that could
 * only make the verdict stricter is never skipped.
 */
import type { PermissionMode, PermissionRule, PermissionUpdate } from '../../protocol/permissions.ts';
import { isInside } from '../paths.ts';
import type { Workspace } from '../ports.ts';
import type { Effect } from '../tools/tool.ts';
import { coversEffect, type RuleView } from './matchRule.ts';
import { findProtectedPart } from './protectedPaths.ts';
import { buildSuggestions } from './suggestions.ts';

export type RuleLayer = 'cliArg' | 'local' | 'project' | 'policy' | 'user' | 'session';

export interface LayeredRule extends PermissionRule {
  readonly behavior: 'allow' | 'deny' | 'ask';
  readonly layer: RuleLayer;
}

export interface PermissionQuestion {
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly effects: readonly Effect[];
  /** Real paths (all links followed) of the paths in `effects`, by the path given. */
  readonly realPaths: ReadonlyMap<string, string>;
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
}

export interface DecisionReason {
  /** As `decision_reason_type` on the wire. */
  readonly type: 'rule' | 'mode' | 'workingDir' | 'safetyCheck' | 'sandboxOverride' | 'hook' | 'other';
  /** For a person: why it is asked, allowed or denied. */
  readonly text: string;
  readonly rule?: LayeredRule;
}

export type PermissionDecision =
  | { readonly behavior: 'allow'; readonly reasons: readonly DecisionReason[] }
  | {
      readonly behavior: 'ask';
      readonly reasons: readonly DecisionReason[];
      /** What "Allow and remember" would add; empty: can't be remembered. */
      readonly suggestions: readonly PermissionUpdate[];
      /** The path that made it ask, where it was a path. */
      readonly blockedPath?: string;
    }
  | {
      readonly behavior: 'deny';
      readonly reasons: readonly DecisionReason[];
      /** For the model. */
      readonly message: string;
    };

type Verdict =
  | { readonly behavior: 'allow'; readonly reason: DecisionReason }
  | { readonly behavior: 'ask'; readonly reason: DecisionReason; readonly path?: string };

/** Never throws for odd input; whoever calls it treats a throw as "ask". */
export function decidePermission(
  question: PermissionQuestion,
  context: PermissionContext,
): PermissionDecision {
  const denied = findRule('deny', question, context);
  if (denied !== undefined) {
    const text = `The rule ${formatRule(denied)} (${denied.layer}) forbids it.`;
    return { behavior: 'deny', reasons: [{ type: 'rule', text, rule: denied }], message: text };
  }
  const asked = findRule('ask', question, context);
  const verdicts = question.effects.map((effect) =>
    settleByHook(judgeEffect(effect, question, context), effect, question.hook),
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
  if (reasons.length > 0)
    return decideOutOfAsking(question, context, reasons, asks.find((ask) => ask.path)?.path);
  return { behavior: 'allow', reasons: verdicts.map((verdict) => verdict.reason) };
}

/** Whether a deny rule keeps this file (an absolute path) from being read: a search leaves it out of what it finds. */
export function isReadDenied(path: string, context: PermissionContext): boolean {
  const effects: readonly Effect[] = [{ kind: 'read', path }];
  return (
    findRule('deny', { toolName: 'Read', input: {}, effects, realPaths: new Map() }, context) !== undefined
  );
}

/** What only a person, or a bypass of all permissions, opens. */
const FOR_PERSON: ReadonlySet<DecisionReason['type']> = new Set(['safetyCheck', 'sandboxOverride']);

function settleByHook(verdict: Verdict, effect: Effect, hook: HookVerdict | undefined): Verdict {
  const isForPerson = effect.kind === 'ask' || FOR_PERSON.has(verdict.reason.type);
  if (verdict.behavior === 'allow' || isForPerson || hook?.behavior !== 'allow') return verdict;
  return allow({ type: 'hook', text: hook.reason });
}

function decideOutOfAsking(
  question: PermissionQuestion,
  context: PermissionContext,
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
  const suggestions = buildSuggestions(question, context, reasons);
  return { behavior: 'ask', reasons, suggestions, ...(blockedPath === undefined ? {} : { blockedPath }) };
}

function findRule(
  behavior: 'deny' | 'ask',
  question: PermissionQuestion,
  context: PermissionContext,
): LayeredRule | undefined {
  const view: RuleView = { workspace: context.workspace, realPaths: question.realPaths };
  const { toolName, effects } = question;
  return context.rules.find((rule) => {
    if (rule.behavior !== behavior) return false;
    if (rule.toolName === toolName && rule.ruleContent === undefined) return true;
    return effects.some((effect) => coversEffect(rule, { toolName, effect }, { spellings: 'some', view }));
  });
}

function judgeEffect(effect: Effect, question: PermissionQuestion, context: PermissionContext): Verdict {
  if (effect.kind === 'ask') return ask({ type: 'other', text: 'Only you can answer this.' });
  if (context.mode === 'bypassPermissions') return allow({ type: 'mode', text: 'Permissions are bypassed.' });
  const isAllowedByHook = question.hook?.behavior === 'allow';
  if (context.mode === 'plan' && !isAllowedByHook && effect.kind !== 'read' && effect.kind !== 'fetch') {
    return ask({
      type: 'mode',
      text: 'Plan mode is on: nothing is to be changed before you agree to a plan.',
    });
  }
  const rule = findAllowRule(effect, question, context);
  switch (effect.kind) {
    case 'read':
      return judgeRead(effect.path, { rule, question, context });
    case 'write':
      return judgeWrite(effect.path, { rule, question, context });
    case 'execute':
      return judgeCommand(effect, rule);
    case 'fetch':
      return rule ?? ask({ type: 'other', text: 'It sends a request to the internet.' });
    case 'mcp':
      return judgeServerCall(effect, rule);
    default:
      return effect satisfies never;
  }
}

/** What a rule allows, it allows in the sandbox, where there is one: to leave it is asked each time. */
function judgeCommand({ sandbox }: Extract<Effect, { kind: 'execute' }>, rule: Verdict | undefined): Verdict {
  if (sandbox === 'outside')
    return ask({ type: 'sandboxOverride', text: 'It runs a command outside the sandbox.' });
  if (rule !== undefined) return rule;
  return sandbox === 'allowed'
    ? allow({ type: 'other', text: 'It runs in the sandbox.' })
    : ask({ type: 'other', text: 'It runs a command.' });
}

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

function findAllowRule(
  effect: Effect,
  question: PermissionQuestion,
  context: PermissionContext,
): Verdict | undefined {
  const view: RuleView = { workspace: context.workspace, realPaths: question.realPaths };
  const rule = context.rules.find(
    (candidate) =>
      candidate.behavior === 'allow' &&
      coversEffect(candidate, { toolName: question.toolName, effect }, { spellings: 'every', view }),
  );
  if (rule === undefined) return undefined;
  return allow({ type: 'rule', text: `The rule ${formatRule(rule)} (${rule.layer}) allows it.`, rule });
}

interface PathCase {
  readonly rule: Verdict | undefined;
  readonly question: PermissionQuestion;
  readonly context: PermissionContext;
}

function judgeRead(path: string, { rule, question, context }: PathCase): Verdict {
  if (isWithin(path, question, context, context.readableDirectories)) {
    return allow({ type: 'workingDir', text: 'It reads within the workspace.' });
  }
  return rule ?? ask({ type: 'workingDir', text: `It reads outside the workspace: ${path}` }, path);
}

function judgeWrite(path: string, { rule, question, context }: PathCase): Verdict {
  const real = question.realPaths.get(path) ?? path;
  const part = findProtectedPart(path) ?? findProtectedPart(real);
  if (part !== undefined) {
    return ask(
      {
        type: 'safetyCheck',
        text: `${part} is protected: what stands there is run or obeyed by other programs.`,
      },
      path,
    );
  }
  if (!isWithin(path, question, context, [])) {
    return rule ?? ask({ type: 'workingDir', text: `It writes outside the workspace: ${path}` }, path);
  }
  if (rule !== undefined) return rule;
  if (context.mode === 'acceptEdits') return allow({ type: 'mode', text: 'Edits are accepted.' });
  return ask({ type: 'other', text: 'It changes a file.' }, path);
}

/** Both the path as given and where it really leads must be inside. */
function isWithin(
  path: string,
  question: PermissionQuestion,
  context: PermissionContext,
  more: readonly string[],
): boolean {
  const { workspace, realRoots, additionalDirectories } = context;
  const folders = [...workspace.roots, ...realRoots, ...additionalDirectories, ...more];
  const real = question.realPaths.get(path) ?? path;
  return [path, real].every((spelling) =>
    folders.some((folder) => isInside(folder, spelling, workspace.platform)),
  );
}

/** As it is written in settings: `Bash(npm test)`. */
export function formatRule(rule: PermissionRule): string {
  return rule.ruleContent === undefined ? rule.toolName : `${rule.toolName}(${rule.ruleContent})`;
}

function allow(reason: DecisionReason): Verdict {
  return { behavior: 'allow', reason };
}

function ask(reason: DecisionReason, path?: string): Verdict {
  return path === undefined ? { behavior: 'ask', reason } : { behavior: 'ask', reason, path };
}
