import type { ComponentChildren, VNode } from 'preact';
import './elements.ts';
import { Icon } from './Icon.tsx';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'secondary';
  readonly disabled?: boolean;
  /** Where the visible text doesn't say enough. */
  readonly label?: string;
  readonly title?: string;
  /** More is to be chosen once it is pressed. */
  readonly opensMenu?: boolean;
}

/** A button with a text. */
export function Button({
  children,
  onClick,
  kind = 'secondary',
  disabled = false,
  label,
  title,
  opensMenu = false,
}: ButtonProps): VNode {
  return (
    <vscode-button
      class="button"
      appearance={kind}
      disabled={disabled}
      onClick={disabled ? undefined : onClick}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(title === undefined ? {} : { title })}
      {...(opensMenu ? { 'aria-haspopup': 'menu' } : {})}
    >
      {children}
      {opensMenu && <Icon name="chevron-right" />}
    </vscode-button>
  );
}
