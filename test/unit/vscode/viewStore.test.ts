import { expect, it } from 'vitest';
import { createViewStore } from '../../../src/vscode/viewStore.ts';

const empty = { draft: '', scroll: null, open: {} };

it('keeps the view of each session, also for the next window', async () => {
  const memento = createMemento();
  const view = { draft: 'half a thought', scroll: { anchor: 'u1', offset: 12 }, open: { toolu_1: true } };
  await createViewStore(memento).save('s1', view);
  const next = createViewStore(memento);
  expect(next.get('s1')).toEqual(view);
  expect(next.get('s2')).toEqual(empty);
});

it('forgets the oldest, and cuts what is too long', async () => {
  const store = createViewStore(createMemento());
  for (let count = 0; count < 31; count += 1) {
    await store.save(`s${count}`, { ...empty, draft: 'x'.repeat(300_000) });
  }
  expect(store.get('s0')).toEqual(empty);
  expect(store.get('s30').draft).toHaveLength(200_000);
});

it('takes nothing that does not fit', () => {
  expect(createViewStore(createMemento({ 'belay.views': [['s1', { draft: 1 }]] })).get('s1')).toEqual(empty);
  expect(createViewStore(createMemento({ 'belay.views': 'nonsense' })).get('s1')).toEqual(empty);
});

function createMemento(initial: Readonly<Record<string, unknown>> = {}) {
  const store = new Map<string, unknown>(Object.entries(initial));
  return {
    keys: () => [...store.keys()],
    get: <T>(key: string) => store.get(key) as T,
    // As VS Code does: what is kept is a copy.
    update: async (key: string, value: unknown) => void store.set(key, structuredClone(value)),
  };
}
