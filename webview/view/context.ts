/** What every component may reach: the store, the peer, and what the person opened by hand. */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Peer } from '../../src/channel/peer.ts';
import type { PermissionRequests } from '../permission/permissionRequests.ts';
import type { PanelModel } from '../state/panelModel.ts';
import type { Store } from '../state/store.ts';
import type { ViewMemory } from './viewMemory.ts';

export interface Panel {
  readonly store: Store;
  readonly peer: Peer;
  readonly permissions: PermissionRequests;
  readonly memory: ViewMemory;
  /** Says something to a screen reader, politely. */
  readonly announce: (text: string) => void;
}

export const PanelContext = createContext<Panel | null>(null);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (panel === null) throw new Error('A part of the panel was drawn outside of it.');
  return panel;
}

/** A source that changes: something to read and a way to hear of changes. */
interface Source<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

/** What `select` takes from the source; draws again only when that changes. */
export function useSource<T, Selected>(source: Source<T>, select: (value: T) => Selected): Selected {
  const selected = select(source.get());
  const [, redraw] = useState(0);
  const latest = useRef({ selected, select });
  latest.current = { selected, select };
  useLayoutEffect(() => {
    const check = (): void => {
      const { selected: before, select: current } = latest.current;
      if (!Object.is(before, current(source.get()))) redraw((count) => count + 1);
    };
    check();
    return source.subscribe(check);
  }, [source]);
  return selected;
}

export function useModel<Selected>(select: (model: PanelModel) => Selected): Selected {
  return useSource(usePanel().store, select);
}
