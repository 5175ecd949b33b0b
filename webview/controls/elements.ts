/** The custom elements of the control library, as JSX knows them. Only the adapters in this folder use them. */
import type { HTMLAttributes } from 'preact';

interface ButtonAttributes extends HTMLAttributes<HTMLElement> {
  appearance?: 'primary' | 'secondary';
  disabled?: boolean;
}
interface CheckAttributes extends HTMLAttributes<HTMLElement> {
  checked?: boolean;
  disabled?: boolean;
}
interface RadioAttributes extends CheckAttributes {
  value: string;
}
interface RadioGroupAttributes extends HTMLAttributes<HTMLElement> {
  value?: string;
  orientation?: 'vertical' | 'horizontal';
}
interface TextFieldAttributes extends HTMLAttributes<HTMLElement> {
  value?: string;
  placeholder?: string;
  disabled?: boolean;
}

declare module 'preact/jsx-runtime' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ButtonAttributes;
      'vscode-checkbox': CheckAttributes;
      'vscode-progress-ring': HTMLAttributes<HTMLElement>;
      'vscode-radio': RadioAttributes;
      'vscode-radio-group': RadioGroupAttributes;
      'vscode-text-field': TextFieldAttributes;
    }
  }
}
