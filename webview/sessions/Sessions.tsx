/** The sessions of this workspace: find one and go on with it, or put them in order. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionInfo } from '../../src/protocol/panel.ts';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { TextField } from '../controls/TextField.tsx';
import { usePanel } from '../view/context.ts';
import { filterSessions, listTags } from './filterSessions.ts';
import type { SessionTask } from './SessionActions.tsx';
import { SessionRow } from './SessionRow.tsx';
import { useSaid } from './useSaid.ts';
import { type EditNews, type SessionEdits, useSessionEdits } from './useSessionEdits.ts';
import { useSessions } from './useSessions.ts';
import './sessions.css';

export function Sessions({ onClose }: { readonly onClose: () => void }): VNode {
  const { peer, announce } = usePanel();
  const { sessions, problem, load } = useSessions();
  const [search, setSearch] = useState('');
  const [wantedTag, setTag] = useState<string | null>(null);
  const [news, setNews] = useState<EditNews | null>(null);
  const said = useSaid(search);
  const edits = useSessionEdits(load, setNews);
  const root = useRef<HTMLElement>(null);
  useEffect(() => root.current?.querySelector<HTMLElement>('.text-field')?.focus(), []);
  const open = (id: string): void => {
    peer
      .request('belay/session_open', { session_id: id })
      .then(onClose, () => announce('The session could not be opened.'));
  };
  const continueClaude = (): void => {
    peer.request('belay/claude_continue', {}).then(
      ({ opened }) => opened && onClose(),
      (error: unknown) =>
        setNews({ text: String(error instanceof Error ? error.message : error), isProblem: true }),
    );
  };
  const tags = listTags(sessions ?? []);
  // The last session that had it may have lost it.
  const tag = wantedTag !== null && tags.includes(wantedTag) ? wantedTag : null;
  const found = filterSessions(sessions ?? [], { search, tag }, said.sessionIds);
  const first = [...found.named, ...found.said].find((session) => session.problem === undefined);
  return (
    <section
      class="sessions"
      aria-label="Sessions"
      ref={root}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        else moveFocus(event, root.current);
      }}
    >
      <header class="sessions-head">
        <IconButton icon="arrow-left" label="Back to the conversation" onClick={onClose} />
        <h2>Sessions</h2>
        <button
          type="button"
          class="session-action"
          title="Continue a copy of a Claude Code session"
          onClick={continueClaude}
        >
          <Icon name="arrow-circle-down" /> From Claude Code…
        </button>
      </header>
      <TextField
        label="Search sessions"
        placeholder="Search sessions"
        value={search}
        onInput={setSearch}
        onEnter={() => first && open(first.sessionId)}
      />
      {tags.length > 0 && <TagFilter tags={tags} tag={tag} onTag={setTag} />}
      {problem !== '' && <p role="alert">{problem}</p>}
      {news !== null && <News news={news} edits={edits} />}
      {sessions === null && problem === '' && <ProgressRing label="Loading the sessions" />}
      {sessions !== null && first === undefined && said.state !== 'looking' && (
        <p class="sessions-none">
          {search === '' && tag === null
            ? 'No sessions yet. What you talk about here will be listed.'
            : 'No session has these words.'}
        </p>
      )}
      <div class="sessions-scroll">
        <List label="Sessions" sessions={found.named} open={open} edits={edits} />
        {found.said.length > 0 && <h3>Where it was said</h3>}
        <List label="Where it was said" sessions={found.said} open={open} edits={edits} />
        <p class="sessions-none" role="status">
          {said.state === 'looking' && 'Looking at what was said…'}
          {said.state === 'incomplete' && 'The oldest sessions were not looked into.'}
        </p>
      </div>
    </section>
  );
}

interface ListProps {
  readonly label: string;
  readonly sessions: readonly SessionInfo[];
  readonly open: (sessionId: string) => void;
  readonly edits: SessionEdits;
}

function List({ label, sessions, open, edits }: ListProps): VNode | null {
  const [doing, setDoing] = useState<{ readonly id: string; readonly task: SessionTask } | null>(null);
  if (sessions.length === 0) return null;
  return (
    <ul class="sessions-list" aria-label={label}>
      {sessions.map((session) => {
        const { sessionId: id } = session;
        return (
          <SessionRow
            key={id}
            session={session}
            task={doing?.id === id ? doing.task : null}
            onTask={(task) => setDoing(task === null ? null : { id, task })}
            onOpen={() => open(id)}
            edits={edits}
          />
        );
      })}
    </ul>
  );
}

interface TagFilterProps {
  readonly tags: readonly string[];
  readonly tag: string | null;
  readonly onTag: (tag: string | null) => void;
}

function TagFilter({ tags, tag, onTag }: TagFilterProps): VNode {
  return (
    <div class="sessions-tags" role="group" aria-label="Show only sessions with the tag">
      {tags.map((each) => (
        <button
          key={each}
          type="button"
          class="session-tag"
          aria-pressed={each === tag}
          onClick={() => onTag(each === tag ? null : each)}
        >
          {each}
        </button>
      ))}
    </div>
  );
}

function News({ news, edits }: { readonly news: EditNews; readonly edits: SessionEdits }): VNode {
  const { text, isProblem, deleted } = news;
  return (
    <div class="sessions-news" role={isProblem ? 'alert' : undefined}>
      <span>{text}</span>
      {deleted !== undefined && <Button onClick={() => edits.restore(deleted)}>Undo</Button>}
    </div>
  );
}

/** Up and down go from the search through the sessions. */
function moveFocus(event: KeyboardEvent, root: HTMLElement | null): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const from = event.target instanceof HTMLElement ? event.target : null;
  if (step === 0 || root === null || from === null || from.closest('.session-actions') !== null) return;
  const stops = [...root.querySelectorAll<HTMLElement>('.sessions > .text-field, .session:enabled')];
  const now = stops.findIndex((stop) => stop === from || stop.contains(from));
  const next = stops[now + step];
  if (now === -1 || next === undefined) return;
  next.focus();
  event.preventDefault();
}
