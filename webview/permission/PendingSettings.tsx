/** Above the composer: settings files of the project that hold something the person has not seen, until they let it count. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { PendingSettings as PendingFile } from '../../src/protocol/settings.ts';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { useModel, usePanel } from '../view/context.ts';
import { showHidden } from './hiddenCharacters.ts';
import './pendingSettings.css';
import { useArmed } from './useArmed.ts';

/** More than these are counted; the diff has all. */
const MAX_LISTED = 4;

export function PendingSettings(): VNode | null {
  const files = useModel((model) => model.pendingSettings);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const shown = files.filter((pending) => !hidden.includes(toKey(pending)));
  const [first] = shown;
  if (first === undefined) return null;
  const key = toKey(first);
  const hide = (): void => setHidden([...hidden, key]);
  return <PendingCard key={key} pending={first} count={shown.length} onHide={hide} />;
}

function toKey({ file, hash }: PendingFile): string {
  return `${hash} ${file}`;
}

interface PendingCardProps {
  readonly pending: PendingFile;
  readonly count: number;
  /** Until the file changes again, or the panel is built anew. */
  readonly onHide: () => void;
}

/** Allow takes an answer only once the diff of this very text was opened. */
function PendingCard({ pending, count, onHide }: PendingCardProps): VNode {
  const { file, hash, waiting } = pending;
  const { peer } = usePanel();
  const card = useRef<HTMLElement>(null);
  const armed = useArmed(card);
  const [isSeen, setSeen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const show = (): void => {
    peer.request('belay/settings_show', { file }).then(
      (shown) => setSeen(shown.hash === hash),
      () => setProblem('The changes could not be shown.'),
    );
  };
  const allow = (): void => {
    if (!isSeen || !armed.check()) return;
    peer.request('belay/settings_approve', { file, hash }).then(
      (answer) => setProblem(answer.problem ?? null),
      () => setProblem('That could not be noted.'),
    );
  };
  const rest = waiting.length - MAX_LISTED;
  return (
    <section class="pending-settings" role="group" aria-label="Changed project settings" ref={card}>
      <h2 class="pending-settings-title">
        <Icon name="shield" />
        <span class="pending-settings-text">
          {showHidden(toName(file))} has changed since you allowed it. Not in force:
        </span>
        {count > 1 && <span class="request-count">1 of {count}</span>}
      </h2>
      <ul class="pending-settings-list">
        {waiting.slice(0, MAX_LISTED).map((each) => (
          <li key={each}>{showHidden(each)}</li>
        ))}
        {rest > 0 && <li>and {rest} more</li>}
      </ul>
      {problem !== null && (
        <p class="request-warning" role="alert">
          {problem}
        </p>
      )}
      <div class="pending-settings-actions">
        <Button kind={isSeen ? 'secondary' : 'primary'} onClick={show}>
          Show changes
        </Button>
        <Button
          kind={isSeen ? 'primary' : 'secondary'}
          onClick={allow}
          disabled={!isSeen || !armed.isArmed}
          {...(isSeen ? {} : { title: 'Look at the changes first' })}
        >
          Allow
        </Button>
        <Button onClick={onHide}>Not now</Button>
      </div>
    </section>
  );
}

/** As people name it: with its folder, where that is `.claude`. */
function toName(file: string): string {
  const parts = file.split(/[\\/]/);
  return parts.slice(parts.at(-2) === '.claude' ? -2 : -1).join('/');
}
