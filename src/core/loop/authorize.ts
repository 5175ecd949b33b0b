/**
 * From a tool call to leave to run it. The verdict of `decidePermission` is final for allow and deny; for "ask" the client
 * is asked, as long as it takes. When the mode or the rules change meanwhile, the question is judged anew. What comes back
 * is judged once more before it counts.
 */
import type { Peer } from '../../channel/peer.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { AcceptedText, PermissionResult, PermissionUpdate } from '../../protocol/permissions.ts';
import type { HookDecision, Hooks } from '../hooks/hooks.ts';
import {
  decidePermission,
  type HookVerdict,
  mayChangeUnsaid,
  type PermissionContext,
  type PermissionDecision,
  type PermissionQuestion,
} from '../permissions/decidePermission.ts';
import { listCommandPaths } from '../permissions/shell/commandPaths.ts';
import { FileError, type FileSystem, type Log, type PathTrace } from '../ports.ts';
import type { KeptRules } from '../settings/ruleFiles.ts';
import type { AnyTool, Effect, ToolView } from '../tools/tool.ts';
import { type Asking, buildClientQuestion, offersFor, toSuggestions } from './clientQuestion.ts';
import { type Decided, toDecided, toRemembered } from './decided.ts';
import { digestOf } from './digest.ts';

export interface PermissionState {
  context(): PermissionContext;
  /** Adds rules, sets the mode. `kept`: the settings file that has the rules now; absent: they count for the session alone. */
  apply(updates: readonly PermissionUpdate[], kept?: KeptRules): void;
  /** Called whenever the context has changed; returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

export interface AuthorizeDeps {
  readonly permissions: PermissionState;
  /** What a person chose to have remembered, in the place they chose. Never rejects: what can't be kept counts until the end. */
  readonly remember: (updates: readonly PermissionUpdate[]) => Promise<unknown>;
  /** Where a rule can be kept, the session first. */
  readonly destinations: readonly PermissionUpdate['destination'][];
  readonly peer: Pick<Peer, 'request'>;
  readonly files: Pick<FileSystem, 'tracePath'>;
  readonly log: Log;
  readonly hooks: Hooks;
  /** False: nobody can be asked. */
  readonly interactive: boolean;
  /** The subagent whose calls these are; absent: the main agent's. */
  readonly agentId?: string;
}

export interface ToolCall {
  readonly tool: AnyTool;
  readonly toolUseId: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly view: ToolView;
  /** What PreToolUse hooks have said. */
  readonly hook?: HookVerdict | undefined;
  readonly signal: AbortSignal;
}

export type Authorization =
  | {
      readonly kind: 'granted';
      /** What is to run: the call's own input, or what the person made of it. */
      readonly input: Readonly<Record<string, unknown>>;
      /** The files that may be written, and where each really led when that was granted. */
      readonly writable: ReadonlyMap<string, string>;
      /** It may change files that it has not named. */
      readonly changesUnsaid: boolean;
      /** What is to be written in place of what the call would make. */
      readonly accepted?: AcceptedText | undefined;
      readonly decided: Decided;
    }
  | {
      readonly kind: 'refused';
      /** For the model. */
      readonly message: string;
      /** The person wants the turn to end. */
      readonly interrupt: boolean;
      /** Refused by a rule, a mode or a hook, without a person having been asked. */
      readonly unasked: { readonly type: string; readonly text: string } | undefined;
      /** A hook wants the turn to end. */
      readonly stop?: HookDecision['stop'];
      readonly decided: Decided;
    };

export async function authorize(asked: ToolCall, deps: AuthorizeDeps): Promise<Authorization> {
  let call = asked;
  let question = await buildQuestion(call, deps);
  let areHooksAsked = false;
  for (;;) {
    const decision = judge(question, deps);
    if (decision.behavior === 'allow') return grant({ call, question, deps }, toDecided(decision));
    if (decision.behavior === 'deny') return refuseByDecision(decision);
    if (!areHooksAsked) {
      areHooksAsked = true;
      const answered = await askHooks({ call, question, deps }, decision);
      if ('kind' in answered) return answered;
      ({ call, question } = answered);
      continue;
    }
    if (!deps.interactive) {
      return refuseUnasked('Permission for this call was not given, and nobody is there to be asked.', {
        ...decision.reasons[0],
        who: 'nobody',
      });
    }
    const answer = await askClient({ call, question, deps }, decision);
    if (answer !== 'judge again') return settle(answer, { call, question, deps });
  }
}

/** F56: an evaluator that throws never means yes. */
export function judge(
  question: PermissionQuestion,
  { permissions, log }: Pick<AuthorizeDeps, 'permissions' | 'log'>,
): PermissionDecision {
  try {
    return decidePermission(question, permissions.context());
  } catch (error) {
    log.error('the permission check failed; asking instead', {
      tool: question.toolName,
      error: String(error),
    });
    const text = 'The permission check itself failed, so Belay asks to be safe.';
    return { behavior: 'ask', reasons: [{ type: 'other', text }], parts: [] };
  }
}

