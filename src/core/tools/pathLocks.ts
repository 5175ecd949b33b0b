/** Lets one call at a time change a file: what is read for an edit must still stand there when it is written (F65). */
export type PathLocks = <Result>(path: string, work: () => Promise<Result>) => Promise<Result>;

export function createPathLocks(): PathLocks {
  const last = new Map<string, Promise<unknown>>();
  return async (path, work) => {
    const before = last.get(path) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.catch(() => {});
    last.set(path, settled);
    try {
      return await result;
    } finally {
      if (last.get(path) === settled) last.delete(path);
    }
  };
}
