/** Who may write when: calls side by side, but one at a time per path; a rewind alone. */
export interface WriteGate {
  write<T>(key: string, task: () => Promise<T>): Promise<T>;
  alone<T>(task: () => Promise<T>): Promise<T>;
}

export function createWriteGate(): WriteGate {
  /** The last task of each path that is still to end. */
  const writes = new Map<string, Promise<void>>();
  let lastAlone: Promise<void> = Promise.resolve();
  return {
    write(key, task) {
      const run = Promise.all([lastAlone, writes.get(key)]).then(task);
      const ended = toEnd(run).then(() => {
        if (writes.get(key) === ended) writes.delete(key);
      });
      writes.set(key, ended);
      return run;
    },
    alone(task) {
      const run = Promise.all([lastAlone, ...writes.values()]).then(task);
      lastAlone = toEnd(run);
      return run;
    },
  };
}

function toEnd(task: Promise<unknown>): Promise<void> {
  return task.then(
    () => undefined,
    () => undefined,
  );
}
