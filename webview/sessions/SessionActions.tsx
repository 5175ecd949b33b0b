/** Below a session of the list: what can be done with it, and what that needs to know. */
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SessionInfo } from '../../src/protocol/panel.ts';
import { formatTags, parseTags } from '../../src/protocol/sessionTags.ts';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { TextField } from '../controls/TextField.tsx';
import type { SessionEdits } from './useSessionEdits.ts';

export type SessionTask = 'choose' | 'rename' | 'tags' | 'delete';

export interface SessionActionsProps {
  readonly session: SessionInfo;
  readonly task: SessionTask;
  readonly onTask: (task: SessionTask) => void;
  readonly onClose: () => void;
  readonly edits: SessionEdits;
}

const LABELS: Readonly<Record<SessionTask, string>> = {
  choose: 'Actions',
  rename: 'Rename',
  tags: 'Tags',
  delete: 'Delete',
};

export function SessionActions(props: SessionActionsProps): VNode {
  const { session, task, onClose } = props;
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const find = (what: string) => root.current?.querySelector<HTMLElement>(what);
    const focus = (): void =>
      (find('.text-field') ?? find('[appearance="primary"]') ?? find('button'))?.focus();
    focus();
    // A button of the control library can take the focus only when it has drawn itself.
    const frame = requestAnimationFrame(focus);
    return () => cancelAnimationFrame(frame);
  }, [task]);
  return (
    <div
      ref={root}
      class="session-actions"
      role="group"
      aria-label={`${LABELS[task]}: ${session.summary}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      {task === 'choose' && <Choice {...props} />}
      {task === 'rename' && <Rename {...props} />}
      {task === 'tags' && <Tags {...props} />}
      {task === 'delete' && <Delete {...props} />}
    </div>
  );
}

function Choice({ session, onTask, onClose, edits }: SessionActionsProps): VNode {
  const isWhole = session.problem === undefined;
  const mayChange = isWhole && session.elsewhere !== true;
  const then = (run: (session: SessionInfo) => void) => () => {
    onClose();
    run(session);
  };
  return (
    <>
      {mayChange && <Action icon="edit" label="Rename" onClick={() => onTask('rename')} />}
      {mayChange && <Action icon="tag" label="Tags" onClick={() => onTask('tags')} />}
      {isWhole && <Action icon="repo-forked" label="Fork" onClick={then(edits.fork)} />}
      {isWhole && <Action icon="export" label="Export" onClick={then(edits.export)} />}
      {session.elsewhere !== true && <Action icon="trash" label="Delete" onClick={() => onTask('delete')} />}
    </>
  );
}

interface ActionProps {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
}

function Action({ icon, label, onClick }: ActionProps): VNode {
  return (
    <button type="button" class="session-action" onClick={onClick}>
      <Icon name={icon} /> {label}
    </button>
  );
}

function Rename({ session, onClose, edits }: SessionActionsProps): VNode {
  const [title, setTitle] = useState(session.summary);
  const save = (): void => {
    if (title.trim() === '') return;
    onClose();
    if (title.trim() !== session.summary) edits.rename(session, title);
  };
  return (
    <>
      <TextField label="Title" value={title} onInput={setTitle} onEnter={save} />
      <Button kind="primary" disabled={title.trim() === ''} onClick={save}>
        Rename
      </Button>
      <Button onClick={onClose}>Cancel</Button>
    </>
  );
}

function Tags({ session, onClose, edits }: SessionActionsProps): VNode {
  const [tag, setTag] = useState('');
  const tags = parseTags(session.tag);
  const add = (): void => {
    if (tag.trim() === '') return onClose();
    setTag('');
    edits.tag(session, formatTags([...tags, tag]));
  };
  return (
    <>
      {tags.map((each) => (
        <span key={each} class="session-tag has-button">
          {each}
          <IconButton
            icon="close"
            label={`Remove the tag ${each}`}
            onClick={() => edits.tag(session, formatTags(tags.filter((other) => other !== each)))}
          />
        </span>
      ))}
      <TextField label="New tag" placeholder="New tag" value={tag} onInput={setTag} onEnter={add} />
      <Button kind="primary" disabled={tag.trim() === ''} onClick={add}>
        Add
      </Button>
      <Button onClick={onClose}>Done</Button>
    </>
  );
}

function Delete({ session, onClose, edits }: SessionActionsProps): VNode {
  return (
    <>
      <p>
        Delete this session? It can be brought back for 30 days. Files that it has changed stay as they are.
      </p>
      <Button
        onClick={() => {
          onClose();
          edits.remove(session);
        }}
      >
        Delete
      </Button>
      <Button kind="primary" onClick={onClose}>
        Cancel
      </Button>
    </>
  );
}
