/** Which session this is, and the ways to others. */

import type { VNode } from 'preact';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import { useModel, usePanel } from './context.ts';
import './header.css';

export interface HeaderProps {
  readonly isListOpen: boolean;
  readonly onToggleList: () => void;
}

export function Header({ isListOpen, onToggleList }: HeaderProps): VNode {
  const { peer, announce } = usePanel();
  const title = useModel((model) => model.host?.title ?? '');
  const label = useModel((model) => model.host?.provider_label ?? '');
  const isOffline = useModel((model) => model.host?.provider === 'offline');
  const startNew = (): void => {
    peer
      .request('belay/session_open', { session_id: null })
      .catch(() => announce(t('A new session could not be started.')));
  };
  return (
    <header class="panel-header">
      <h1 class="panel-title" title={title}>
        {title}
      </h1>
      {isOffline && (
        <span class="offline-label" title={label}>
          {t('Scripted offline model')}
        </span>
      )}
      <IconButton icon="history" label={t('Sessions')} expanded={isListOpen} onClick={onToggleList} />
      <IconButton icon="add" label={t('New session')} onClick={startNew} />
    </header>
  );
}
