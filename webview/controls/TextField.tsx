import type { VNode } from 'preact';
import './elements.ts';
import { useLabel } from './useLabel.ts';

export interface TextFieldProps {
  /** The accessible name. */
  readonly label: string;
  /** Shown above the field; without it the label is for screen readers only. */
  readonly caption?: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly onInput: (value: string) => void;
  /** Enter, outside of an input method's composition. */
  readonly onEnter?: () => void;
}

/** One line of text. */
export function TextField(props: TextFieldProps): VNode {
  const { label, caption, value, placeholder = '', disabled = false, onInput, onEnter } = props;
  const element = useLabel(label);
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return;
    if (onEnter === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onEnter();
  };
  return (
    <vscode-text-field
      class="text-field"
      ref={element}
      value={value}
      placeholder={placeholder}
      disabled={disabled}
      onInput={(event: Event) => onInput((event.currentTarget as HTMLInputElement).value)}
      onKeyDown={handleKey}
    >
      {caption}
    </vscode-text-field>
  );
}
