/** Below the text: what may be attached and chosen, what it costs, and the way to send and to stop. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { IconButton } from '../controls/IconButton.tsx';
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

const SEND = {
  message: { icon: 'send', label: 'Send' },
  command: { icon: 'play', label: 'Run command' },
  memory: { icon: 'save', label: 'Remember' },
} as const;

export function ComposerBar({ kind, isRunning, isEmpty, onFiles, onStop, onSend }: ComposerBarProps): VNode {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div class="composer-bar">
      <IconButton icon="attach" label="Attach" onClick={() => picker.current?.click()} />
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
      {isRunning && <IconButton className="stop-button" icon="stop-circle" label="Stop" onClick={onStop} />}
      <IconButton className="send-button" {...SEND[kind]} disabled={isEmpty} onClick={onSend} />
    </div>
  );
}
