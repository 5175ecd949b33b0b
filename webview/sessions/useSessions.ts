import { useCallback, useEffect, useState } from 'preact/hooks';
import type { SessionInfo } from '../../src/protocol/panel.ts';
import { useModel, usePanel } from '../view/context.ts';

/** Other windows and programs have sessions, too: what becomes of these is looked at so often while the list is open. */
const LOOK_MS = 2000;

export interface LoadedSessions {
  /** null: not there yet. Newest first. */
  readonly sessions: readonly SessionInfo[] | null;
  readonly problem: string;
  /** Looks again. */
  readonly load: () => void;
}

export function useSessions(): LoadedSessions {
  const { peer } = usePanel();
  const phases = useModel((model) => JSON.stringify(model.host?.session_phases ?? {}));
  const [loaded, setLoaded] = useState<Omit<LoadedSessions, 'load'>>({ sessions: null, problem: '' });
  const load = useCallback(() => {
    peer.request('belay/session_list', {}).then(
      ({ sessions }) =>
        setLoaded({
          sessions: [...sessions].sort((left, right) => right.lastModified - left.lastModified),
          problem: '',
        }),
      () => setLoaded(({ sessions }) => ({ sessions, problem: 'The sessions could not be read.' })),
    );
  }, [peer]);
  useEffect(load, [load, phases]);
  useEffect(() => {
    const timer = setInterval(load, LOOK_MS);
    return () => clearInterval(timer);
  }, [load]);
  return { ...loaded, load };
}
