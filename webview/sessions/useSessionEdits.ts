/** What a person changes in the list. Each says what came of it, and the list is read again. */
import { useMemo } from 'preact/hooks';
import type { SessionInfo } from '../../src/protocol/panel.ts';
import { usePanel } from '../view/context.ts';

export interface SessionEdits {
  rename(session: SessionInfo, title: string): void;
  tag(session: SessionInfo, tag: string): void;
  fork(session: SessionInfo): void;
  export(session: SessionInfo): void;
  remove(session: SessionInfo): void;
  restore(session: SessionInfo): void;
}

export interface EditNews {
  /** For a person. */
  readonly text: string;
  readonly isProblem: boolean;
  /** It can be brought back. */
  readonly deleted?: SessionInfo;
}

export function useSessionEdits(load: () => void, tell: (news: EditNews | null) => void): SessionEdits {
  const { peer, announce } = usePanel();
  return useMemo(() => {
    const run = (task: Promise<{ readonly problem?: string | undefined }>, done: EditNews): void => {
      void task
        .then(
          ({ problem }) => (problem === undefined ? done : { text: problem, isProblem: true }),
          (error: unknown): EditNews => ({
            text: error instanceof Error ? error.message : String(error),
            isProblem: true,
          }),
        )
        .then((news) => {
          // A new title is seen where it stands; what was deleted, and what went wrong, is not.
          tell(news.isProblem || news.deleted !== undefined ? news : null);
          if (!news.isProblem) announce(news.text);
          load();
        });
    };
    return {
      rename: ({ sessionId }, title) =>
        run(peer.request('belay/session_rename', { session_id: sessionId, title }), toNews('Renamed')),
      tag: ({ sessionId }, tag) =>
        run(peer.request('belay/session_tag', { session_id: sessionId, tag }), toNews('Tags changed')),
      fork: ({ sessionId }) =>
        run(peer.request('belay/session_fork', { session_id: sessionId }), toNews('A copy is open now')),
      export: ({ sessionId }) =>
        run(
          peer.request('belay/session_export', { session_id: sessionId }).then(() => ({})),
          toNews(''),
        ),
      remove: (session) =>
        run(peer.request('belay/session_delete', { session_id: session.sessionId }), {
          ...toNews(`“${session.summary}” was deleted.`),
          deleted: session,
        }),
      restore: ({ sessionId, summary }) =>
        run(
          peer.request('belay/session_restore', { session_id: sessionId }),
          toNews(`“${summary}” is back.`),
        ),
    };
  }, [peer, announce, load, tell]);
}

function toNews(text: string): EditNews {
  return { text, isProblem: false };
}
