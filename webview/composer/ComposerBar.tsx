/** Below the text: what may be attached and chosen, what it costs, and the way to send and to stop. */

import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import type { InputKind } from './inputKind.ts';
import { ModelPicker, ModePicker } from './pickers.tsx';
import { Spending } from './Spending.tsx';

export interface ComposerBarProps {
  readonly kind: InputKind;
  readonly isRunning: boolean;
  /** There is nothing to send. */
  readonly isEmpty: boolean;
  readonly onFiles: (files: Iterable<File>) => void;
  readonly onStop: () => void;
  readonly onSend: () => void;
}

function toSend(kind: InputKind) {
  if (kind === 'command') return { icon: 'play', label: t('Run command') };
  return kind === 'memory' ? { icon: 'save', label: t('Remember') } : { icon: 'send', label: t('Send') };
}

export function ComposerBar({ kind, isRunning, isEmpty, onFiles, onStop, onSend }: ComposerBarProps): VNode {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div class="composer-bar">
      <IconButton icon="attach" label={t('Attach')} onClick={() => picker.current?.click()} />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.currentTarget.files ?? []);
          event.currentTarget.value = '';
        }}
      />
      <ModePicker />
      <ModelPicker />
      <span class="composer-space" />
      <Spending />
      {isRunning && (
        <IconButton className="stop-button" icon="stop-circle" label={t('Stop')} onClick={onStop} />
      )}
      <IconButton className="send-button" {...toSend(kind)} disabled={isEmpty} onClick={onSend} />
    </div>
  );
}
