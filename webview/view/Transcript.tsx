/** The conversation: follows its end only while the end is in sight, and never moves under somebody who reads. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Activity } from '../activity/Activity.tsx';
import { Icon } from '../controls/Icon.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { FindBar } from '../find/FindBar.tsx';
import { useFindKey } from '../find/useFindKey.ts';
import { Queue } from '../queue/Queue.tsx';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel, usePanel } from './context.ts';
import { Greeting } from './Greeting.tsx';
import { ThreadItems } from './ThreadItems.tsx';
import { useFollowing } from './useFollowing.ts';
import { useJumps } from './useJumps.ts';
import { usePages } from './usePages.ts';
import './transcript.css';

/** Items drawn at once; older ones follow in idle moments. */
const FIRST_DRAWN = 36;

export function Transcript(): VNode {
  const { isFollowing, jumpToEnd, scrollerRef, contentRef } = useFollowing();
  const { goTo, goToEnd } = usePages({ scrollerRef, isFollowing }, jumpToEnd);
  const hasEarlier = useModel((model) => model.hasEarlier);
  const hasLater = useModel((model) => model.hasLater);
  useOwnWords(goToEnd);
  useJumps({ scrollerRef, goToEnd });
  const [isFinding, closeFind] = useFindKey();
  const skipped = useSkipped(isFinding);
  return (
    <div class="transcript">
      {isFinding && <FindBar content={contentRef} goTo={goTo} onClose={closeFind} />}
      <div
        class="transcript-scroller"
        ref={scrollerRef}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <div class="transcript-content" ref={contentRef}>
          {hasEarlier ? <More /> : <Greeting />}
          <ThreadItems threadId={MAIN_THREAD} skipped={skipped} />
          {hasLater ? <More /> : <Activity />}
          <Queue />
        </div>
      </div>
      {!isFollowing && (
        <button type="button" class="jump-button" onClick={goToEnd}>
          <Icon name="arrow-down" /> Jump to latest
        </button>
      )}
    </div>
  );
}

/** Where the conversation goes on beyond what is held. It comes by itself. */
function More(): VNode {
  return (
    <p class="transcript-more">
      <ProgressRing label="Loading more of the conversation" /> Loading…
    </p>
  );
}

/** Who says something looks at what comes of it. */
function useOwnWords(goToEnd: () => void): void {
  const sent = useModel(({ queue }) => queue.findLast(({ isAcknowledged }) => !isAcknowledged)?.uuid);
  useEffect(() => {
    if (sent !== undefined) goToEnd();
  }, [sent]);
}

/** How many items at the head are still to be drawn. Begins near the end, or where the view is to be restored. */
function useSkipped(needsAll: boolean): number {
  const { store, memory } = usePanel();
  const [skipped, setSkipped] = useState(() => {
    const { items } = getThread(store.get(), MAIN_THREAD);
    const anchor = memory.get().scroll?.anchor;
    const index = anchor === undefined ? -1 : items.findIndex(({ key }) => key === anchor);
    return Math.max(0, (index === -1 ? items.length : index) - FIRST_DRAWN);
  });
  useEffect(() => {
    if (skipped === 0) return;
    const handle = requestIdleCallback(() => setSkipped(Math.max(0, skipped - FIRST_DRAWN)), {
      timeout: 1_000,
    });
    return () => cancelIdleCallback(handle);
  }, [skipped]);
  return needsAll ? 0 : skipped;
}
