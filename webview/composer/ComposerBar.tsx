/** Below the text: what may be attached and chosen, what it costs, and the way to send and to stop. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { IconButton } from '../controls/IconButton.tsx';
import { ModelPicker, ModePicker } from './pickers.tsx';
import { Spending } from './Spending.tsx';

export interface ComposerBarProps {
  readonly isRunning: boolean;
  /** There is nothing to send. */
  readonly isEmpty: boolean;
  readonly onFiles: (files: Iterable<File>) => void;
  readonly onStop: () => void;
  readonly onSend: () => void;
}

export function ComposerBar({ isRunning, isEmpty, onFiles, onStop, onSend }: ComposerBarProps): VNode {
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
      <IconButton className="send-button" icon="send" label="Send" disabled={isEmpty} onClick={onSend} />
    </div>
  );
}
