import type { VNode } from 'preact';
import './elements.ts';
import { useLabel } from './useLabel.ts';

/** Something is going on and nobody knows for how long. `label` says what. */
export function ProgressRing({ label }: { readonly label: string }): VNode {
  return <vscode-progress-ring class="progress-ring" ref={useLabel(label)} />;
}
