/** A plan to be approved, or thought over once more. */

import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { PermissionResult } from '../../src/protocol/permissions.ts';
import { getString } from '../blocks/tools/toolInput.ts';
import { Button } from '../controls/Button.tsx';
import { t } from '../l10n/texts.ts';
import { Markdown } from '../markdown/Markdown.tsx';
import type { RequestCardProps } from './PermissionDock.tsx';
import { RequestAnswer } from './RequestAnswer.tsx';
import { RequestFrame } from './RequestFrame.tsx';
import { useArmed } from './useArmed.ts';
import { useReturnFocus } from './useReturnFocus.ts';

const KEEP_PLANNING = 'The user wants to keep planning. Do not change anything yet.';

export function PlanCard({ request: { request, answer }, waiting }: RequestCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const { isArmed, check } = useArmed(frame);
  const returnFocus = useReturnFocus(frame);
  const [instead, setInstead] = useState('');
  const give = (result: PermissionResult): void => {
    returnFocus();
    answer(result);
  };
  const approve = (): void => {
    if (check()) give({ behavior: 'allow', updatedInput: request.input });
  };
  const approveEdits = (): void => {
    if (!check()) return;
    give({
      behavior: 'allow',
      updatedInput: request.input,
      updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
    });
  };
  const keepPlanning = (): void => {
    give({ behavior: 'deny', message: instead.trim() || KEEP_PLANNING });
  };
  return (
    <RequestFrame
      icon="checklist"
      title={t('Go ahead with this plan?')}
      waiting={waiting}
      frameRef={frame}
      onConfirm={() => (instead.trim() === '' ? approve() : keepPlanning())}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="request-plan" tabIndex={0} role="region" aria-label={t('Plan')}>
        <Markdown text={getString(request.input, 'plan')} isOpen={false} />
      </div>
      <RequestAnswer
        placeholder={t('What should the plan do otherwise?')}
        instead={instead}
        onInstead={setInstead}
        onRefuse={keepPlanning}
      >
        <Button kind="primary" disabled={!isArmed} onClick={approve}>
          {t('Approve')}
        </Button>
        <Button disabled={!isArmed} onClick={approveEdits}>
          {t('Approve and accept edits')}
        </Button>
        <Button onClick={keepPlanning}>{t('Keep planning')}</Button>
      </RequestAnswer>
    </RequestFrame>
  );
}
