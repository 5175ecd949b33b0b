/**
 * One tool call from block to result: known tool, valid input, permission, recorded start, run, result. Whatever goes wrong
 * becomes a result the model can read; only an abort leaves by throwing.
 */
import * as z from 'zod';
import type { ToolResultBlock, ToolUseBlock } from '../../protocol/blocks.ts';
import type { AcceptedText } from '../../protocol/permissions.ts';
import { abortable } from '../abortable.ts';
import type { Checkpoint } from '../checkpoints/checkpoints.ts';
import type { HookVerdict } from '../permissions/decidePermission.ts';
import type { Clock, Log } from '../ports.ts';
import { type AnyTool, type ToolContext, ToolInputError, type ToolOutcome } from '../tools/tool.ts';
import { type Authorization, type AuthorizeDeps, authorize } from './authorize.ts';
import {
  askAfterCall,
  askAfterDenial,
  askBeforeCall,
  type BeforeCall,
  type HookedCall,
  type HookStop,
  withHookNews,
} from './callHooks.ts';
import type { Decided } from './decided.ts';
import type { Emitter } from './emitter.ts';
import { createProgressThrottle } from './progressThrottle.ts';

/** What a call may use, and how its record is closed. */
export interface CallScope {
  readonly context: ToolContext;
  /** From here on these files may be written, as long as they lead where they led. Before it, none may. */
  allowWrites(writable: ReadonlyMap<string, string>): void;
  /** From when this resolves the call may change files that it has not named. */
  expectChanges(): Promise<void>;
  /**
   * Ends the record of what the call changed, and tells it if it changed anything. What it changed unsaid is found out behind its
   * answer, so that nobody waits for that.
   */
  finish(tell: (checkpoint: Checkpoint) => Promise<void>): Promise<void>;
}

export interface RunToolCallDeps {
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly authorization: AuthorizeDeps;
  readonly emitter: Emitter;
  readonly clock: Clock;
  readonly log: Log;
  openScope(toolUseId: string, call: ScopedCall): CallScope;
  /** Written ahead: from here on the call may have changed something. */
  recordStart(toolUseId: string): Promise<void>;
  onCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Notes who has decided about the call. Must not throw. */
  onDecided(call: DecidedCall, decided: Decided): void;
}

export interface ScopedCall {
  /** The tool is one of an MCP server. */
  readonly isOfServer: boolean;
  /** It runs commands. */
  readonly isCommand: boolean;
  readonly signal: AbortSignal;
}

