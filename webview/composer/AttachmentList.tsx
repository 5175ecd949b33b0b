import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import type { Attachments } from './useAttachments.ts';

/** The files of the message being written, each with a way to take it out again. */
export function AttachmentList({ attachments }: { readonly attachments: Attachments }): VNode | null {
  const { list, problem, remove } = attachments;
  if (list.length === 0 && problem === '') return null;
  return (
    <>
      {list.length > 0 && (
        <ul class="attachments" aria-label={t('Attached files')}>
          {list.map(({ id, name, thumbnail }) => (
            <li key={id} class="attached">
              {thumbnail === null ? <Icon name="file" /> : <img src={thumbnail} alt="" />}
              <span class="attached-name" title={name}>
                {name}
              </span>
              <IconButton icon="close" label={t('Remove {0}', name)} onClick={() => remove(id)} />
            </li>
          ))}
        </ul>
      )}
      {problem !== '' && (
        <p class="attach-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
