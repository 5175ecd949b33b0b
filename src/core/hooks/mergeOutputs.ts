/**
 * From what each hook said to what they want together. The strictest counts: deny before defer before ask before allow;
 * a block of one holds whatever the others say. Of several replacements of one thing the last counts.
 */

import type { HookOutput, HookSpecificOutput } from '../../protocol/hooks.ts';
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import { capText } from './capText.ts';
import { type HookEvent, isBlockable } from './hookEvents.ts';
import { type HookAnswer, type HookDecision, type HookPermission, NO_DECISION } from './hooks.ts';

const NO_REASON = 'A hook gave no reason.';
const STRICTEST_FIRST = ['deny', 'defer', 'ask', 'allow'] as const;

/** `outputs` in the order in which the hooks are configured; those of hooks that failed are left out. */
export function mergeOutputs(event: HookEvent, outputs: readonly HookOutput[]): HookDecision {
  const shared = { ...NO_DECISION, ...mergeShared(event, outputs) };
  switch (event) {
    case 'PreToolUse':
      return { ...shared, block: undefined, ...mergePermission(outputs) };
    case 'PermissionRequest':
      return { ...shared, block: undefined, answer: mergeAnswer(outputs) };
    case 'PostToolUse':
      return { ...shared, updatedOutput: lastOf(outputs.map(outputIn)) };
    case 'PermissionDenied':
      return { ...shared, retry: outputs.some((output) => specificOf(output, event)?.retry === true) };
    default:
      return shared;
  }
}

function mergeShared(event: HookEvent, outputs: readonly HookOutput[]) {
  const stops = outputs.filter((output) => output.continue === false);
  const blocks = isBlockable(event) ? outputs.filter((output) => output.decision === 'block') : [];
  return {
    stop: stops.length === 0 ? undefined : { reason: joinTexts(stops.map((output) => output.stopReason)) },
    block: blocks.length === 0 ? undefined : { reason: joinTexts(blocks.map((output) => output.reason)) },
    additionalContext: outputs.flatMap(contextIn),
  };
}

/** An allow counts only for the input that the hook has seen or written: not for what another one made of it. */
function mergePermission(outputs: readonly HookOutput[]): Pick<HookDecision, 'permission' | 'updatedInput'> {
  const said = outputs.map(permissionIn);
  const changer = outputs.findLastIndex(
    (output) => specificOf(output, 'PreToolUse')?.updatedInput !== undefined,
  );
  const changed = outputs[changer];
  const updatedInput = changed && specificOf(changed, 'PreToolUse')?.updatedInput;
  const counted = said.filter(
    (permission, index) =>
      permission?.behavior !== 'allow' || updatedInput === undefined || index === changer,
  );
  return { permission: strictest(counted), updatedInput };
}

function strictest(said: readonly (HookPermission | undefined)[]): HookPermission | undefined {
  for (const behavior of STRICTEST_FIRST) {
    const same = said.filter((permission) => permission?.behavior === behavior);
    if (same.length > 0) return { behavior, reason: joinTexts(same.map((permission) => permission?.reason)) };
  }
  return undefined;
}

function permissionIn(output: HookOutput): HookPermission | undefined {
  const specific = specificOf(output, 'PreToolUse');
  const reason = specific?.permissionDecisionReason ?? output.reason ?? '';
  if (output.decision === 'block') return { behavior: 'deny', reason };
  if (specific?.permissionDecision !== undefined) return { behavior: specific.permissionDecision, reason };
  return output.decision === 'approve' ? { behavior: 'allow', reason } : undefined;
}

function mergeAnswer(outputs: readonly HookOutput[]): HookAnswer | undefined {
  const denials = outputs.flatMap(denialIn);
  if (denials.length > 0) {
    return {
      behavior: 'deny',
      message: joinTexts(denials.map(({ message }) => message)),
      interrupt: denials.some(({ interrupt }) => interrupt),
    };
  }
  const allowed = outputs.flatMap(allowanceIn);
  if (allowed.length === 0) return undefined;
  return {
    behavior: 'allow',
    updatedInput: lastOf(allowed.map(({ updatedInput }) => updatedInput)),
    updatedPermissions: allowed.flatMap(({ updatedPermissions }) => updatedPermissions),
  };
}

function denialIn(output: HookOutput): { readonly message: string; readonly interrupt: boolean }[] {
  const decision = specificOf(output, 'PermissionRequest')?.decision;
  const isDenial = decision?.behavior === 'deny';
  if (!isDenial && output.decision !== 'block') return [];
  const message = (isDenial ? decision.message : undefined) ?? output.reason ?? '';
  return [{ message, interrupt: isDenial && decision.interrupt === true }];
}

interface Allowance {
  readonly updatedInput: Readonly<Record<string, unknown>> | undefined;
  readonly updatedPermissions: readonly PermissionUpdate[];
}

function allowanceIn(output: HookOutput): Allowance[] {
  const decision = specificOf(output, 'PermissionRequest')?.decision;
  if (decision?.behavior !== 'allow') return [];
  return [{ updatedInput: decision.updatedInput, updatedPermissions: decision.updatedPermissions ?? [] }];
}

function outputIn(output: HookOutput): { readonly value: unknown } | undefined {
  const specific = specificOf(output, 'PostToolUse');
  const value = specific?.updatedToolOutput ?? specific?.updatedMCPToolOutput;
  return value === undefined ? undefined : { value };
}

function contextIn({ hookSpecificOutput }: HookOutput): string[] {
  const context = hookSpecificOutput?.additionalContext;
  return typeof context === 'string' && context.trim() !== '' ? [capText(context)] : [];
}

function specificOf<Event extends HookSpecificOutput['hookEventName']>(
  { hookSpecificOutput }: HookOutput,
  event: Event,
): Extract<HookSpecificOutput, { hookEventName: Event }> | undefined {
  if (hookSpecificOutput?.hookEventName !== event) return undefined;
  return hookSpecificOutput as Extract<HookSpecificOutput, { hookEventName: Event }>;
}

function lastOf<Value>(values: readonly (Value | undefined)[]): Value | undefined {
  return values.findLast((value) => value !== undefined);
}

/** Each reason once, never empty. */
function joinTexts(texts: readonly (string | undefined)[]): string {
  const said = texts.map((text) => text?.trim() ?? '').filter((text) => text !== '');
  return said.length === 0 ? NO_REASON : capText([...new Set(said)].join('\n'));
}
