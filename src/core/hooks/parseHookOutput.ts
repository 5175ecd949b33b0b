/** From whatever a hook said to an answer. What doesn't fit in one place doesn't count at all: half an answer is none. */
import * as z from 'zod';
import { type HookOutput, hookOutput } from '../../protocol/hooks.ts';
import type { HookEvent } from './hookEvents.ts';

export type HookAnswered =
  | { readonly kind: 'output'; readonly output: HookOutput }
  | { readonly kind: 'failed'; readonly problem: string };

export function parseHookOutput(event: HookEvent, value: unknown): HookAnswered {
  const parsed = hookOutput.safeParse(withoutNulls(value));
  if (!parsed.success)
    return failedHook(`its answer has not the right form: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.async === true) return { kind: 'output', output: {} };
  const named = parsed.data.hookSpecificOutput?.hookEventName;
  if (named !== undefined && named !== event) return failedHook(`its answer is one to ${named}`);
  return { kind: 'output', output: parsed.data };
}

/** What a hook wrote in place of an object: JSON, or plain text. */
export function parsePrinted(event: HookEvent, written: string): HookAnswered {
  const text = written.trim();
  if (!text.startsWith('{')) return { kind: 'output', output: toContext(event, text) };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failedHook(
      `what it printed is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return parseHookOutput(event, value);
}

/** Plain text is for the model where a prompt or a session begins; elsewhere nobody reads it. */
function toContext(event: HookEvent, additionalContext: string): HookOutput {
  if (event !== 'UserPromptSubmit' && event !== 'SessionStart') return {};
  return { hookSpecificOutput: { hookEventName: event, additionalContext } };
}

export function failedHook(problem: string): HookAnswered {
  return { kind: 'failed', problem };
}

/** Scripts print null for what they leave out. */
function withoutNulls(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const kept = dropNulls(value);
  const specific = kept.hookSpecificOutput;
  return isRecord(specific) ? { ...kept, hookSpecificOutput: dropNulls(specific) } : kept;
}

function dropNulls(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
