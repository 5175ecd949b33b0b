import type { VNode } from 'preact';
import './elements.ts';
import { showChecked } from './showChecked.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

export interface RadioGroupProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
}

/** One of several. */
export function RadioGroup({ label, value, choices, onChange }: RadioGroupProps): VNode {
  return (
    <vscode-radio-group
      class="radio-group"
      aria-label={label}
      orientation="vertical"
      value={value}
      onChange={(event: Event) => {
        const group = event.currentTarget as HTMLInputElement;
        showChecked(group.querySelectorAll('vscode-radio'));
        const chosen = group.value;
        if (chosen !== value && choices.some((choice) => choice.value === chosen)) onChange(chosen);
      }}
    >
      {choices.map((choice) => (
        <vscode-radio key={choice.value} value={choice.value} disabled={choice.disabled ?? false}>
          {choice.label}
        </vscode-radio>
      ))}
    </vscode-radio-group>
  );
}
