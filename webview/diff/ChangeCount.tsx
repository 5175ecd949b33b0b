import type { VNode } from 'preact';

export interface ChangeCountProps {
  readonly insertions: number;
  readonly deletions: number;
}

/** "+3 −1" */
export function ChangeCount({ insertions, deletions }: ChangeCountProps): VNode {
  return (
    <span class="change-count" role="img" aria-label={`${insertions} added, ${deletions} removed`}>
      <span class="is-added">+{insertions}</span> <span class="is-removed">−{deletions}</span>
    </span>
  );
}
