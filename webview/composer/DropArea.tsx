/** Takes what is dropped on it: files as attachments, files of VS Code's explorer as mentions. */
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useModel } from '../view/context.ts';
import { toMentions } from './droppedPaths.ts';
import type { InputKind } from './inputKind.ts';

export interface DropAreaProps {
  /** What is being written. */
  readonly kind: InputKind;
  readonly onFiles: (files: Iterable<File>) => void;
  readonly onMentions: (mentions: string) => void;
  readonly children: ComponentChildren;
}

export function DropArea({ kind, onFiles, onMentions, children }: DropAreaProps): VNode {
  const cwd = useModel((model) => model.host?.cwd ?? null);
  const [isTarget, setTarget] = useState(false);
  const handleDrop = (event: DragEvent): void => {
    setTarget(false);
    const data = event.dataTransfer;
    if (data === null) return;
    const mentions = toMentions(data, cwd);
    if (mentions === '' && data.files.length === 0) return;
    event.preventDefault();
    if (mentions === '') onFiles(data.files);
    else onMentions(mentions);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the Attach button does the same for the keyboard
    <div
      class={`composer is-${kind}${isTarget ? ' is-drop-target' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setTarget(true);
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={handleDrop}
    >
      {children}
    </div>
  );
}
