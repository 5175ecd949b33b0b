/** A session of the list: what it is, how it stands, and what can be done with it. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { SessionInfo, SessionPhase } from '../../src/protocol/panel.ts';
import { parseTags } from '../../src/protocol/sessionTags.ts';
import { Icon } from '../controls/Icon.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { useModel } from '../view/context.ts';
import { formatAge } from '../view/format.ts';
import { phaseOf } from './filterSessions.ts';
import { SessionActions, type SessionTask } from './SessionActions.tsx';
import type { SessionEdits } from './useSessionEdits.ts';

export interface SessionRowProps {
  readonly session: SessionInfo;
  /** What is being done with it; null: nothing. */
  readonly task: SessionTask | null;
  readonly onTask: (task: SessionTask | null) => void;
  readonly onOpen: () => void;
  readonly edits: SessionEdits;
}

export function SessionRow({ session, task, onTask, onOpen, edits }: SessionRowProps): VNode {
  const isCurrent = useModel((model) => model.host?.session_id === session.sessionId);
  const phase = useModel((model) => phaseOf(session, model.host?.session_phases));
  const more = useRef<HTMLLIElement>(null);
  const { summary, problem } = session;
  const handleKey = (event: KeyboardEvent): void => {
    const asked = TASK_KEYS[event.key];
    if (asked === undefined) return;
    event.preventDefault();
    onTask(problem === undefined || asked === 'delete' ? asked : 'choose');
  };
  const close = (): void => {
    onTask(null);
    // Once the key is through that has closed it: it must not press what has the focus next.
    setTimeout(() => more.current?.querySelector<HTMLElement>('.session')?.focus());
  };
  return (
    <li ref={more} class="session-entry">
      <div class="session-row">
        <button
          type="button"
          class="session"
          aria-current={isCurrent ? 'true' : undefined}
          aria-keyshortcuts="F2 Delete"
          disabled={problem !== undefined}
          title={session.customTitle ?? session.firstPrompt ?? summary}
          // While something is being done with it, an Enter is not meant for opening it.
          onClick={task === null ? onOpen : close}
          onKeyDown={handleKey}
        >
          <PhaseMark phase={phase} isDamaged={problem !== undefined} />
          <span class="session-title">{summary}</span>
          <span class="session-age">{isCurrent ? 'open' : formatAge(session.lastModified, Date.now())}</span>
        </button>
        <IconButton
          className="session-more"
          icon="ellipsis"
          label={`Actions for ${summary}`}
          expanded={task !== null}
          onClick={() => onTask(task === null ? 'choose' : null)}
        />
      </div>
      <Details session={session} phase={phase} hasTags={task !== 'tags'} />
      {task !== null && (
        <SessionActions session={session} task={task} onTask={onTask} onClose={close} edits={edits} />
      )}
    </li>
  );
}

const TASK_KEYS: Readonly<Record<string, SessionTask>> = {
  F2: 'rename',
  Delete: 'delete',
  ContextMenu: 'choose',
};

interface Mark {
  readonly icon: string;
  readonly word: string;
  readonly spin?: boolean;
}

const MARKS: Readonly<Record<SessionPhase, Mark>> = {
  running: { icon: 'loading', word: 'Running', spin: true },
  needs_you: { icon: 'bell-dot', word: 'Needs you' },
  done: { icon: 'check', word: 'Done' },
  failed: { icon: 'error', word: 'Failed' },
};

interface PhaseMarkProps {
  readonly phase: SessionPhase | undefined;
  readonly isDamaged: boolean;
}

function PhaseMark({ phase, isDamaged }: PhaseMarkProps): VNode {
  const mark = isDamaged ? { icon: 'warning', word: 'Damaged' } : phase && MARKS[phase];
  if (mark === undefined) return <span class="session-phase" />;
  return (
    <span class={`session-phase is-${isDamaged ? 'damaged' : phase}`} title={mark.word}>
      <Icon name={mark.icon} spin={'spin' in mark && mark.spin === true} />
      <span class="for-screen-reader">{`${mark.word}: `}</span>
    </span>
  );
}

interface DetailsProps {
  readonly session: SessionInfo;
  readonly phase: SessionPhase | undefined;
  /** False: they are being changed below. */
  readonly hasTags: boolean;
}

function Details({ session, phase, hasTags }: DetailsProps): VNode | null {
  const words = [
    ...(session.problem === undefined ? [] : [session.problem]),
    ...(phase === 'needs_you' ? ['Needs you'] : []),
    ...(session.elsewhere === true ? ['Open in another window or program'] : []),
  ];
  const tags = hasTags ? parseTags(session.tag) : [];
  if (words.length === 0 && tags.length === 0) return null;
  return (
    <div class="session-details">
      {words.length > 0 && <span>{words.join(' · ')}</span>}
      {tags.map((tag) => (
        <span key={tag} class="session-tag">
          {tag}
        </span>
      ))}
    </div>
  );
}
