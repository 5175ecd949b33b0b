import type { VNode } from 'preact';
import './elements.ts';
import { showChecked } from './showChecked.ts';

export interface CheckboxProps {
  readonly label: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Checkbox({ label, checked, disabled = false, onChange }: CheckboxProps): VNode {
  return (
    <vscode-checkbox
      class="checkbox"
      checked={checked}
      disabled={disabled}
      onChange={(event: Event) => {
        const box = event.currentTarget as HTMLInputElement;
        showChecked([box]);
        onChange(box.checked);
      }}
    >
      {label}
    </vscode-checkbox>
  );
}
