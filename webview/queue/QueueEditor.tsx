/** A waiting message while its text is changed. Enter saves, Escape leaves it as it was. */

import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../controls/IconButton.tsx';
import { TextArea } from '../controls/TextArea.tsx';
import { t } from '../l10n/texts.ts';

export interface QueueEditorProps {
  readonly text: string;
  readonly onSave: (text: string) => void;
  readonly onCancel: () => void;
}

export function QueueEditor({ text, onSave, onCancel }: QueueEditorProps): VNode {
  const [written, write] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, []);
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) onSave(written);
    else if (event.key === 'Escape') onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <TextArea
        areaRef={area}
        label={t('Change the waiting message')}
        placeholder={t('Empty: it is removed')}
        value={written}
        onInput={write}
        onKeyDown={handleKey}
        onPaste={() => undefined}
      />
      <span class="queue-actions">
        <IconButton icon="check" label={t('Save')} onClick={() => onSave(written)} />
        <IconButton icon="close" label={t('Leave as it was')} onClick={onCancel} />
      </span>
    </>
  );
}
