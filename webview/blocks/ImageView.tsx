/** A picture of the conversation: raster data only, drawn from memory. Anything else is named, not loaded. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ImageBlock } from '../../src/protocol/blocks.ts';
import { Icon } from '../controls/Icon.tsx';
import './attachment.css';

/** What the model providers take and browsers draw without running anything. */
export const IMAGE_TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export function ImageView({ block }: { readonly block: ImageBlock }): VNode {
  const [isLarge, setLarge] = useState(false);
  const url = toDataUrl(block);
  if (url === null) {
    return (
      <span class="attachment-name">
        <Icon name="file-media" /> Image
      </span>
    );
  }
  return (
    <button
      type="button"
      class={`image${isLarge ? ' is-large' : ''}`}
      aria-label={isLarge ? 'Shrink the image' : 'Enlarge the image'}
      onClick={() => setLarge(!isLarge)}
    >
      <img src={url} alt="" />
    </button>
  );
}

function toDataUrl({ source }: ImageBlock): string | null {
  if (source.type !== 'base64') return null;
  const { media_type: type, data } = source;
  if (typeof type !== 'string' || typeof data !== 'string') return null;
  if (!IMAGE_TYPES.includes(type) || !/^[A-Za-z0-9+/=]*$/.test(data)) return null;
  return `data:${type};base64,${data}`;
}
