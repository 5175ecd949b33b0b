import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';

/** A block this version has no view for: that it is there, and what it holds for those who ask. */
export function UnknownBlockView({ block }: { readonly block: { readonly type: string } }): VNode {
  return (
    <details class="unknown-block">
      <summary>
        <Icon name="symbol-misc" /> {block.type}
      </summary>
      <pre>{JSON.stringify(block, null, 2).slice(0, 20_000)}</pre>
    </details>
  );
}
