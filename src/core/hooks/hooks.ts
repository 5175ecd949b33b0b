/**
 * Hooks as the rest of the core sees them: something to ask at an event, and one decision that all the hooks that were
 * asked have come to. Who they are (callbacks of the client, commands of settings files) is no concern of the asker.
 */
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import type { HookEvent, HookInputs } from './hookEvents.ts';

export interface HookRunOptions {
  /** Aborted with the turn: the hooks are cancelled. */
  readonly signal: AbortSignal;
  /** Milliseconds that no hook is given more of, whatever its own limit says. */
  readonly limitMs?: number;
  /** The call it is about, where it is about one. */
  readonly toolUseId?: string;
}

export interface Hooks {
  /**
   * Runs all hooks that match, side by side, each with its time limit. Hooks that fail have no say and are told to the
   * person. Rejects only with the signal's reason, once every hook has ended. Without hooks it resolves at once.
   */
  run<Event extends HookEvent>(
    event: Event,
    input: HookInputs[Event],
    options: HookRunOptions,
  ): Promise<HookDecision>;
}

/** What all hooks of one event together want. Each field stands for itself; NO_DECISION is the answer of no hook. */
export interface HookDecision {
  /** A hook said `continue: false`: the turn is to end. For the person. */
  readonly stop: { readonly reason: string } | undefined;
  /**
   * UserPromptSubmit: don't send it. PreCompact: don't compact. Stop and SubagentStop: go on. PostToolUse: tell the model.
   * (PreToolUse and PermissionRequest: see `permission` and `answer`.)
   */
  readonly block: { readonly reason: string } | undefined;
  /** PreToolUse: the strictest of what was said. */
  readonly permission: HookPermission | undefined;
  /** PreToolUse: takes the place of the whole input. */
  readonly updatedInput: Readonly<Record<string, unknown>> | undefined;
  /** PermissionRequest: the answer in place of a person's. */
  readonly answer: HookAnswer | undefined;
  /** PostToolUse: what the model reads in place of the tool's output. */
  readonly updatedOutput: { readonly value: unknown } | undefined;
  /** For the model, to be appended as synthetic user text. */
  readonly additionalContext: readonly string[];
  /** PermissionDenied: the model may try again. */
  readonly retry: boolean;
}

export interface HookPermission {
  readonly behavior: 'deny' | 'defer' | 'ask' | 'allow';
  readonly reason: string;
}

export type HookAnswer =
  | {
      readonly behavior: 'allow';
      readonly updatedInput: Readonly<Record<string, unknown>> | undefined;
      readonly updatedPermissions: readonly PermissionUpdate[];
    }
  | { readonly behavior: 'deny'; readonly message: string; readonly interrupt: boolean };

export const NO_DECISION: HookDecision = {
  stop: undefined,
  block: undefined,
  permission: undefined,
  updatedInput: undefined,
  answer: undefined,
  updatedOutput: undefined,
  additionalContext: [],
  retry: false,
};
