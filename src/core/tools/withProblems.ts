/** A tool that changes a file, with what the editor then finds wrong with it: in its output, and in what the model reads. */
import type { ProblemChange } from '../../protocol/problems.ts';
import { compareProblems, describeProblems } from './problems.ts';
import type { Tool, ToolContext, ToolOutcome, ToolProgress } from './tool.ts';
import { isFailure, type ToolFailure } from './toolOutcome.ts';
import { resolveToolPath } from './toolPath.ts';

/** `problems` absent: there are as many as before, or nobody looks. */
export type WithProblems<Output> = Output & { readonly problems?: ProblemChange };

/** `toPath`: the file as the call names it. */
export function withProblems<Input, Output extends object>(
  tool: Tool<Input, Output | ToolFailure>,
  toPath: (input: Input) => string,
): Tool<Input, WithProblems<Output> | ToolFailure> {
  return {
    ...tool,
    run: (input, context) => runWatched({ tool, input, path: toPath(input) }, context),
    toResultContent: (output) => {
      const content = tool.toResultContent(output);
      if (isFailure(output) || output.problems === undefined || typeof content !== 'string') return content;
      return `${content}\n${describeProblems(output.problems)}`;
    },
  };
}

interface Watched<Input, Output> {
  readonly tool: Tool<Input, Output | ToolFailure>;
  readonly input: Input;
  readonly path: string;
}

type Running<Output> = AsyncGenerator<ToolProgress, ToolOutcome<WithProblems<Output> | ToolFailure>, void>;

/** What was there before is asked before the tool reads the file: what it has read must still stand there when it writes. */
async function* runWatched<Input, Output extends object>(
  { tool, input, path }: Watched<Input, Output>,
  context: ToolContext,
): Running<Output> {
  const { diagnostics, signal, workspace } = context;
  const before = await diagnostics?.before(resolveToolPath(path, workspace), signal);
  signal.throwIfAborted();
  const outcome = yield* tool.run(input, context);
  const { output, isError } = outcome;
  if (diagnostics === undefined || before === undefined || isError || isFailure(output)) return outcome;
  const problems = compareProblems(before, await diagnostics.after(before, signal));
  return problems === undefined ? outcome : { ...outcome, output: { ...output, problems } };
}
