/** What hooks have to say about one call: before it is judged, after it has run, and when it was refused. */
import * as z from 'zod';
import { type ToolResultBlock, toolResultContent } from '../../protocol/blocks.ts';
import type { HookEvent } from '../hooks/hookEvents.ts';
import type { HookDecision, Hooks } from '../hooks/hooks.ts';
import type { HookVerdict } from '../permissions/decidePermission.ts';
import type { AnyTool } from '../tools/tool.ts';
import type { CallOutcome } from './runToolCall.ts';

export interface HookedCall {
  readonly tool: AnyTool;
  readonly toolUseId: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** A hook ends the turn; `deferred`: because it puts the call off. */
export interface HookStop {
  readonly reason: string;
  readonly deferred?: { readonly id: string; readonly name: string; readonly input: Record<string, unknown> };
}

export type BeforeCall =
  | {
      readonly kind: 'go on';
      readonly input: Readonly<Record<string, unknown>>;
      readonly verdict: HookVerdict | undefined;
      readonly context: readonly string[];
    }
  | {
      readonly kind: 'refused';
      /** For the model. */
      readonly message: string;
      readonly isDenial: boolean;
      readonly stop: HookStop | undefined;
      readonly context: readonly string[];
    };

/** Rejects with the signal's reason only. */
export async function askBeforeCall(call: HookedCall, hooks: Hooks): Promise<BeforeCall> {
  const decision = await hooks.run('PreToolUse', factsOf(call), optionsOf(call));
  const { permission, stop, updatedInput } = decision;
  const context = toContext('PreToolUse', decision.additionalContext);
  const refused = { kind: 'refused', isDenial: false, stop, context } as const;
  if (permission?.behavior === 'deny') return { ...refused, message: permission.reason, isDenial: true };
  if (stop !== undefined)
    return { ...refused, message: `Not run: a hook has ended the turn. ${stop.reason}` };
  if (permission?.behavior === 'defer') {
    const deferred = { id: call.toolUseId, name: call.tool.name, input: { ...call.input } };
    const message = `Not run: a hook has put this call off. ${permission.reason}`;
    return { ...refused, message, stop: { reason: permission.reason, deferred } };
  }
  const problem = updatedInput === undefined ? undefined : inputProblem(call.tool, updatedInput);
  if (problem !== undefined) return { ...refused, message: problem };
  const verdict =
    permission === undefined ? undefined : { behavior: permission.behavior, reason: permission.reason };
  return { kind: 'go on', input: updatedInput ?? call.input, verdict, context };
}

/** Input that a hook has changed must fit the tool like any other: what was asked for first is not run in its place. */
function inputProblem(tool: AnyTool, input: Readonly<Record<string, unknown>>): string | undefined {
  const parsed = tool.inputSchema.safeParse(input);
  if (parsed.success) return undefined;
  return `A hook has changed the input of ${tool.name} into one that does not fit. Nothing was run.\n${z.prettifyError(parsed.error)}`;
}

/** The outcome as the model is to read it. `durationMs`: how long the tool ran. */
export async function askAfterCall(
  { outcome, durationMs }: { readonly outcome: CallOutcome; readonly durationMs: number },
  call: HookedCall,
  hooks: Hooks,
): Promise<CallOutcome> {
  const facts = { ...factsOf(call), duration_ms: durationMs };
  if (outcome.result.is_error === true) {
    const error = textOfResult(outcome.result);
    const decision = await hooks.run('PostToolUseFailure', { ...facts, error }, optionsOf(call));
    return withDecision(outcome, 'PostToolUseFailure', decision);
  }
  const tool_response = outcome.output ?? textOfResult(outcome.result);
  const decision = await hooks.run('PostToolUse', { ...facts, tool_response }, optionsOf(call));
  return withDecision(outcome, 'PostToolUse', decision);
}

function withDecision(
  outcome: CallOutcome,
  event: HookEvent,
  { block, stop, updatedOutput, additionalContext }: HookDecision,
): CallOutcome {
  const said = [...(block === undefined ? [] : [block.reason]), ...additionalContext];
  const result =
    updatedOutput === undefined
      ? outcome.result
      : { ...outcome.result, content: toContent(updatedOutput.value) };
  return withHookNews({ ...outcome, result }, { stop, context: toContext(event, said) });
}

/** The call was refused by a rule, a mode, a hook or a person. */
export async function askAfterDenial(
  outcome: CallOutcome,
  { reason, call }: { readonly reason: string; readonly call: HookedCall },
  hooks: Hooks,
): Promise<CallOutcome> {
  const decision = await hooks.run('PermissionDenied', { ...factsOf(call), reason }, optionsOf(call));
  const context = decision.retry
    ? toContext('PermissionDenied', [`The call of ${call.tool.name} may be tried again.`])
    : [];
  return withHookNews(outcome, { stop: decision.stop, context });
}

export function withHookNews(
  outcome: CallOutcome,
  news: { readonly stop: HookStop | undefined; readonly context: readonly string[] },
): CallOutcome {
  const stop = outcome.stop ?? news.stop;
  return {
    ...outcome,
    context: [...(outcome.context ?? []), ...news.context],
    ...(stop === undefined ? {} : { stop }),
  };
}

/** What a hook adds, in a form that says to the model where it comes from. */
export function toContext(event: HookEvent, texts: readonly string[]): readonly string[] {
  return texts.map((text) => `A ${event} hook says:\n${text}`);
}

function factsOf({ tool, toolUseId, input }: HookedCall) {
  return { tool_name: tool.name, tool_input: input, tool_use_id: toolUseId };
}

function optionsOf({ signal, toolUseId }: HookedCall) {
  return { signal, toolUseId };
}

/** Text and blocks as they are; anything else as JSON. Never empty. */
function toContent(value: unknown): NonNullable<ToolResultBlock['content']> {
  const parsed = toolResultContent.safeParse(value);
  if (!parsed.success) return JSON.stringify(value);
  return parsed.data.length === 0 ? '(no output)' : parsed.data;
}

function textOfResult({ content }: ToolResultBlock): string {
  if (content === undefined || typeof content === 'string') return content ?? '';
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}
