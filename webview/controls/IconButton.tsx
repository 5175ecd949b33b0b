/**
 * A button that is only an icon. A native element: a long conversation has thousands of these, and a custom element with
 * a shadow tree for each would cost more than the conversation itself.
 */
import type { VNode } from 'preact';
import { Icon } from './Icon.tsx';
import './iconButton.css';

export interface IconButtonProps {
  readonly icon: string;
  /** The accessible name, also shown as a tooltip. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly expanded?: boolean;
}

export function IconButton({
  icon,
  label,
  onClick,
  disabled = false,
  className = '',
  expanded,
}: IconButtonProps): VNode {
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      {...(expanded === undefined ? {} : { 'aria-expanded': expanded })}
    >
      <Icon name={icon} />
    </button>
  );
}