/** Throws ToolInputError for input that can't be meant, FileError for a path that leads nowhere it could lead. */
export async function buildQuestion(
  call: Pick<ToolCall, 'tool' | 'input' | 'view' | 'hook'>,
  { files }: Pick<AuthorizeDeps, 'files'>,
): Promise<PermissionQuestion> {
  const effects: readonly Effect[] = await call.tool.effects(call.input, call.view);
  const places = new Map<string, PathTrace>();
  for (const effect of effects) {
    if (effect.kind === 'read' || effect.kind === 'write')
      places.set(effect.path, await files.tracePath(effect.path));
    if (effect.kind === 'execute')
      await tracePaths(listCommandPaths(effect.command, { ...call.view.workspace, cwd: effect.cwd }), {
        files,
        places,
      });
  }
  return { toolName: call.tool.name, input: call.input, effects, places, hook: call.hook };
}

/** A path that can't be followed can't be opened by the command either: it is judged as it is written. */
async function tracePaths(
  paths: readonly string[],
  {
    files,
    places,
  }: { readonly files: Pick<FileSystem, 'tracePath'>; readonly places: Map<string, PathTrace> },
): Promise<void> {
  await Promise.all(
    paths.map(async (path) => {
      try {
        places.set(path, await files.tracePath(path));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
      }
    }),
  );
}

/**
 * PermissionRequest hooks may answer before a person is asked. What they allow is judged like a call that a hook has
 * allowed beforehand: deny and ask rules hold, also for input they have changed.
 */
async function askHooks(
  { call, question, deps }: Asked,
  decision: Asking,
): Promise<Authorization | Pick<Asked, 'call' | 'question'>> {
  const { tool, toolUseId, signal } = call;
  const facts = {
    tool_name: tool.name,
    tool_input: call.input,
    permission_suggestions: toSuggestions(offersFor(question, decision, deps)),
  };
  const { answer, stop } = await deps.hooks.run('PermissionRequest', facts, { signal, toolUseId });
  if (answer?.behavior === 'deny' || stop !== undefined) {
    const message = answer?.behavior === 'deny' ? answer.message : (stop?.reason ?? '');
    const refused = refuseUnasked(message, { type: 'hook', text: message, who: 'hook' });
    return { ...refused, interrupt: answer?.behavior === 'deny' && answer.interrupt, stop };
  }
  if (answer === undefined) return { call, question };
  const input = answer.updatedInput ?? call.input;
  const hook = call.hook?.behavior === 'ask' ? call.hook : ({ behavior: 'allow', reason: BY_HOOK } as const);
  const allowed = { ...call, input, hook };
  const judgeable = await judgeableInput(allowed, deps);
  if (typeof judgeable === 'string')
    return refuseUnasked(judgeable, { type: 'hook', text: judgeable, who: 'hook' });
  // Into a settings file a person alone may have something written.
  if (judge(judgeable, deps).behavior !== 'deny') deps.permissions.apply(answer.updatedPermissions);
  return { call: allowed, question: judgeable };
}

const BY_HOOK = 'A hook allows it.';

async function askClient(
  { call, question: judged, deps }: Asked,
  decision: Asking,
): Promise<PermissionResult | 'judge again'> {
  const { permissions, log } = deps;
  const changed = new AbortController();
  const stopListening = permissions.onChange(() => changed.abort());
  try {
    const question = await buildClientQuestion({ call, question: judged, deps }, decision);
    if (changed.signal.aborted) return 'judge again';
    const signal = AbortSignal.any([call.signal, changed.signal]);
    const answer = await askAndNotify(question, { signal, deps });
    if (answer.digest !== undefined && answer.digest !== question.digest) {
      return { behavior: 'deny', message: 'The answer was for another call, so it does not count.' };
    }
    return answer;
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason;
    if (changed.signal.aborted) return 'judge again';
    log.warn('a permission request was not answered properly; it counts as denied', { error: String(error) });
    return {
      behavior: 'deny',
      message: 'The permission request got no valid answer, so it counts as denied.',
    };
  } finally {
    stopListening();
  }
}

/** While somebody is waited for, hooks can say so elsewhere; with the answer they are done. */
async function askAndNotify(
  question: RequestOf<'can_use_tool'>,
  { signal, deps }: { readonly signal: AbortSignal; readonly deps: AuthorizeDeps },
): Promise<PermissionResult> {
  const answered = new AbortController();
  const facts = {
    message: `Belay needs your permission to use ${question.tool_name}`,
    notification_type: 'permission_prompt',
  };
  const notifying = deps.hooks
    .run('Notification', facts, { signal: AbortSignal.any([signal, answered.signal]) })
    .catch(() => undefined);
  try {
    return await deps.peer.request('can_use_tool', question, { signal });
  } finally {
    answered.abort();
    await notifying;
  }
}

