/** May the agent do this? What is shown is exactly what would be done. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { PermissionResult, PermissionUpdate } from '../../src/protocol/permissions.ts';
import { Button } from '../controls/Button.tsx';
import { countHiddenIn, type Request, toChange } from './describeRequest.ts';
import { Exact } from './Exact.tsx';
import { showHidden } from './hiddenCharacters.ts';
import type { RequestCardProps } from './PermissionDock.tsx';
import { RequestAnswer } from './RequestAnswer.tsx';
import { RequestFrame } from './RequestFrame.tsx';
import { describeSuggestion } from './suggestions.ts';
import { useArmed } from './useArmed.ts';
import { useReturnFocus } from './useReturnFocus.ts';

export function PermissionCard({ request: { request, answer }, waiting }: RequestCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const { isArmed, check } = useArmed(frame);
  const returnFocus = useReturnFocus(frame);
  const [showsAll, setShowsAll] = useState(false);
  const [instead, setInstead] = useState('');
  const suggestions = request.permission_suggestions ?? [];
  const change = useMemo(() => toChange(request), [request]);
  const isAllShown = showsAll || countHiddenIn(request, change) === 0;
  const give = (result: PermissionResult): void => {
    returnFocus();
    answer(result);
  };
  const allow = (): void => {
    if (check()) give({ behavior: 'allow', updatedInput: request.input });
  };
  const remember = (): void => {
    if (isAllShown && check())
      give({ behavior: 'allow', updatedInput: request.input, updatedPermissions: suggestions });
  };
  const deny = (): void => give(toDenial(instead));
  // Who has typed what to do instead doesn't mean "allow", whatever key ends it.
  const confirm = (): void => (instead.trim() === '' ? allow() : deny());
  return (
    <RequestFrame
      icon="shield"
      title={toTitle(request)}
      waiting={waiting}
      frameRef={frame}
      onConfirm={confirm}
    >
      <Reason request={request} />
      <Exact request={request} change={change} showsAll={showsAll} onShowAll={() => setShowsAll(true)} />
      <Remember suggestions={suggestions} isAllShown={isAllShown} />
      <RequestAnswer
        placeholder="Tell Belay what to do instead"
        instead={instead}
        onInstead={setInstead}
        onRefuse={deny}
      >
        <Button
          kind="primary"
          disabled={!isArmed}
          onClick={allow}
          title="Ctrl+Enter or Cmd+Enter while this card has the focus"
        >
          Allow
        </Button>
        {suggestions.length > 0 && (
          <Button disabled={!isArmed || !isAllShown} onClick={remember}>
            Allow and remember
          </Button>
        )}
        <Button onClick={deny}>Deny</Button>
      </RequestAnswer>
    </RequestFrame>
  );
}

interface RememberProps {
  readonly suggestions: readonly PermissionUpdate[];
  readonly isAllShown: boolean;
}

/** What "Allow and remember" would remember. */
function Remember({ suggestions, isAllShown }: RememberProps): VNode | null {
  if (suggestions.length === 0) return null;
  const words = suggestions.map((update) => showHidden(describeSuggestion(update)));
  return (
    <p class="request-remember">
      “Allow and remember” would {words.join('; ')}.{!isAllShown && ' Show all lines first.'}
    </p>
  );
}

function toDenial(instead: string): PermissionResult {
  const text = instead.trim();
  return {
    behavior: 'deny',
    message: text === '' ? 'Ask what to do instead, or go on without it.' : text,
  };
}

function toTitle(request: Request): string {
  return request.title ?? `Use ${request.display_name ?? request.tool_name}`;
}

function Reason({ request }: { readonly request: Request }): VNode | null {
  const lines = [
    request.agent_id === undefined ? undefined : 'Asked by a subagent',
    request.description,
    request.decision_reason,
  ].filter((line) => line !== undefined && line !== '');
  if (lines.length === 0) return null;
  return <p class="request-reason">{lines.map((line) => showHidden(line ?? '')).join(' · ')}</p>;
}
