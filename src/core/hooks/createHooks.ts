/** Runs the hooks of an event side by side, tells what became of each, and makes one decision of their answers. */
import type { HookOutput } from '../../protocol/hooks.ts';
import type { Emitter } from '../loop/emitter.ts';
import type { Clock, Log } from '../ports.ts';
import { capText } from './capText.ts';
import { type HookEvent, subjectOf } from './hookEvents.ts';
import type { Hook, HookPayload, HookReport, HookSource } from './hookSource.ts';
import { type HookRunOptions, type Hooks, NO_DECISION } from './hooks.ts';
import { mergeOutputs } from './mergeOutputs.ts';
import { failedHook } from './parseHookOutput.ts';

export interface HookEngineOptions {
  readonly sources: readonly HookSource[];
  /** What every hook is told, as it is at the time of the event. */
  readonly sharedFields: () => {
    readonly session_id: string;
    readonly transcript_path: string;
    readonly cwd: string;
    readonly permission_mode: string;
  };
  readonly emitter: Emitter;
  readonly clock: Clock;
  readonly log: Log;
  readonly createId: () => string;
  /** Emit `hook_started` and `hook_response`; those of SessionStart are emitted anyway, as the Agent SDK says. */
  readonly emitEvents: boolean;
}

export function createHooks(options: HookEngineOptions): Hooks {
  return {
    async run(event, input, runOptions) {
      const subject = subjectOf(event, input);
      const hooks = options.sources.flatMap((source) => source.hooksFor(event, subject));
      if (hooks.length === 0) return NO_DECISION;
      const payload = { ...options.sharedFields(), hook_event_name: event, ...input };
      const name = subject === undefined ? event : `${event}:${subject}`;
      const asked: Asked = { event, name, payload, runOptions, options };
      const outputs = await Promise.all(hooks.map((hook) => askHook(hook, asked)));
      runOptions.signal.throwIfAborted();
      return mergeOutputs(
        event,
        outputs.filter((output) => output !== undefined),
      );
    },
  };
}

interface Asked {
  readonly event: HookEvent;
  /** "PreToolUse:Bash" */
  readonly name: string;
  readonly payload: HookPayload;
  readonly runOptions: HookRunOptions;
  readonly options: HookEngineOptions;
}

/** undefined: the hook has no say. */
async function askHook(hook: Hook, asked: Asked): Promise<HookOutput | undefined> {
  const { event, name, options, runOptions } = asked;
  const isTold = options.emitEvents || event === 'SessionStart';
  const named = { hook_id: options.createId(), hook_name: name, hook_event: event };
  if (isTold) await options.emitter.emitSystem('hook_started', named);
  const report = await runWithinLimit(hook, asked);
  if (isTold) {
    await options.emitter.emitSystem('hook_response', {
      ...named,
      ...toTold(report, runOptions.signal.aborted),
    });
  }
  if (runOptions.signal.aborted) return undefined;
  if (report.answered.kind === 'failed') return takeFailure(report.answered.problem, hook, asked);
  const { systemMessage } = report.answered.output;
  if (systemMessage !== undefined) await tell(systemMessage, options);
  return report.answered.output;
}

async function runWithinLimit(hook: Hook, { payload, runOptions, options }: Asked): Promise<HookReport> {
  const limitMs = Math.min(hook.timeoutMs, runOptions.limitMs ?? hook.timeoutMs);
  const limit = new AbortController();
  const answered = new AbortController();
  options.clock.sleep(limitMs, answered.signal).then(
    () => limit.abort(new DOMException('The hook took too long.', 'TimeoutError')),
    () => undefined,
  );
  try {
    const signal = AbortSignal.any([runOptions.signal, limit.signal]);
    return await hook.run(payload, { toolUseId: runOptions.toolUseId, signal });
  } catch (error) {
    const problem = limit.signal.aborted
      ? `it did not answer within ${limitMs / 1000} s`
      : error instanceof Error
        ? error.message
        : String(error);
    return { answered: failedHook(problem), stdout: '', stderr: '' };
  } finally {
    answered.abort();
  }
}

/** A failed hook has no say, but for one that is to block when it fails; a turn is never kept going by a failure. */
async function takeFailure(problem: string, hook: Hook, asked: Asked): Promise<HookOutput | undefined> {
  const { event, name, options } = asked;
  const blocks = hook.onFailure === 'block' && event !== 'Stop' && event !== 'SubagentStop';
  options.log.warn('a hook failed', { hook: name, problem });
  await tell(
    `The hook ${name} failed: ${problem}. ${blocks ? 'That counts as a block.' : 'It was passed over.'}`,
    options,
  );
  return blocks
    ? { decision: 'block', reason: `A hook that must not fail has failed: ${problem}` }
    : undefined;
}

async function tell(text: string, { emitter }: HookEngineOptions): Promise<void> {
  await emitter.emitSystem('informational', { content: capText(text), level: 'warning' });
}

function toTold({ answered, stdout, stderr, exitCode }: HookReport, isCancelled: boolean) {
  const isSuppressed = answered.kind === 'output' && answered.output.suppressOutput === true;
  const failure = answered.kind === 'failed' ? answered.problem : '';
  const shown = isSuppressed ? '' : stdout;
  return {
    output: capText(failure === '' ? shown : failure),
    stdout: capText(shown),
    stderr: capText(stderr),
    outcome: isCancelled
      ? ('cancelled' as const)
      : failure === ''
        ? ('success' as const)
        : ('error' as const),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
  };
}