export interface DecidedCall {
  readonly toolName: string;
  readonly toolUseId: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface CallOutcome {
  readonly result: ToolResultBlock;
  /** The tool's whole output, for the panel. */
  readonly output: unknown;
  /** Listed in the turn's result. */
  readonly denial:
    | {
        readonly tool_name: string;
        readonly tool_use_id: string;
        readonly tool_input: Record<string, unknown>;
      }
    | undefined;
  /** The person wants the turn to end. */
  readonly interrupt: boolean;
  /** A hook wants the turn to end, once the calls of this reply have ended. */
  readonly stop?: HookStop;
  /** What hooks have to say to the model about it, behind the results. */
  readonly context?: readonly string[];
}

export interface CallToRun {
  readonly block: ToolUseBlock;
  /** Why the input isn't JSON; undefined when it is. */
  readonly inputProblem: string | undefined;
  readonly signal: AbortSignal;
  /** Resolves when the reply is complete: a call that changes something runs only then (SECURITY F13). */
  readonly confirmed: Promise<void>;
  /** A person has typed it themselves. */
  readonly isTyped?: boolean;
}

const TYPED: HookVerdict = { behavior: 'allow', reason: 'You have typed this command yourself.' };

export async function runToolCall(call: CallToRun, deps: RunToolCallDeps): Promise<CallOutcome> {
  const { block, signal } = call;
  const prepared = prepare(call, deps);
  if ('refusal' in prepared) return failed(block, prepared.refusal);
  const { tool } = prepared;
  const isOfServer = tool.server !== undefined;
  const scope = deps.openScope(block.id, { isOfServer, isCommand: tool.runsCommands === true, signal });
  try {
    const hooked = { tool, toolUseId: block.id, input: prepared.input, signal };
    const before = await askBeforeCall(hooked, deps.authorization.hooks);
    if (before.kind === 'refused') return await refuseByHook(before, { block, call: hooked }, deps);
    const { input, verdict, context } = before;
    const outcome = await authorizeAndRun(
      { ...call, tool, input, hook: verdict ?? (call.isTyped === true ? TYPED : undefined) },
      scope,
      deps,
    );
    return withHookNews(outcome, { stop: undefined, context });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return failed(block, describeFailure(block.name, error, deps.log));
  } finally {
    await scope.finish(deps.onCheckpoint);
  }
}

type Prepared =
  | { readonly tool: AnyTool; readonly input: Record<string, unknown> }
  | { readonly refusal: string };

function prepare({ block, inputProblem }: CallToRun, { tools }: RunToolCallDeps): Prepared {
  const tool = tools.get(block.name);
  if (tool === undefined) {
    return {
      refusal: `There is no tool named "${block.name}". The tools are: ${[...tools.keys()].join(', ')}.`,
    };
  }
  if (inputProblem !== undefined) {
    return {
      refusal: `The input of ${block.name} is not valid JSON (${inputProblem}). Nothing was run. Call it again with valid JSON.`,
    };
  }
  const parsed = tool.inputSchema.safeParse(block.input);
  if (parsed.success) return { tool, input: block.input as Record<string, unknown> };
  return {
    refusal: `The input of ${block.name} does not fit its schema. Nothing was run.\n${z.prettifyError(parsed.error)}`,
  };
}

interface JudgedCall extends CallToRun {
  readonly tool: AnyTool;
  readonly input: Readonly<Record<string, unknown>>;
  /** What hooks have said about it. */
  readonly hook: HookVerdict | undefined;
}

async function authorizeAndRun(
  { block, tool, input, hook, signal, confirmed }: JudgedCall,
  scope: CallScope,
  deps: RunToolCallDeps,
): Promise<CallOutcome> {
  const hooked = { tool, toolUseId: block.id, input, signal };
  const authorization = await authorize({ ...hooked, hook, view: scope.context }, deps.authorization);
  const judged = authorization.kind === 'granted' ? authorization.input : input;
  const { decided } = authorization;
  deps.onDecided(
    { toolName: tool.name, toolUseId: block.id, input: judged },
    hook === TYPED && decided.who === 'hook' ? { ...decided, who: 'person' } : decided,
  );
  if (authorization.kind === 'refused') return refuse(authorization, { block, call: hooked }, deps);
  scope.allowWrites(authorization.writable);
  const parsed = tool.inputSchema.parse(authorization.input);
  if (!tool.isReadOnly(parsed)) {
    await abortable(confirmed, signal);
    await deps.recordStart(block.id);
  }
  if (authorization.changesUnsaid) await scope.expectChanges();
  const started = deps.clock.monotonic();
  const { accepted } = authorization;
  const outcome = await runSafely({ block, tool, input: parsed, accepted, signal }, scope, deps);
  const durationMs = deps.clock.monotonic() - started;
  try {
    const ran = { ...hooked, input: authorization.input };
    return await askAfterCall({ outcome, durationMs }, ran, deps.authorization.hooks);
  } catch (error) {
    if (!signal.aborted) throw error;
    // It has run: that the turn was stopped only then doesn't make its outcome unknown.
    return outcome;
  }
}

interface RefusedCall {
  readonly block: ToolUseBlock;
  readonly call: HookedCall;
}

async function refuse(
  refused: Extract<Authorization, { kind: 'refused' }>,
  { block, call }: RefusedCall,
  deps: RunToolCallDeps,
): Promise<CallOutcome> {
  const { message, unasked, interrupt, stop } = refused;
  if (unasked !== undefined) {
    await deps.emitter.emitSystem('permission_denied', {
      tool_name: call.tool.name,
      tool_use_id: block.id,
      decision_reason_type: unasked.type,
      decision_reason: unasked.text,
      message,
    });
  }
  const denial = { tool_name: call.tool.name, tool_use_id: block.id, tool_input: { ...call.input } };
  const told = unasked === undefined ? `The user did not allow this call: ${message}` : message;
  const outcome = withHookNews({ ...failed(block, told), denial, interrupt }, { stop, context: [] });
  return askAfterDenial(outcome, { reason: message, call }, deps.authorization.hooks);
}

/** A denial goes the way of all denials; a call that is not run for another reason is only answered. */
async function refuseByHook(
  { message, isDenial, stop, context }: Extract<BeforeCall, { kind: 'refused' }>,
  refused: RefusedCall,
  deps: RunToolCallDeps,
): Promise<CallOutcome> {
  const unasked = { type: 'hook', text: message };
  const decided: Decided = { decision: 'deny', who: 'hook', reason: message };
  const { tool, input } = refused.call;
  if (isDenial) deps.onDecided({ toolName: tool.name, toolUseId: refused.block.id, input }, decided);
  const outcome = isDenial
    ? await refuse({ kind: 'refused', message, interrupt: false, unasked, decided }, refused, deps)
    : failed(refused.block, message);
  return withHookNews(outcome, { stop, context });
}

interface ReadyCall {
  readonly block: ToolUseBlock;
  readonly tool: AnyTool;
  readonly input: unknown;
  readonly accepted: AcceptedText | undefined;
  readonly signal: AbortSignal;
}

/** A tool that throws has failed, unless it was stopped. */
async function runSafely(call: ReadyCall, scope: CallScope, deps: RunToolCallDeps): Promise<CallOutcome> {
  try {
    return await run(call, scope, deps);
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason;
    return failed(call.block, describeFailure(call.block.name, error, deps.log));
  }
}

async function run(
  { block, tool, input, accepted }: ReadyCall,
  scope: CallScope,
  deps: RunToolCallDeps,
): Promise<CallOutcome> {
  const started = deps.clock.monotonic();
  const title = tool.title(input as Record<string, unknown>);
  const report = (output: string): void => {
    void deps.emitter.emit({
      type: 'tool_progress',
      ...deps.emitter.envelope(),
      parent_tool_use_id: null,
      tool_use_id: block.id,
      tool_name: tool.name,
      elapsed_time_seconds: (deps.clock.monotonic() - started) / 1000,
      title,
      ...(output === '' ? {} : { output }),
    });
  };
  report('');
  const throttle = createProgressThrottle(deps.clock, report);
  const running = tool.run(input, { ...scope.context, accepted });
  for (;;) {
    const step = await running.next();
    if (step.done === true) {
      throttle.flush();
      return toOutcome(block, tool, step.value);
    }
    throttle.push(step.value.output);
  }
}

function toOutcome(
  block: ToolUseBlock,
  tool: AnyTool,
  { output, isError }: ToolOutcome<unknown>,
): CallOutcome {
  const content = tool.toResultContent(output);
  const result: ToolResultBlock = {
    type: 'tool_result',
    tool_use_id: block.id,
    content,
    ...(isError ? { is_error: true } : {}),
  };
  return { result, output, denial: undefined, interrupt: false };
}

/** A result that says why the call did not do what was asked. */
export function failed(block: ToolUseBlock, content: string): CallOutcome {
  const result: ToolResultBlock = { type: 'tool_result', tool_use_id: block.id, content, is_error: true };
  return { result, output: undefined, denial: undefined, interrupt: false };
}

function describeFailure(name: string, error: unknown, log: Log): string {
  if (error instanceof ToolInputError) return error.message;
  log.error('a tool failed', {
    tool: name,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return `${name} failed: ${error instanceof Error ? error.message : String(error)}`;
}
