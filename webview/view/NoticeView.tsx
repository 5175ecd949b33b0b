/** Small things that happened, between the messages. */
import type { VNode } from 'preact';
import type { SystemMessageOf } from '../../src/protocol/systemMessages.ts';
import { assertNever } from '../assertNever.ts';
import { Icon } from '../controls/Icon.tsx';
import { getThread, MAIN_THREAD, type Notice, type PanelModel } from '../state/panelModel.ts';
import { TerminalOutput } from '../terminal/TerminalOutput.tsx';
import { useModel, usePanel } from './context.ts';
import { formatTokens } from './format.ts';
import './notice.css';

export function NoticeView({ notice }: { readonly notice: Notice }): VNode | null {
  switch (notice.kind) {
    case 'information':
      return (
        <Line
          icon={notice.level === 'warning' ? 'warning' : 'info'}
          text={notice.text}
          isWarning={notice.level === 'warning'}
        />
      );
    case 'output':
      return <TerminalOutput output={notice.text} isRunning={false} showsAll={false} />;
    case 'compacted':
      return (
        <div class="notice-rule" role="separator">
          <span>
            {notice.trigger === 'auto' ? 'Compacted automatically' : 'Compacted'},{' '}
            {formatTokens(notice.tokens)} tokens before
          </span>
        </div>
      );
    case 'files_rewound':
      return <FilesRewound message={notice.message} />;
    case 'conversation_rewound':
      return <ConversationRewound />;
    case 'task':
      return <Line icon={notice.status === 'completed' ? 'check' : 'warning'} text={notice.summary} />;
    default:
      return assertNever(notice) ?? null;
  }
}

function Line({
  icon,
  text,
  isWarning = false,
}: {
  readonly icon: string;
  readonly text: string;
  readonly isWarning?: boolean;
}): VNode {
  return (
    <p class={isWarning ? 'notice is-warning' : 'notice'}>
      <Icon name={icon} />
      <span>{text}</span>
    </p>
  );
}

function ConversationRewound(): VNode {
  const { peer, announce } = usePanel();
  const isLatest = useModel(isNothingSaidSince);
  const bringBack = (): void => {
    peer.request('belay/conversation_redo', {}).then(
      ({ restored }) =>
        announce(restored ? 'The conversation is back.' : 'The conversation could not be brought back.'),
      () => announce('The conversation could not be brought back.'),
    );
  };
  return (
    <div class="notice is-rewind">
      <Icon name="discard" />
      <div>The conversation went back to here.</div>
      {isLatest && (
        <button type="button" class="text-button" onClick={bringBack}>
          Bring it back
        </button>
      )}
    </div>
  );
}

/** A rewind can only be taken back while the conversation ends with it. */
function isNothingSaidSince(model: PanelModel): boolean {
  const last = getThread(model, MAIN_THREAD).items.at(-1);
  return last?.kind === 'notice' && model.queue.length === 0 && model.activity === 'idle';
}

function FilesRewound({ message }: { readonly message: SystemMessageOf<'belay/files_rewound'> }): VNode {
  const { peer, announce } = usePanel();
  const canRedo = useModel((model) => model.host?.can_redo ?? false) && message.can_redo;
  const { restored, conflicted, skipped, redo } = message;
  const redoRewind = (): void => {
    peer
      .request('rewind_files', { user_message_id: message.user_message_id, redo: true })
      .then(({ error }) => announce(error ?? 'Rewind taken back.'))
      .catch(() => announce('The rewind could not be taken back.'));
  };
  const count = restored.length === 1 ? '1 file' : `${restored.length} files`;
  return (
    <div class="notice is-rewind">
      <Icon name={redo ? 'redo' : 'discard'} />
      <div>
        <span>{redo ? `Rewind taken back: ${count} changed again.` : `${count} rewound.`}</span>
        {[...conflicted, ...skipped].map(({ path, reason }) => (
          <p key={path} class="notice-detail">
            <code>{path}</code> was left as it is: {reason}
          </p>
        ))}
      </div>
      {canRedo && !redo && (
        <button type="button" class="text-button" onClick={redoRewind}>
          Redo
        </button>
      )}
    </div>
  );
}
