import type { VNode } from 'preact';
import type { DocumentBlock } from '../../src/protocol/blocks.ts';
import { Icon } from '../controls/Icon.tsx';
import './attachment.css';

/** A file given along with a message: its name. */
export function DocumentView({ block }: { readonly block: DocumentBlock }): VNode {
  const isPdf = block.source.type === 'base64' && block.source.media_type === 'application/pdf';
  return (
    <span class="attachment-name">
      <Icon name={isPdf ? 'file-pdf' : 'file'} /> {block.title ?? (isPdf ? 'PDF document' : 'Text document')}
    </span>
  );
}
