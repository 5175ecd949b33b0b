import type { ComponentChildren, VNode } from 'preact';
import './elements.ts';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'secondary';
  readonly disabled?: boolean;
  /** Where the visible text doesn't say enough. */
  readonly label?: string;
  readonly title?: string;
}

/** A button with a text. */
export function Button({
  children,
  onClick,
  kind = 'secondary',
  disabled = false,
  label,
  title,
}: ButtonProps): VNode {
  return (
    <vscode-button
      class="button"
      appearance={kind}
      disabled={disabled}
      onClick={disabled ? undefined : onClick}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(title === undefined ? {} : { title })}
    >
      {children}
    </vscode-button>
  );
}
