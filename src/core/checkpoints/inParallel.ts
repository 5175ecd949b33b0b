/** As many as keep the disk busy without holding many contents at once. */
const AT_ONCE = 8;

/**
 * Runs the task for every item, some at a time; the results are in the order of the items. When one fails no further one is
 * begun, those that run are waited for, and the first failure is thrown.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const failures: unknown[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      try {
        results.set(index, await task(item));
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
}
