/**
 * The tool calls of one reply. A call is begun as soon as its block is complete; those that say they may run side by side
 * do, the others in order; one that changes something waits, besides, until the reply is complete (a reply that breaks off
 * is asked for again, and its calls must not have happened). Every call ends in exactly one outcome, given out in the
 * order asked.
 */
import type { ToolUseBlock } from '../../protocol/blocks.ts';
import { type CallOutcome, failed, type RunToolCallDeps, runToolCall } from './runToolCall.ts';

export interface ToolCalls {
  /** Begins a call. `inputProblem` says why the input isn't JSON. */
  start(block: ToolUseBlock, inputProblem: string | undefined): void;
  /** The reply is complete: its calls count. */
  confirm(): void;
  /** The reply is void: stops what was begun and forgets it. Resolves when nothing of it runs any more. */
  discard(): Promise<void>;
  /** The outcomes in the order asked, each as soon as it and all before it are there. */
  outcomes(): AsyncGenerator<CallOutcome, void>;
  readonly size: number;
}

const INTERRUPTED = 'Interrupted by the user. The call was stopped; what it had done until then may stand.';
const NOT_RUN = 'Not run: the user stopped the turn.';

interface StartedCall {
  readonly outcome: Promise<CallOutcome>;
  readonly settled: Promise<void>;
}

export function createToolCalls(deps: RunToolCallDeps, signal: AbortSignal): ToolCalls {
  const stop = new AbortController();
  const combined = AbortSignal.any([signal, stop.signal]);
  let confirm: () => void = () => undefined;
  const confirmed = new Promise<void>((resolve) => {
    confirm = resolve;
  });
  const calls: StartedCall[] = [];
  /** Resolves when every call that must not be run beside others, and was started before, has ended. */
  let barrier: Promise<void> = Promise.resolve();

  function start(block: ToolUseBlock, inputProblem: string | undefined): void {
    const isSafe = inputProblem === undefined && mayRunBesideOthers(block, deps);
    const before = isSafe ? barrier : Promise.all(calls.map(({ settled }) => settled)).then(() => undefined);
    let hasBegun = false;
    const outcome = before
      .then(() => {
        combined.throwIfAborted();
        hasBegun = true;
        return runToolCall({ block, inputProblem, signal: combined, confirmed }, deps);
      })
      .catch((error: unknown) => {
        if (!combined.aborted) throw error;
        return failed(block, hasBegun ? INTERRUPTED : NOT_RUN);
      });
    const settled = outcome.then(
      (ended) => {
        if (ended.interrupt) stop.abort(new DOMException('The user ended the turn.', 'AbortError'));
      },
      () => undefined,
    );
    calls.push({ outcome, settled });
    if (!isSafe) barrier = settled;
  }

  return {
    start,
    confirm,
    async discard() {
      stop.abort(new DOMException('The reply was discarded.', 'AbortError'));
      await Promise.all(calls.map(({ settled }) => settled));
      calls.length = 0;
    },
    async *outcomes() {
      for (const { outcome } of calls) yield await outcome;
    },
    get size() {
      return calls.length;
    },
  };
}

function mayRunBesideOthers(block: ToolUseBlock, { tools }: RunToolCallDeps): boolean {
  const tool = tools.get(block.name);
  if (tool === undefined) return true;
  const parsed = tool.inputSchema.safeParse(block.input);
  return !parsed.success || tool.isConcurrencySafe(parsed.data);
}
