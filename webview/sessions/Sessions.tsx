/** The sessions of this workspace: find one and go on with it. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionInfo } from '../../src/protocol/panel.ts';
import { IconButton } from '../controls/IconButton.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useModel, usePanel } from '../view/context.ts';
import { formatAge } from '../view/format.ts';
import './sessions.css';

export function Sessions({ onClose }: { readonly onClose: () => void }): VNode {
  const { peer, announce } = usePanel();
  const { sessions, problem } = useSessions();
  const [search, setSearch] = useState('');
  const root = useRef<HTMLElement>(null);
  useEffect(() => root.current?.querySelector<HTMLElement>('.text-field')?.focus(), []);
  const open = (id: string): void => {
    peer
      .request('belay/session_open', { session_id: id })
      .then(onClose, () => announce('The session could not be opened.'));
  };
  const found = sessions?.filter((session) => matches(session, search)) ?? [];
  return (
    <section
      class="sessions"
      aria-label="Sessions"
      ref={root}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="sessions-head">
        <IconButton icon="arrow-left" label="Back to the conversation" onClick={onClose} />
        <h2>Sessions</h2>
      </header>
      <TextField
        label="Search sessions"
        placeholder="Search sessions"
        value={search}
        onInput={setSearch}
        onEnter={() => found[0] && open(found[0].sessionId)}
      />
      {problem !== '' && <p role="alert">{problem}</p>}
      {sessions === null && problem === '' && <ProgressRing label="Loading the sessions" />}
      {sessions !== null && found.length === 0 && (
        <p class="sessions-none">
          {search === ''
            ? 'No sessions yet. What you talk about here will be listed.'
            : 'No session has these words.'}
        </p>
      )}
      <ul class="sessions-list">
        {found.map((session) => (
          <SessionRow key={session.sessionId} session={session} onOpen={() => open(session.sessionId)} />
        ))}
      </ul>
    </section>
  );
}

function SessionRow({
  session,
  onOpen,
}: {
  readonly session: SessionInfo;
  readonly onOpen: () => void;
}): VNode {
  const current = useModel((model) => model.host?.session_id);
  const isCurrent = session.sessionId === current;
  return (
    <li>
      <button type="button" class="session" aria-current={isCurrent ? 'true' : undefined} onClick={onOpen}>
        <span class="session-title">{session.customTitle ?? session.summary}</span>
        <span class="session-age">{isCurrent ? 'open' : formatAge(session.lastModified, Date.now())}</span>
      </button>
    </li>
  );
}

interface Loaded {
  /** null: not there yet. Newest first. */
  readonly sessions: readonly SessionInfo[] | null;
  readonly problem: string;
}

function useSessions(): Loaded {
  const { peer } = usePanel();
  const [loaded, setLoaded] = useState<Loaded>({ sessions: null, problem: '' });
  useEffect(() => {
    let isGone = false;
    peer.request('belay/session_list', {}).then(
      ({ sessions }) => {
        if (!isGone)
          setLoaded({
            sessions: [...sessions].sort((left, right) => right.lastModified - left.lastModified),
            problem: '',
          });
      },
      () => {
        if (!isGone) setLoaded({ sessions: null, problem: 'The sessions could not be read.' });
      },
    );
    return () => {
      isGone = true;
    };
  }, [peer]);
  return loaded;
}

/** Every word of the search occurs somewhere. */
function matches({ summary, customTitle, firstPrompt }: SessionInfo, search: string): boolean {
  const text = [summary, customTitle, firstPrompt].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
