/** Tools that are run for a command or a skill, as the model would run them: with permission, hooks and checkpoints. */
import type { RunTool } from '../tools/tool.ts';
import { type RunToolCallDeps, runToolCall } from './runToolCall.ts';

interface ToolRunning {
  readonly createId: () => string;
  readonly signal: AbortSignal;
  /** A person has typed the call themselves: it needs no leave where only the mode would ask. */
  readonly isTyped?: boolean;
}

export function createRunTool(
  deps: RunToolCallDeps,
  { createId, signal, isTyped = false }: ToolRunning,
): RunTool {
  return async (name, input) => {
    const block = { type: 'tool_use', id: `toolu_${createId()}`, name, input: { ...input } } as const;
    const confirmed = Promise.resolve();
    const { result } = await runToolCall(
      { block, inputProblem: undefined, signal, confirmed, isTyped },
      deps,
    );
    const { content = '' } = result;
    const text =
      typeof content === 'string'
        ? content
        : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    return { text, isError: result.is_error === true };
  };
}
