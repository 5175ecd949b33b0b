/** A subagent as a background task: its words are the output, its end is the exit. */
import { createMessageQueue } from '../../channel/messageQueue.ts';
import type { Log } from '../ports.ts';
import type { RunningTask, TaskReport } from '../tools/backgroundTasks.ts';
import { formatUsage } from './agentTool.ts';
import type { SubagentReport } from './runSubagent.ts';

export interface BackgroundRun {
  readonly running: RunningTask;
  /** undefined until it has ended, and when it was stopped. */
  report(): TaskReport | undefined;
}

type Chunk = { readonly stream: 'stdout'; readonly text: string };

/** Not bound to the turn: it ends by itself, when it is stopped, or with the session. */
export function runInBackground(
  work: (signal: AbortSignal, onSaid: (text: string) => void) => Promise<SubagentReport>,
  log: Log,
): BackgroundRun {
  const abort = new AbortController();
  const output = createMessageQueue<Chunk>();
  let report: TaskReport | undefined;

  async function follow(): Promise<number> {
    try {
      const ended = await work(abort.signal, (text) => output.push({ stream: 'stdout', text }));
      report = toReport(ended);
      return ended.failure === undefined ? 0 : 1;
    } catch (error) {
      if (!abort.signal.aborted) {
        const problem = error instanceof Error ? error.message : String(error);
        log.error('a subagent in the background failed', { problem });
        report = toReport({ failure: `The subagent failed: ${problem}` });
      }
      return 1;
    } finally {
      output.end();
    }
  }

  const exit = follow().then((code) => ({ code, signal: null, timedOut: false }));
  const kill = async (): Promise<void> => {
    abort.abort(new DOMException('The subagent was stopped.', 'AbortError'));
    await exit;
  };
  return { running: { output, exit, kill }, report: () => report };
}

function toReport({
  failure,
  text = '',
  totalTokens = 0,
  toolUses = 0,
  durationMs = 0,
}: Pick<SubagentReport, 'failure'> & Partial<SubagentReport>): TaskReport {
  const usage = { total_tokens: totalTokens, tool_uses: toolUses, duration_ms: durationMs };
  return { text: `${failure ?? text}\n${formatUsage(usage)}`, usage };
}
