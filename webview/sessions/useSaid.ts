import { useEffect, useState } from 'preact/hooks';
import { usePanel } from '../view/context.ts';

/** The person may still be writing. */
const PAUSE_MS = 250;
const MIN_LENGTH = 3;

export interface Said {
  readonly sessionIds: readonly string[];
  readonly state: 'idle' | 'looking' | 'incomplete';
}

const NOTHING: Said = { sessionIds: [], state: 'idle' };

/** The sessions in which the words of a search were said. */
export function useSaid(search: string): Said {
  const { peer } = usePanel();
  const [said, setSaid] = useState<Said>(NOTHING);
  const text = search.trim();
  useEffect(() => {
    setSaid(text.length < MIN_LENGTH ? NOTHING : { sessionIds: [], state: 'looking' });
    if (text.length < MIN_LENGTH) return;
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => {
      peer.request('belay/session_search', { text }, { signal }).then(
        ({ session_ids, complete }) => {
          if (!signal.aborted) setSaid({ sessionIds: session_ids, state: complete ? 'idle' : 'incomplete' });
        },
        () => {
          if (!signal.aborted) setSaid({ sessionIds: [], state: 'incomplete' });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [peer, text]);
  return said;
}
