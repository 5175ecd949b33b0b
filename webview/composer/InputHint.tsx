/** Says what becomes of what is written where that is no message. */
import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import type { InputKind } from './inputKind.ts';

const HINTS = {
  command: { icon: 'terminal', text: 'Runs in the shell. Belay reads the output with your next message.' },
  memory: { icon: 'book', text: 'Goes into a memory file of your choice, which Belay follows from then on.' },
} as const;

export function InputHint({ kind }: { readonly kind: Exclude<InputKind, 'message'> }): VNode {
  const { icon, text } = HINTS[kind];
  return (
    <p class="input-hint" role="status">
      <Icon name={icon} />
      <span>{text}</span>
    </p>
  );
}
