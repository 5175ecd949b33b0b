/** How full something is, as a ring: the control library's ring shows no share. */
import type { VNode } from 'preact';
import './contextRing.css';

const RADIUS = 6;
const LENGTH = 2 * Math.PI * RADIUS;

export function ContextRing({ share, label }: { readonly share: number; readonly label: string }): VNode {
  const filled = Math.min(1, Math.max(0, share));
  const level = filled > 0.9 ? 'full' : filled > 0.75 ? 'high' : 'low';
  return (
    <span class={`context-ring is-${level}`} role="img" aria-label={label} title={label}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle class="context-ring-track" cx="8" cy="8" r={RADIUS} />
        <circle
          class="context-ring-value"
          cx="8"
          cy="8"
          r={RADIUS}
          stroke-dasharray={`${filled * LENGTH} ${LENGTH}`}
          transform="rotate(-90 8 8)"
        />
      </svg>
    </span>
  );
}
