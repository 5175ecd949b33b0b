/** The end of a turn as hooks see it: they may end it early, and they may find that it isn't done yet. */
import type { Hooks } from '../hooks/hooks.ts';
import { type HookStop, toContext } from './callHooks.ts';

/** How a hook has ended a turn, in the SDK's words (`TerminalReason`). */
export interface HookEnd {
  readonly terminalReason: 'hook_stopped' | 'stop_hook_prevented' | 'tool_deferred';
  readonly deferred?: HookStop['deferred'];
  /** For a person. */
  readonly told: string;
}

export function toHookEnd({ reason, deferred }: HookStop): HookEnd {
  return deferred === undefined
    ? { terminalReason: 'hook_stopped', told: `A hook has ended the turn: ${reason}` }
    : { terminalReason: 'tool_deferred', deferred, told: `A hook has put ${deferred.name} off: ${reason}` };
}

/** How often Stop hooks may make one turn go on. */
const MAX_BLOCKS = 20;

export type StopVerdict =
  | { readonly kind: 'end' }
  /** With a word to the person. */
  | { readonly kind: 'end told'; readonly text: string }
  | { readonly kind: 'ended by a hook'; readonly end: HookEnd }
  /** With what the model is to read. */
  | { readonly kind: 'go on'; readonly texts: readonly string[] };

export interface EndingTurn {
  /** How often hooks have made it go on already. */
  readonly blocks: number;
  /** What the model said last. */
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Whether the turn may end now. Rejects with the signal's reason only. */
export async function askStopHooks({ blocks, text, signal }: EndingTurn, hooks: Hooks): Promise<StopVerdict> {
  const facts = { stop_hook_active: blocks > 0, last_assistant_message: text };
  const { stop, block, additionalContext } = await hooks.run('Stop', facts, { signal });
  if (stop !== undefined) {
    const told = `A hook has ended the turn: ${stop.reason}`;
    return { kind: 'ended by a hook', end: { terminalReason: 'stop_hook_prevented', told } };
  }
  const texts = [...(block === undefined ? [] : [block.reason]), ...additionalContext];
  if (texts.length === 0) return { kind: 'end' };
  if (blocks >= MAX_BLOCKS) {
    return {
      kind: 'end told',
      text: `Hooks made the turn go on ${MAX_BLOCKS} times. Now it has been ended.`,
    };
  }
  return { kind: 'go on', texts: toContext('Stop', texts) };
}
