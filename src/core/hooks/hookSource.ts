/** Where hooks come from: each source finds those that an event concerns, and runs them in its own way. */
import type { HookEvent } from './hookEvents.ts';
import type { HookAnswered } from './parseHookOutput.ts';

/** What a hook is told: the event's facts and those that all events share. */
export type HookPayload = { readonly hook_event_name: HookEvent; readonly [field: string]: unknown };

/** What a hook has said and written. */
export interface HookReport {
  readonly answered: HookAnswered;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a command; undefined when it had none. */
  readonly exitCode?: number | undefined;
}

export interface Hook {
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** `block`: a failure counts as a block. */
  readonly onFailure: 'continue' | 'block';
  /** Settles soon after the signal, and leaves nothing behind. What it throws is a failure of the hook. */
  run(
    payload: HookPayload,
    options: { readonly toolUseId: string | undefined; readonly signal: AbortSignal },
  ): Promise<HookReport>;
}

export interface HookSource {
  /** In the order in which they are configured. Must not throw. */
  hooksFor(event: HookEvent, subject: string | undefined): readonly Hook[];
}

const DEFAULT_TIMEOUT_SECONDS = 60;
/** A day: longer waits don't fit into the timers of the platform. */
const MAX_TIMEOUT_SECONDS = 86_400;

/** Milliseconds, from the seconds of a configuration. */
export function toTimeoutMs(seconds: number | null | undefined): number {
  const isLimit = typeof seconds === 'number' && seconds > 0 && seconds < MAX_TIMEOUT_SECONDS;
  return (isLimit ? seconds : DEFAULT_TIMEOUT_SECONDS) * 1000;
}
