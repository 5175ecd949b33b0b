/**
 * The executable killed with SIGKILL at any point, and started again (SECURITY F30), with 200 seeds. A seed fixes the script and the
 * kind of point; the moment itself depends on the machine, too. `BELAY_CRASH_SEED=n` runs one, `BELAY_CRASH_RUNS=n` so many.
 */
import { expect, it } from 'vitest';
import { checkInvariants } from '../support/conformance/crashChecks.ts';
import { runCrash } from '../support/conformance/crashRun.ts';
import { planOf } from '../support/conformance/crashScript.ts';

const RUNS = Number(process.env.BELAY_CRASH_RUNS ?? 200);
const SEEDS =
  process.env.BELAY_CRASH_SEED === undefined
    ? Array.from({ length: RUNS }, (_, index) => index)
    : [Number(process.env.BELAY_CRASH_SEED)];
/** A process waits for the model, the disk and its commands, so two cores carry some more. */
const AT_ONCE = 4;
/** Milliseconds for a run; generous: a busy machine is no failure. */
const PATIENCE_MS = 60_000;

it('a session that is killed at any point goes on, with nothing lost, doubled or half done', {
  timeout: PATIENCE_MS + SEEDS.length * 3000,
}, async () => {
  const waiting = [...SEEDS];
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const problem = await failureOf(seed);
      if (problem !== undefined) failures.push(problem);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(failures.join('\n\n')).toBe('');
});

/** What is wrong with this seed. */
async function failureOf(seed: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), PATIENCE_MS);
  });
  try {
    await Promise.race([runCrash(seed, checkInvariants), late]);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `BELAY_CRASH_SEED=${seed} ${JSON.stringify(planOf(seed))}\n${text}`;
  } finally {
    clearTimeout(timer);
  }
}
