/** What the person said, with the way back to before it. */

import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type ContentBlock, isKnownBlock } from '../../src/protocol/blocks.ts';
import { DocumentView } from '../blocks/DocumentView.tsx';
import { ImageView } from '../blocks/ImageView.tsx';
import { ToldContext } from '../composer/ContextChip.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import { askRewind } from '../rewind/askRewind.ts';
import type { Item } from '../state/panelModel.ts';
import { useModel, usePanel, useSource } from './context.ts';
import { LiveCommand } from './LiveCommand.tsx';
import { MessageEditor, startEditing } from './MessageEditor.tsx';

type UserItem = Extract<Item, { kind: 'user' }>;

/** Characters shown before "Show more". */
const SHOWN = 1_500;

export function UserMessageView({ item }: { readonly item: UserItem }): VNode {
  const { store, memory } = usePanel();
  const { uuid } = item;
  const isEdited = useSource(memory, ({ editing }) => uuid !== null && editing?.user_message_id === uuid);
  const isElsewhere = useModel(({ host }) => host?.elsewhere === true);
  if (isEdited && uuid !== null) return <MessageEditor itemKey={item.key} uuid={uuid} blocks={item.blocks} />;
  return (
    <div class="user-message" data-key={item.key}>
      <div class={item.isCommand === true ? 'user-content is-command' : 'user-content'}>
        {item.blocks.map((block, index) => (
          <UserBlock key={index} block={block} />
        ))}
        {item.context !== undefined && <ToldContext context={item.context} />}
      </div>
      {item.isCommand === true && uuid !== null && <LiveCommand uuid={uuid} />}
      {uuid !== null && (
        <span class="message-actions">
          {item.isCommand !== true && !isElsewhere && (
            <IconButton
              icon="edit"
              label={t('Edit and run again')}
              onClick={() => memory.change({ editing: startEditing(uuid, item.blocks) })}
            />
          )}
          <IconButton
            icon="discard"
            label={t('Rewind to here')}
            onClick={() => askRewind(store, uuid, item.blocks)}
          />
        </span>
      )}
    </div>
  );
}

function UserBlock({ block }: { readonly block: ContentBlock }): VNode | null {
  if (!isKnownBlock(block)) return null;
  if (block.type === 'text') return <UserText text={block.text} />;
  if (block.type === 'image') return <ImageView block={block} />;
  if (block.type === 'document') return <DocumentView block={block} />;
  return null;
}

/** Exactly as it was typed. */
function UserText({ text }: { readonly text: string }): VNode {
  const [showsAll, setShowsAll] = useState(false);
  const isCut = text.length > SHOWN * 1.2 && !showsAll;
  return (
    <div class="user-text">
      {isCut ? `${text.slice(0, SHOWN)}…` : text}
      {isCut && (
        <button type="button" class="text-button" onClick={() => setShowsAll(true)}>
          {t('Show more')}
        </button>
      )}
    </div>
  );
}
