/** May the agent do this? What is shown is exactly what would be done. */

import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PermissionResult } from '../../src/protocol/permissions.ts';
import { Button } from '../controls/Button.tsx';
import { t } from '../l10n/texts.ts';
import { useFolders } from '../view/useFolders.ts';
import { CommandParts, listOwnReasons } from './CommandParts.tsx';
import { countHiddenIn, type Request, toChange } from './describeRequest.ts';
import { Exact } from './Exact.tsx';
import { showHidden } from './hiddenCharacters.ts';
import type { RequestCardProps } from './PermissionDock.tsx';
import { RememberMenu } from './RememberMenu.tsx';
import { RequestAnswer } from './RequestAnswer.tsx';
import { RequestFrame } from './RequestFrame.tsx';
import {
  type Destination,
  isSingle,
  listRuleChoices,
  type RuleChoice,
  toRuleTexts,
  toUpdates,
} from './ruleChoices.ts';
import { describeSuggestion } from './suggestions.ts';
import { useArmed } from './useArmed.ts';
import { type ShownProposal, useProposal } from './useProposal.ts';
import { useReturnFocus } from './useReturnFocus.ts';

export function PermissionCard({ request: { request: asked, answer }, waiting }: RequestCardProps): VNode {
  const proposal = useProposal(asked);
  const { request } = proposal;
  const frame = useRef<HTMLElement>(null);
  const { isArmed, check } = useArmed(frame);
  const returnFocus = useReturnFocus(frame);
  const [showsAll, setShowsAll] = useState(false);
  const [instead, setInstead] = useState('');
  const [isChoosing, setChoosing] = useState(false);
  const hasChosen = useRef(false);
  const choices = useMemo(() => listRuleChoices(request), [request]);
  const folders = useFolders();
  const change = useMemo(() => toChange(request, folders), [request, folders]);
  const isAllShown = showsAll || countHiddenIn(request, change) === 0;
  const give = (result: PermissionResult): void => {
    returnFocus();
    answer(result);
  };
  const allow = (): void => {
    if (check()) give({ behavior: 'allow', updatedInput: request.input, ...proposal.answer });
  };
  const remember = (choice: RuleChoice, destination: Destination): void => {
    if (!isAllShown || !check()) return;
    const updatedPermissions = toUpdates(choice, destination);
    give({ behavior: 'allow', updatedInput: request.input, updatedPermissions, ...proposal.answer });
  };
  const openRemember = (): void => {
    const [only] = choices;
    const [place] = only?.destinations ?? [];
    if (only !== undefined && place !== undefined && isSingle(choices)) remember(only, place);
    else setChoosing(true);
  };
  useLayoutEffect(() => {
    // The buttons can't have it: the card has just moved, so they take nothing for half a second.
    if (hasChosen.current && !isChoosing) frame.current?.querySelector<HTMLElement>('.text-field')?.focus();
    hasChosen.current = isChoosing;
  }, [isChoosing]);
  const deny = (): void => give(toDenial(instead));
  // Who has typed what to do instead doesn't mean "allow", whatever key ends it.
  const confirm = (): void => {
    if (isChoosing) return;
    if (instead.trim() === '') allow();
    else deny();
  };
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
      <Review proposal={proposal} />
      {isChoosing ? (
        <RememberMenu
          choices={choices}
          isArmed={isArmed}
          onChoose={remember}
          onClose={() => setChoosing(false)}
        />
      ) : (
        <>
          <CommandParts
            parts={request.command_parts ?? []}
            showsAll={showsAll}
            onShowAll={() => setShowsAll(true)}
          />
          <Remember choices={choices} isAllShown={isAllShown} />
          <RequestAnswer
            placeholder={t('Tell Belay what to do instead')}
            instead={instead}
            onInstead={setInstead}
            onRefuse={deny}
          >
            <Button
              kind="primary"
              disabled={!isArmed}
              onClick={allow}
              title={t('Ctrl+Enter or Cmd+Enter while this card has the focus')}
            >
              {t('Allow')}
            </Button>
            {choices.length > 0 && (
              <Button
                disabled={!isArmed || !isAllShown}
                onClick={openRemember}
                opensMenu={!isSingle(choices)}
              >
                {t('Allow and remember')}
              </Button>
            )}
            <Button onClick={deny}>{t('Deny')}</Button>
          </RequestAnswer>
        </>
      )}
    </RequestFrame>
  );
}

/** Says what of the change is the person's own, and leads to where it can be changed. */
function Review({
  proposal: { isChanged, comments, open },
}: {
  readonly proposal: ShownProposal;
}): VNode | null {
  if (open === undefined) return null;
  const words = [
    ...(isChanged ? [t('Shown as you changed it in the editor.')] : []),
    ...(comments === 0
      ? []
      : [
          comments === 1
            ? t('Your comment goes with the answer.')
            : t('Your {0} comments go with the answer.', comments),
        ]),
  ];
  return (
    <p class="request-review">
      <button type="button" class="text-button" onClick={open}>
        {t('Review in the editor')}
      </button>
      {words.length > 0 && <span>{words.join(' ')}</span>}
    </p>
  );
}

interface RememberProps {
  readonly choices: readonly RuleChoice[];
  readonly isAllShown: boolean;
}

/** The rule that would cover it, or what "Allow and remember" would do where there is nothing to choose. */
function Remember({ choices, isAllShown }: RememberProps): VNode | null {
  const [first] = choices;
  if (first === undefined) return null;
  const later = isAllShown ? '' : ` ${t('Show all of it first.')}`;
  const rules = toRuleTexts(first);
  if (isSingle(choices) || rules.length === 0) {
    const words = first.updates.map((update) => showHidden(describeSuggestion(update)));
    return (
      <p class="request-remember">
        {t('“Allow and remember” would {0}.', words.join('; '))}
        {later}
      </p>
    );
  }
  return (
    <p class="request-remember">
      {rules.length === 1 ? t('A rule would cover it:') : t('Rules would cover it:')}{' '}
      <code>{showHidden(rules.join(', '))}</code>
      {later}
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
  return request.title ?? t('Use {0}', request.display_name ?? request.tool_name);
}

function Reason({ request }: { readonly request: Request }): VNode | null {
  const lines = [
    request.agent_id === undefined ? undefined : t('Asked by a subagent'),
    request.description,
    ...listOwnReasons(request),
  ].filter((line) => line !== undefined && line !== '');
  if (lines.length === 0) return null;
  return <p class="request-reason">{lines.map((line) => showHidden(line ?? '')).join(' · ')}</p>;
}
