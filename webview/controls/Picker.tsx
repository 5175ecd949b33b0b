/**
 * One of several, as a quiet button with a list above it: the look of the pickers in VS Code's own chat. The control
 * library's dropdown is a form field; it has no descriptions and opens downwards.
 */
import type { VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './Icon.tsx';
import './picker.css';

export interface PickerOption {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  /** Drawn as a danger. */
  readonly isRisky?: boolean;
}

export interface PickerProps {
  /** What is chosen: "Model". The accessible name is this and the chosen label. */
  readonly label: string;
  readonly value: string;
  readonly options: readonly PickerOption[];
  readonly onChoose: (value: string) => void;
  readonly className?: string;
}

export function Picker({ label, value, options, onChoose, className = '' }: PickerProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const chosen = options.find((option) => option.value === value);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const choose = (next: string): void => {
    close();
    if (next !== value) onChoose(next);
  };
  useOutside(root, isOpen, () => setOpen(false));
  return (
    <div class={`picker ${className}`} ref={root}>
      <button
        ref={button}
        type="button"
        class={`picker-button${chosen?.isRisky === true ? ' is-risky' : ''}`}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-label={`${label}: ${chosen?.label ?? value}`}
        title={`${label}: ${chosen?.label ?? value}`}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {chosen?.icon !== undefined && <Icon name={chosen.icon} />}
        <span class="picker-value">{chosen?.label ?? value}</span>
        <Icon name="chevron-down" />
      </button>
      {isOpen && (
        <List id={id} label={label} value={value} options={options} onChoose={choose} onClose={close} />
      )}
    </div>
  );
}

interface ListProps extends Omit<PickerProps, 'className'> {
  readonly id: string;
  readonly onClose: () => void;
}

function List({ id, label, value, options, onChoose, onClose }: ListProps): VNode {
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      options.findIndex((option) => option.value === value),
    ),
  );
  // Before the list is painted: who opens it by a key may press the next one at once.
  useLayoutEffect(() => list.current?.focus(), []);
  const handleKey = (event: KeyboardEvent): void => {
    const next = toNextIndex(event.key, { active, options });
    if (next !== null) setActive(next);
    else if (event.key === 'Enter' || event.key === ' ') onChoose(options[active]?.value ?? value);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      class="picker-list"
      role="listbox"
      tabIndex={-1}
      aria-label={label}
      aria-activedescendant={`${id}:${active}`}
      onKeyDown={handleKey}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys of its options
        // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active option
        <div
          key={option.value}
          id={`${id}:${index}`}
          role="option"
          class={`picker-option${index === active ? ' is-active' : ''}${option.isRisky === true ? ' is-risky' : ''}`}
          aria-selected={option.value === value}
          onClick={() => onChoose(option.value)}
          onPointerMove={() => setActive(index)}
        >
          <Icon name={option.value === value ? 'check' : 'blank'} />
          <span class="picker-text">
            <span class="picker-label">{option.label}</span>
            {option.description !== undefined && <span class="picker-description">{option.description}</span>}
          </span>
        </div>
      ))}
    </div>
  );
}

interface Position {
  readonly active: number;
  readonly options: readonly PickerOption[];
}

/** null: not a key that moves. */
function toNextIndex(key: string, { active, options }: Position): number | null {
  const last = options.length - 1;
  if (key === 'ArrowDown') return Math.min(last, active + 1);
  if (key === 'ArrowUp') return Math.max(0, active - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key.length !== 1 || key === ' ') return null;
  const matches = (option: PickerOption): boolean => option.label.toLowerCase().startsWith(key.toLowerCase());
  const after = options.findIndex((option, index) => index > active && matches(option));
  const found = after === -1 ? options.findIndex(matches) : after;
  return found === -1 ? active : found;
}

/** Calls back when the person presses or focuses something outside. */
function useOutside(
  root: { readonly current: HTMLElement | null },
  isActive: boolean,
  onOutside: () => void,
): void {
  const latest = useRef(onOutside);
  latest.current = onOutside;
  useEffect(() => {
    if (!isActive) return;
    const check = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) latest.current();
    };
    document.addEventListener('pointerdown', check);
    document.addEventListener('focusin', check);
    return () => {
      document.removeEventListener('pointerdown', check);
      document.removeEventListener('focusin', check);
    };
  }, [isActive, root]);
}
