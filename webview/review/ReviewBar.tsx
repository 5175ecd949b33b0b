/** What Belay has written without asking and waits to be looked at: a line above the composer, with the answers for all of it. */

import type { VNode } from 'preact';
import type { ReviewAction } from '../../src/protocol/panel.ts';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import { useModel, usePanel } from '../view/context.ts';
import './review.css';

export function ReviewBar(): VNode | null {
  const { peer, announce } = usePanel();
  const files = useModel((model) => model.host?.review.files ?? 0);
  const changes = useModel((model) => model.host?.review.changes ?? 0);
  const comments = useModel((model) => model.host?.unsent_comments ?? 0);
  if (files === 0 && comments === 0) return null;
  const act = (action: ReviewAction) => (): void => {
    peer.request('belay/review_act', { action }).catch(() => announce(t('That could not be done.')));
  };
  return (
    <>
      {files > 0 && <ChangesLine changes={changes} files={files} act={act} />}
      {comments > 0 && (
        <div class="review-bar" role="group" aria-label={t('Comments to send')}>
          <span class="review-comments">
            {comments === 1 ? t('1 comment not sent') : t('{0} comments not sent', comments)}
          </span>
          <div class="review-answers">
            <Button label={toSend(comments)} onClick={act('send_comments')}>
              {toSend(comments)}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}

interface ChangesProps {
  readonly changes: number;
  readonly files: number;
  readonly act: (action: ReviewAction) => () => void;
}

function ChangesLine({ changes, files, act }: ChangesProps): VNode {
  const text = t('{0} in {1} to look at', toChanges(changes), toFiles(files));
  return (
    <div class="review-bar" role="group" aria-label={t('Changes to look at')}>
      <button type="button" class="review-next" title={t('Go to the next change')} onClick={act('next')}>
        {text}
      </button>
      <div class="review-answers">
        <IconButton icon="diff-multiple" label={t('Show all changes')} onClick={act('show')} />
        <Button label={t('Undo all changes')} onClick={act('undo_all')}>
          {t('Undo all')}
        </Button>
        <Button label={t('Keep all changes')} onClick={act('keep_all')}>
          {t('Keep all')}
        </Button>
      </div>
    </div>
  );
}

const toSend = (number: number): string =>
  number === 1 ? t('Send 1 comment') : t('Send {0} comments', number);
const toChanges = (number: number): string => (number === 1 ? t('1 change') : t('{0} changes', number));
const toFiles = (number: number): string => (number === 1 ? t('1 file') : t('{0} files', number));
