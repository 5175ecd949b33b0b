import type { JournalRecord } from '../journalRecords.ts';
import type { SessionStore } from '../sessionStore.ts';
import { summarizeChanges } from '../summarize.ts';
import type { TreeWatch } from './treeWatch.ts';

/**
 * Calls that a crash has cut off while they could change anything: what differs from before is recorded with the last of them,
 * as nobody's. The paths of that.
 */
export async function recoverWatched(store: SessionStore, watch: TreeWatch): Promise<readonly string[]> {
  const cutOff = [...store.ledger.history.watched];
  const checkpoint = cutOff.at(-1);
  if (checkpoint === undefined || !store.writable) return [];
  const paths: string[] = [];
  await watch.recover({
    isBackground: false,
    take: async (changes) => {
      const records = changes.map(({ path, before, after }, index): JournalRecord => {
        paths.push(path);
        const id = `${checkpoint}/recovered-${index}-${path}`;
        return { kind: 'delta', id, checkpoint, path, before, after, origin: 'unknown' };
      });
      const { deltas } = store.ledger.history;
      const all = [...deltas.filter((delta) => delta.checkpoint === checkpoint), ...changes];
      const files = await summarizeChanges(all, store.blobs);
      await store.ledger.note([...records, { kind: 'checkpoint-end', id: checkpoint, files }]);
    },
  });
  await store.ledger.note(cutOff.map((id) => ({ kind: 'watch-end', checkpoint: id })));
  await store.settle();
  return paths;
}
