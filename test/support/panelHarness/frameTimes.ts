/** How long a page's main thread worked for each of its frames, from a trace of the browser. */
import type { Browser, Page } from 'playwright-core';
import * as z from 'zod';

const trace = z.object({
  traceEvents: z.array(
    z.looseObject({
      name: z.string(),
      ph: z.string(),
      pid: z.number(),
      tid: z.number(),
      /** Microseconds. */
      ts: z.number().optional(),
      dur: z.number().optional(),
      args: z.looseObject({ name: z.string().optional() }).optional(),
    }),
  ),
});
type TraceEvent = z.infer<typeof trace>['traceEvents'][number];

/** Milliseconds of work between each frame's commit (its last step on the main thread) and the next, while `work` goes on. */
export async function measureFrames(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<number[]> {
  await browser.startTracing(page, {
    categories: [
      'toplevel',
      'disabled-by-default-devtools.timeline',
      'devtools.timeline',
      'devtools.timeline.frame',
      '__metadata',
    ],
  });
  await work();
  const { traceEvents } = trace.parse(JSON.parse((await browser.stopTracing()).toString()));
  const main = findMainThread(traceEvents);
  const own = traceEvents.filter((event) => event.pid === main.pid && event.tid === main.tid);
  const commits = own.filter(({ name }) => name === 'Commit').map(({ ts = 0, dur = 0 }) => ts + dur);
  const tasks = own.filter(({ name, ph }) => name === 'RunTask' && ph === 'X');
  if (commits.length < 2 || tasks.length === 0) throw new Error('The trace has no frames or no tasks.');
  return sumByFrame(
    [...commits].sort((left, right) => left - right),
    tasks,
  );
}

/** Of the renderer with the most frames: the page under test is the only one that draws. */
function findMainThread(events: readonly TraceEvent[]): { readonly pid: number; readonly tid: number } {
  const counts = new Map<string, { pid: number; tid: number; count: number }>();
  for (const { name, pid, tid } of events) {
    if (name !== 'Commit') continue;
    const entry = counts.get(`${pid}:${tid}`) ?? { pid, tid, count: 0 };
    counts.set(`${pid}:${tid}`, { ...entry, count: entry.count + 1 });
  }
  const [most] = [...counts.values()].sort((left, right) => right.count - left.count);
  if (most === undefined) throw new Error('The trace has no frames.');
  return most;
}

/** A task counts for the frame in which it began: the one whose commit is still to come. */
function sumByFrame(commits: readonly number[], tasks: readonly TraceEvent[]): number[] {
  const sums = commits.map(() => 0);
  let frame = 0;
  for (const { ts = 0, dur = 0 } of [...tasks].sort((left, right) => (left.ts ?? 0) - (right.ts ?? 0))) {
    while (frame < commits.length && (commits[frame] ?? 0) <= ts) frame += 1;
    if (frame < commits.length) sums[frame] = (sums[frame] ?? 0) + dur / 1000;
  }
  // What came before the first commit began before we looked.
  return sums.slice(1);
}
