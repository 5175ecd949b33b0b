import type { VNode } from 'preact';

/** A codicon. Decoration only: what it means must also be said in words. */
export function Icon({ name, spin = false }: { readonly name: string; readonly spin?: boolean }): VNode {
  return <span class={`codicon codicon-${name}${spin ? ' codicon-modifier-spin' : ''}`} aria-hidden="true" />;
}
