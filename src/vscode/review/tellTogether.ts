/**
 * Tells of paths that have changed: at once of what changes alone, together of what changes in close sequence. Who listens may look at
 * all files for each time, so that only a part of the time may go into telling.
 */

export interface Teller {
  tell(paths: readonly string[]): void;
  dispose(): void;
}

/** At least so long between two times. Milliseconds. */
const REST_MS = 30;
/** As many times as long as it took to tell is it quiet behind it. */
const QUIET = 4;

export function createTeller(
  listener: (paths: readonly string[]) => void,
  now: () => number = () => performance.now(),
): Teller {
  const untold = new Set<string>();
  let quietUntil = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tellAll = (): void => {
    timer = undefined;
    const paths = [...untold];
    untold.clear();
    const started = now();
    listener(paths);
    const ended = now();
    quietUntil = ended + Math.max(REST_MS, QUIET * (ended - started));
  };
  return {
    tell(paths) {
      for (const path of paths) untold.add(path);
      if (timer !== undefined) return;
      const wait = quietUntil - now();
      if (wait <= 0) tellAll();
      else timer = setTimeout(tellAll, wait);
    },
    dispose: () => clearTimeout(timer),
  };
}
