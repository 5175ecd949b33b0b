/**
 * Several lines that grow with their text. A native element: the control library's text area can't grow, and hides the
 * composition events an input method needs behind its shadow tree.
 */
import type { Ref, TargetedInputEvent, VNode } from 'preact';
import './textArea.css';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly disabled?: boolean;
  readonly onInput: (value: string) => void;
  /** Something else that shows suggestions for what is written: ids of the list and of the option that is meant. */
  readonly suggestions?: { readonly list: string; readonly active: string } | null;
  /** The caret went elsewhere. */
  readonly onCaret?: () => void;
  readonly onBlur?: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  readonly areaRef: Ref<HTMLTextAreaElement>;
}

export function TextArea(props: TextAreaProps): VNode {
  const { label, value, placeholder, disabled = false, onInput, onKeyDown, onPaste, areaRef } = props;
  const { suggestions = null, onCaret, onBlur } = props;
  return (
    <textarea
      ref={areaRef}
      class="text-area"
      aria-label={label}
      rows={1}
      value={value}
      placeholder={placeholder}
      disabled={disabled}
      spellcheck={false}
      aria-autocomplete={onCaret === undefined ? undefined : 'list'}
      aria-controls={suggestions?.list}
      aria-activedescendant={suggestions?.active}
      onSelect={onCaret}
      onBlur={onBlur}
      onInput={(event: TargetedInputEvent<HTMLTextAreaElement>) => onInput(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
    />
  );
}
