/**
 * A message of the person's own while it is edited to be run again: in a copy of the session that ends before it. What is written
 * survives the end of the page.
 */

import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import { Button } from '../controls/Button.tsx';
import { RadioGroup } from '../controls/RadioGroup.tsx';
import { TextArea } from '../controls/TextArea.tsx';
import { t } from '../l10n/texts.ts';
import type { RewindSubject } from '../rewind/rewindTarget.ts';
import { runRewind } from '../rewind/runRewind.ts';
import { type Preview, usePreview } from '../rewind/usePreview.ts';
import { type Panel, useModel, usePanel, useSource } from './context.ts';

export interface MessageEditorProps {
  readonly itemKey: string;
  readonly uuid: string;
  readonly blocks: readonly ContentBlock[];
}

const listChoices = () => [
  { value: 'leave', label: t('Leave files as they are') },
  { value: 'rewind', label: t('Rewind files to before this message') },
];

export function startEditing(uuid: string, blocks: readonly ContentBlock[]) {
  const texts = blocks.flatMap((block) => (block.type === 'text' ? [String(block.text)] : []));
  return { user_message_id: uuid, text: texts.join('\n') };
}

export function MessageEditor({ itemKey, uuid, blocks }: MessageEditorProps): VNode {
  const panel = usePanel();
  const { memory } = panel;
  const written = useSource(memory, ({ editing }) => editing?.text ?? '');
  const subject = useMemo<RewindSubject>(
    () => ({ userMessageId: uuid, targets: [{ user_message_id: uuid }], text: '' }),
    [uuid],
  );
  const [takesBack, setTakesBack] = useState(false);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const preview = usePreview(subject);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(written.length, written.length);
  }, []);
  const canRun = written.trim() !== '' && !isBusy && !(takesBack && preview.kind !== 'known');
  const cancel = (): void => memory.change({ editing: null });
  const run = async (): Promise<void> => {
    if (!canRun) return;
    setBusy(true);
    setProblem('');
    const hasFiles = takesBack && preview.kind === 'known' && preview.files.length > 0;
    const rewound = takesBack
      ? await runRewind(panel, { subject, scope: 'code', hasFiles, taken: [] })
      : null;
    setProblem(rewound ?? (await runAgain(panel, { uuid, blocks, text: written })) ?? '');
    setBusy(false);
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) void run();
    else if (event.key === 'Escape') cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="user-message is-edited" data-key={itemKey} role="group" aria-label={t('Edit a message')}>
      <TextArea
        areaRef={area}
        label={t('Edit the message')}
        placeholder={t('What is to be done instead')}
        value={written}
        onInput={(text) => memory.change({ editing: { user_message_id: uuid, text } })}
        onKeyDown={handleKey}
        onPaste={() => undefined}
      />
      <RadioGroup
        label={t('What becomes of the files')}
        value={takesBack ? 'rewind' : 'leave'}
        choices={listChoices()}
        onChange={(value) => setTakesBack(value === 'rewind')}
      />
      {takesBack && <p class="edit-note">{describeFiles(preview)}</p>}
      <Stops />
      {problem !== '' && (
        <p class="dialog-problem" role="alert">
          {problem}
        </p>
      )}
      <div class="dialog-buttons">
        <Button kind="primary" disabled={!canRun} onClick={() => void run()}>
          {t('Run again')}
        </Button>
        <Button onClick={cancel}>{t('Cancel')}</Button>
      </div>
    </div>
  );
}

function Stops(): VNode {
  const isRunning = useModel(({ activity }) => activity !== 'idle');
  return (
    <p class="edit-note">
      {t('It goes on in a copy of this session, which stays in the list.')}
      {isRunning && ` ${t('What is running here is stopped.')}`}
    </p>
  );
}

function describeFiles(preview: Preview): string {
  if (preview.kind === 'waiting') return t('Looking at the files');
  if (preview.kind === 'failed') return t('The files cannot be taken back: {0}', preview.problem);
  const { files, restorable } = preview;
  if (files.length === 0) return t('No file has been changed since.');
  const back = restorable === 1 ? t('1 file goes back.') : t('{0} files go back.', restorable);
  const left = files.length - restorable;
  if (left === 0) return back;
  const stays =
    left === 1
      ? t('1 stays as it is: you have changed it, too.')
      : t('{0} stay as they are: you have changed them, too.', left);
  return `${back} ${stays}`;
}

interface Edited {
  readonly uuid: string;
  readonly blocks: readonly ContentBlock[];
  readonly text: string;
}

/** What was attached goes along again. Resolves to null when the copy is open, else to what a person is told. */
async function runAgain(
  { peer, memory, store }: Panel,
  { uuid, blocks, text }: Edited,
): Promise<string | null> {
  const { host } = store.get();
  const context = memory.get().hides_context === true ? undefined : host?.editor_context;
  const attached = blocks.filter(({ type }) => type !== 'text');
  try {
    // The session stays behind without the editor, and with its draft.
    await peer.request('belay/view_save', { ...memory.get(), editing: null });
    await peer.request('belay/message_edit', {
      user_message_id: uuid,
      message: {
        type: 'user',
        message: { role: 'user', content: [...attached, { type: 'text', text }] },
        parent_tool_use_id: null,
        session_id: host?.session_id ?? '',
        uuid: crypto.randomUUID(),
        ...(context === undefined ? {} : { belay_context: context }),
      },
    });
    memory.change({ editing: null });
    return null;
  } catch (error) {
    memory.change({ editing: { user_message_id: uuid, text } });
    return error instanceof Error ? error.message : String(error);
  }
}