interface Asked {
  readonly call: ToolCall;
  readonly question: PermissionQuestion;
  readonly deps: AuthorizeDeps;
}

async function settle(answer: PermissionResult, asked: Asked): Promise<Authorization> {
  const { call, question, deps } = asked;
  if (answer.behavior === 'deny') {
    const message = answer.message.trim() === '' ? 'The user did not allow this call.' : answer.message;
    return refuseByPerson(message, answer.interrupt === true);
  }
  const input = answer.updatedInput ?? call.input;
  const { belay_accepted: accepted } = answer;
  if (accepted !== undefined && !(await fitsCall(input, call)))
    return refuseByPerson('The text that was accepted was not for this call, so nothing was written.', false);
  const asRun = answer.updatedInput === undefined ? question : await judgeableInput({ ...call, input }, deps);
  if (typeof asRun === 'string') return refuseByPerson(asRun, false);
  const again = judge(asRun, deps);
  if (again.behavior === 'deny') return refuseByDecision(again);
  const remembered = toRemembered(answer.updatedPermissions ?? []);
  if (answer.updatedPermissions !== undefined) await deps.remember(answer.updatedPermissions);
  leavePlanMode(asRun, deps);
  const granted = { call: { ...call, input }, question: asRun, deps };
  const decided = { ...BY_PERSON, ...(remembered.length > 0 && { remembered }) };
  return { ...grant(granted, decided), ...(accepted && { accepted }) };
}

/** A person's text stands for what was shown: for the file that this very input names. */
async function fitsCall(
  input: Readonly<Record<string, unknown>>,
  call: Pick<ToolCall, 'tool' | 'input'>,
): Promise<boolean> {
  return call.tool.takesAcceptedText === true && (await digestOf(input)) === (await digestOf(call.input));
}

/** A plan that was agreed to ends plan mode, also when the answer names no mode to go on in. */
function leavePlanMode({ effects }: PermissionQuestion, { permissions }: AuthorizeDeps): void {
  const isPlan = effects.some((effect) => effect.kind === 'ask' && effect.what === 'plan');
  if (!isPlan || permissions.context().mode !== 'plan') return;
  permissions.apply([{ type: 'setMode', mode: 'default', destination: 'session' }]);
}

const BY_PERSON: Decided = { decision: 'allow', who: 'person', reason: 'Allowed when asked.' };

function grant({ call, question, deps }: Asked, decided: Decided): Authorization {
  const { effects, places } = question;
  const written = effects.flatMap((effect) => (effect.kind === 'write' ? [effect.path] : []));
  return {
    kind: 'granted',
    input: call.input,
    writable: new Map(written.map((path) => [path, places.get(path)?.real ?? path])),
    changesUnsaid: changesUnsaid(question, deps),
    decided,
  };
}

/** Where it can't be told, it may. */
function changesUnsaid(question: PermissionQuestion, { permissions, log }: AuthorizeDeps): boolean {
  try {
    return mayChangeUnsaid(question, permissions.context());
  } catch (error) {
    log.error('what a call may change can not be told', { tool: question.toolName, error: String(error) });
    return true;
  }
}

/** Input that a person changed must fit the schema like any other; a string says why it doesn't. */
async function judgeableInput(call: ToolCall, deps: AuthorizeDeps): Promise<PermissionQuestion | string> {
  const parsed = call.tool.inputSchema.safeParse(call.input);
  if (parsed.success) return buildQuestion(call, deps);
  return `The input that came with the permission does not fit the tool: ${parsed.error.message}`;
}

type Refusal = Extract<Authorization, { kind: 'refused' }>;

interface UnaskedReason {
  readonly type?: string;
  readonly text?: string;
  readonly who: Decided['who'];
}

function refuseUnasked(message: string, { type = 'other', text = message, who }: UnaskedReason): Refusal {
  const decided: Decided = { decision: 'deny', who, reason: text };
  return { kind: 'refused', message, interrupt: false, unasked: { type, text }, decided };
}

function refuseByDecision(decision: Extract<PermissionDecision, { behavior: 'deny' }>): Refusal {
  const { message, reasons } = decision;
  const decided = toDecided(decision);
  return { ...refuseUnasked(message, { ...reasons[0], who: decided.who }), decided };
}

function refuseByPerson(message: string, interrupt: boolean): Refusal {
  const decided: Decided = { decision: 'deny', who: 'person', reason: message };
  return { kind: 'refused', message, interrupt, unasked: undefined, decided };
}
