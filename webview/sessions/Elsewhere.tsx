/** In place of the composer: another window or program has this session open, so nothing can be said to it here. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { useModel, usePanel } from '../view/context.ts';

export function Elsewhere(): VNode {
  const { peer } = usePanel();
  const sessionId = useModel((model) => model.host?.session_id ?? '');
  const [problem, setProblem] = useState('');
  const fork = (): void => {
    peer.request('belay/session_fork', { session_id: sessionId }).then(
      () => undefined,
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <div class="session-elsewhere" role="group" aria-label="Open elsewhere">
      <p role="status">
        <Icon name="eye" /> Another window or program has this session open. You see here what is said there;
        its questions are answered there. When it is closed there, it can be gone on with here.
      </p>
      {problem !== '' && <p role="alert">{problem}</p>}
      <Button kind="primary" onClick={fork}>
        Fork
      </Button>
      <span class="session-elsewhere-hint">Go on with a copy of it instead.</span>
    </div>
  );
}
