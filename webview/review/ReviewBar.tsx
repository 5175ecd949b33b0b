/** What Belay has written without asking and waits to be looked at: a line above the composer, with the answers for all of it. */
import type { VNode } from 'preact';
import type { ReviewAction } from '../../src/protocol/panel.ts';
import { Button } from '../controls/Button.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { useModel, usePanel } from '../view/context.ts';
import './review.css';

export function ReviewBar(): VNode | null {
  const { peer, announce } = usePanel();
  const files = useModel((model) => model.host?.review.files ?? 0);
  const changes = useModel((model) => model.host?.review.changes ?? 0);
  const comments = useModel((model) => model.host?.unsent_comments ?? 0);
  if (files === 0 && comments === 0) return null;
  const act = (action: ReviewAction) => (): void => {
    peer.request('belay/review_act', { action }).catch(() => announce('That could not be done.'));
  };
  return (
    <>
      {files > 0 && <ChangesLine changes={changes} files={files} act={act} />}
      {comments > 0 && (
        <div class="review-bar" role="group" aria-label="Comments to send">
          <span class="review-comments">{`${count(comments, 'comment')} not sent`}</span>
          <div class="review-answers">
            <Button label={`Send ${count(comments, 'comment')}`} onClick={act('send_comments')}>
              {`Send ${count(comments, 'comment')}`}
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
  const text = `${count(changes, 'change')} in ${count(files, 'file')} to look at`;
  return (
    <div class="review-bar" role="group" aria-label="Changes to look at">
      <button type="button" class="review-next" title="Go to the next change" onClick={act('next')}>
        {text}
      </button>
      <div class="review-answers">
        <IconButton icon="diff-multiple" label="Show all changes" onClick={act('show')} />
        <Button label="Undo all changes" onClick={act('undo_all')}>
          Undo all
        </Button>
        <Button label="Keep all changes" onClick={act('keep_all')}>
          Keep all
        </Button>
      </div>
    </div>
  );
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}
