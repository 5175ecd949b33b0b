/** What all cards that wait for the person share: the group, its heading, and the keys. */

import type { ComponentChildren, Ref, VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import { t } from '../l10n/texts.ts';
import { showHidden } from './hiddenCharacters.ts';

export interface RequestFrameProps {
  readonly icon: string;
  readonly title: string;
  /** The accessible name of the card. */
  readonly label?: string;
  readonly waiting: number;
  readonly frameRef: Ref<HTMLElement>;
  /** Ctrl+Enter or Cmd+Enter anywhere in the card. */
  readonly onConfirm: () => void;
  readonly children: ComponentChildren;
}

export function RequestFrame({
  icon,
  title,
  label = t('Permission request'),
  waiting,
  frameRef,
  onConfirm,
  children,
}: RequestFrameProps): VNode {
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    onConfirm();
  };
  return (
    <section class="request" role="group" aria-label={label} ref={frameRef} onKeyDownCapture={handleKey}>
      <div class="request-head">
        <Icon name={icon} />
        <h2 class="request-title">{showHidden(title)}</h2>
        {waiting > 1 && <span class="request-count">{t('1 of {0}', waiting)}</span>}
      </div>
      {children}
    </section>
  );
}
