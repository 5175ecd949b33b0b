/** Where the person writes. Enter sends, Shift+Enter breaks the line, Escape stops what is running. */

import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { TextArea } from '../controls/TextArea.tsx';
import { t } from '../l10n/texts.ts';
import { useModel, usePanel, useSource } from '../view/context.ts';
import { AttachmentList } from './AttachmentList.tsx';
import { ComposerBar } from './ComposerBar.tsx';
import { ContextChip } from './ContextChip.tsx';
import { COMPLETION_ID, CompletionList, toOptionId } from './completion/CompletionList.tsx';
import { useCompletion } from './completion/useCompletion.ts';
import { DropArea } from './DropArea.tsx';
import { InputHint } from './InputHint.tsx';
import { findInputKind } from './inputKind.ts';
import { sendMessage } from './sendMessage.ts';
import { useAskedFocus } from './useAskedFocus.ts';
import { useAttachments } from './useAttachments.ts';
import { useHistory } from './useHistory.ts';
import { useRemember } from './useRemember.ts';
import './composer.css';

export function Composer(): VNode {
  const panel = usePanel();
  const { memory, peer, announce } = panel;
  const draft = useSource(memory, (view) => view.draft);
  const isRunning = useModel((model) => model.activity !== 'idle');
  const attachments = useAttachments();
  const area = useRef<HTMLTextAreaElement>(null);
  useAskedFocus(area);
  const write = (text: string): void => memory.change({ draft: text });
  const completion = useCompletion({ area, text: draft, onChange: write });
  const history = useHistory();
  const isEmpty = draft.trim() === '' && attachments.list.length === 0;
  const kind = attachments.list.length > 0 ? 'message' : findInputKind(draft);
  const say = (): void => {
    sendMessage(panel, {
      text: draft,
      attachments: attachments.list,
      kind: kind === 'command' ? 'command' : 'message',
      ...(memory.get().hides_context === true ? {} : { context: panel.store.get().host?.editor_context }),
    });
    memory.change({ draft: '', scroll: null });
    memory.flush();
    attachments.clear();
    area.current?.focus();
  };
  const remember = useRemember({ say });
  const send = (): void => {
    if (isEmpty) return;
    if (kind === 'memory') remember(draft);
    else say();
  };
  const stop = (): void => {
    peer.request('interrupt', {}).catch(() => announce(t('The turn could not be stopped.')));
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const { selectionStart: caret = 0 } = area.current ?? {};
    const said = event.shiftKey ? null : history(event.key, draft, caret);
    if (completion.handleKey(event)) event.stopPropagation();
    else if (said !== null) write(said);
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) send();
    else if (event.key === 'Escape' && isRunning) stop();
    else return;
    event.preventDefault();
  };
  const addMentions = (mentions: string): void => {
    memory.change({ draft: [draft.trimEnd(), mentions].filter((part) => part !== '').join(' ') });
    area.current?.focus();
  };
  return (
    <DropArea kind={kind} onFiles={attachments.add} onMentions={addMentions}>
      <CompletionList completion={completion} />
      {kind === 'message' && <ContextChip />}
      <AttachmentList attachments={attachments} />
      <TextArea
        areaRef={area}
        label={t('Message Belay')}
        placeholder={isRunning ? t('Add to the queue') : t('Ask Belay to do something')}
        value={draft}
        suggestions={
          completion.suggestions.length === 0
            ? null
            : { list: COMPLETION_ID, active: toOptionId(completion.active) }
        }
        onInput={(value) => {
          write(value);
          completion.look();
        }}
        onCaret={completion.look}
        onBlur={completion.close}
        onKeyDown={handleKey}
        onPaste={(event) => takePasted(event, attachments.add)}
      />
      {kind !== 'message' && <InputHint kind={kind} />}
      <ComposerBar
        kind={kind}
        isRunning={isRunning}
        isEmpty={isEmpty}
        onFiles={attachments.add}
        onStop={stop}
        onSend={send}
      />
    </DropArea>
  );
}

/** Pictures and files; but a text that comes with a picture of itself, as from an office program, is pasted as text. */
function takePasted(event: ClipboardEvent, add: (files: Iterable<File>) => void): void {
  const data = event.clipboardData;
  if (data === null || data.files.length === 0 || data.types.includes('text/plain')) return;
  event.preventDefault();
  add(data.files);
}
