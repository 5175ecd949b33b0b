/** What a change of several files at once has made of the problems that the editor finds in them. */
import type { Problem, ProblemBaseline, ProblemChange } from '../../protocol/problems.ts';
import type { Diagnostics } from '../ports.ts';
import { compareProblems, joinChanges } from './problems.ts';
import type { ToolContext } from './tool.ts';

/** Files that are looked at: each is opened for it. */
export const MOST_WATCHED = 10;

/** Asked before the files are read: what was read must still stand there when they are written. Returns how to ask afterwards. */
export async function watchFiles(
  paths: readonly string[],
  { diagnostics, signal }: Pick<ToolContext, 'diagnostics' | 'signal'>,
): Promise<() => Promise<ProblemChange | undefined>> {
  if (diagnostics === undefined) return async () => undefined;
  const watched = paths.slice(0, MOST_WATCHED);
  const found = await Promise.all(watched.map((path) => diagnostics.before(path, signal)));
  const baselines = found.filter((baseline) => baseline !== undefined);
  return async () => {
    const changes = await Promise.all(
      baselines.map(async (baseline) => ({ baseline, change: await ask(baseline, diagnostics, signal) })),
    );
    // What is new in one file may have been said before the editor had seen the others as they are now.
    const sure = await Promise.all(
      changes.map(({ baseline, change }) =>
        change === undefined ? undefined : ask(baseline, diagnostics, signal),
      ),
    );
    return joinChanges(sure.filter((change) => change !== undefined));
  };
}

async function ask(
  baseline: ProblemBaseline,
  diagnostics: Diagnostics,
  signal: AbortSignal,
): Promise<ProblemChange | undefined> {
  const change = compareProblems(baseline, await diagnostics.after(baseline, signal));
  const named = (problem: Problem): Problem => ({ ...problem, path: baseline.path });
  return change === undefined ? undefined : { ...change, added: change.added.map(named) };
}
