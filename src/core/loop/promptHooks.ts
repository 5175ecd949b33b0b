/** What hooks have to say at the ends of a session and before each prompt. */
import type { HookInputs } from '../hooks/hookEvents.ts';
import type { Hooks } from '../hooks/hooks.ts';
import { toContext } from './callHooks.ts';

export type BeforePrompt =
  /** With what the model is to read behind the prompt. */
  | { readonly kind: 'go on'; readonly context: readonly string[] }
  /** The model doesn't get it. */
  | { readonly kind: 'blocked'; readonly reason: string };

export interface PromptHooks {
  /** Before the first prompt the session is said to start. Rejects with the signal's reason only. */
  askBeforePrompt(prompt: string, signal: AbortSignal): Promise<BeforePrompt>;
  /** The session ends, if it has started. Never rejects; takes a second and a half at most. */
  end(): Promise<void>;
}

/**
 * The conversation begins anew, after a compaction or /clear: what SessionStart hooks have to say to the model then. Empty when
 * the turn is stopped meanwhile. Such a hook can't end anything: the conversation has been cut already.
 */
export async function askAtNewContext(
  start: HookInputs['SessionStart'],
  hooks: Hooks,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { additionalContext } = await hooks.run('SessionStart', start, { signal });
    return toContext('SessionStart', additionalContext);
  } catch (error) {
    if (!signal.aborted) throw error;
    return [];
  }
}

/** Milliseconds. */
const END_LIMIT = 1500;

export function createPromptHooks(hooks: Hooks, start: () => HookInputs['SessionStart']): PromptHooks {
  let isStarted = false;

  async function askAtStart(signal: AbortSignal): Promise<BeforePrompt> {
    if (isStarted) return { kind: 'go on', context: [] };
    const { stop, additionalContext } = await hooks.run('SessionStart', start(), { signal });
    isStarted = true;
    if (stop !== undefined) return { kind: 'blocked', reason: stop.reason };
    return { kind: 'go on', context: toContext('SessionStart', additionalContext) };
  }

  return {
    async askBeforePrompt(prompt, signal) {
      const started = await askAtStart(signal);
      if (started.kind === 'blocked') return started;
      const { stop, block, additionalContext } = await hooks.run('UserPromptSubmit', { prompt }, { signal });
      const refusal = block ?? stop;
      if (refusal !== undefined) return { kind: 'blocked', reason: refusal.reason };
      return {
        kind: 'go on',
        context: [...started.context, ...toContext('UserPromptSubmit', additionalContext)],
      };
    },
    async end() {
      if (!isStarted) return;
      isStarted = false;
      const options = { signal: new AbortController().signal, limitMs: END_LIMIT };
      await hooks.run('SessionEnd', { reason: 'other' }, options);
    },
  };
}
