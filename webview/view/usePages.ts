/**
 * Holds of a long conversation what is near the view: asks the host for more when an end of what is held comes near, forgets
 * what is far from it, and keeps the view where it is meanwhile.
 */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { RequestOf } from '../../src/protocol/control.ts';
import { forgetItem, trimEnd, trimStart } from '../state/pages.ts';
import { getThread, MAIN_THREAD, type PanelModel } from '../state/panelModel.ts';
import type { Store } from '../state/store.ts';
import { useModel, usePanel } from './context.ts';
import { bringBack, findItem, findPlace, type Place } from './place.ts';

/** Items that are held at most, and what is left of them when some are forgotten. */
const MOST = 300;
const KEPT = 200;
/** How near an end may come before more is asked for, in heights of the view. */
const NEAR = 2;

export interface PagesOptions {
  readonly scrollerRef: RefObject<HTMLElement | null>;
  readonly isFollowing: boolean;
}

export interface Pages {
  /** Shows the end of the conversation, wherever it is. */
  readonly goToEnd: () => void;
  /** Shows an item, wherever it is. */
  readonly goTo: (key: string) => void;
}

type PageRequest = Pick<RequestOf<'belay/page_load'>, 'before' | 'after' | 'around'>;

/** `jumpToEnd` scrolls to the end of what is held. */
export function usePages({ scrollerRef, isFollowing }: PagesOptions, jumpToEnd: () => void): Pages {
  const { store, peer } = usePanel();
  const bounds = useModel(readBounds);
  /** Where to go when what was asked for is there. */
  const wanted = useRef<'end' | { readonly key: string } | null>(null);
  const follows = useRef(isFollowing);
  follows.current = isFollowing;
  useSteadyView(scrollerRef, follows);

  const load = useMemo(() => {
    const onMissing = ({ before, after, around }: PageRequest): void => {
      const end = before ?? after;
      if (end !== undefined) store.update((model) => forgetItem(model, end));
      // It is gone: nothing is to be shown when other things come.
      else if (around !== undefined) wanted.current = null;
    };
    return createLoader(peer.request, onMissing);
  }, [peer, store]);

  const check = (): void => {
    const scroller = scrollerRef.current;
    if (scroller === null) return;
    const { items } = getThread(store.get(), MAIN_THREAD);
    const { hasEarlier, hasLater, isStale } = store.get();
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    const edge = NEAR * clientHeight;
    const [first, last] = [items[0], items.at(-1)];
    if (isStale) load({});
    else if (hasEarlier && scrollTop < edge && first !== undefined) load({ before: first.key });
    else if (hasLater && scrollHeight - clientHeight - scrollTop < edge && last !== undefined)
      load({ after: last.key });
  };

  useEffect(() => {
    const scroller = scrollerRef.current;
    scroller?.addEventListener('scroll', check, { passive: true });
    return () => scroller?.removeEventListener('scroll', check);
  }, []);

  useLayoutEffect(() => {
    const goal = wanted.current;
    if (goal === 'end' && !store.get().hasLater) {
      wanted.current = null;
      jumpToEnd();
    } else if (goal !== null && goal !== 'end' && show(scrollerRef.current, goal.key)) wanted.current = null;
    check();
  }, [bounds]);

  useEffect(() => store.subscribe(() => trim(store, scrollerRef.current, follows.current)), [store]);

  return {
    goToEnd: () => {
      wanted.current = null;
      if (!store.get().hasLater) return jumpToEnd();
      wanted.current = 'end';
      load({});
    },
    goTo: (key) => {
      wanted.current = null;
      if (show(scrollerRef.current, key)) return;
      wanted.current = { key };
      load({ around: key });
    },
  };
}

/** Changes when the items that are held begin or end elsewhere, or what lies beyond them changes. */
function readBounds({ threads, hasEarlier, hasLater, isStale }: PanelModel): string {
  const { items } = getThread({ threads }, MAIN_THREAD);
  return [items[0]?.key, items.at(-1)?.key, hasEarlier, hasLater, isStale].join('\n');
}

/** One page at a time; what is asked for on purpose goes before what is near. */
function createLoader(
  request: (subtype: 'belay/page_load', payload: PageRequest) => Promise<{ readonly found: boolean }>,
  onMissing: (page: PageRequest) => void,
): (page: PageRequest) => void {
  let asked: PageRequest | undefined;
  return (page) => {
    const isNear = page.before !== undefined || page.after !== undefined;
    if (asked !== undefined && isNear) return;
    asked = page;
    const end = (): void => {
      if (asked === page) asked = undefined;
    };
    request('belay/page_load', page).then(({ found }) => {
      end();
      if (!found) onMissing(page);
      // A connection that is gone comes back with a conversation of its own.
    }, end);
  };
}

/** What stands at the top of the view stays there when items come or go above it. */
function useSteadyView(
  scrollerRef: RefObject<HTMLElement | null>,
  follows: { readonly current: boolean },
): void {
  const { store } = usePanel();
  const place = useRef<Place | null>(null);
  const first = useModel((model) => getThread(model, MAIN_THREAD).items[0]?.key);
  const drawn = useRef(first);
  useLayoutEffect(
    () =>
      store.subscribe(() => {
        const scroller = scrollerRef.current;
        const isMoved = getThread(store.get(), MAIN_THREAD).items[0]?.key !== drawn.current;
        if (isMoved && scroller !== null && !follows.current) place.current ??= findPlace(scroller);
      }),
    [store],
  );
  useLayoutEffect(() => {
    drawn.current = first;
    const scroller = scrollerRef.current;
    if (scroller !== null && place.current !== null) bringBack(scroller, place.current);
    place.current = null;
  }, [first]);
}

function trim(store: Store, scroller: HTMLElement | null, isFollowing: boolean): void {
  const { items } = getThread(store.get(), MAIN_THREAD);
  if (items.length <= MOST || scroller === null) return;
  const place = isFollowing ? null : findPlace(scroller);
  const index = place === null ? -1 : items.findIndex(({ key }) => key === place.anchor);
  const isUpper = index !== -1 && index < items.length / 2;
  store.update((model) => (isUpper ? trimEnd(model, KEPT) : trimStart(model, KEPT)));
}

/** False: it is not drawn. */
function show(scroller: HTMLElement | null, key: string): boolean {
  const found = scroller === null ? null : findItem(scroller, key);
  if (found === null) return false;
  found.scrollIntoView({ block: 'start' });
  return true;
}
