/**
 * Tells what the sessions are doing, and that one waits for a person, without ever taking the focus: a status bar item,
 * context keys for menus and keys, and one notification where a question waits that nobody can see.
 */
import {
  commands,
  type Disposable,
  l10n,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from 'vscode';

export interface Activity {
  /** Sessions in the middle of a turn. */
  readonly running: number;
  /** Questions that wait for an answer. */
  readonly waiting: number;
  /** Questions among them that stand on no visible panel. */
  readonly unseen: number;
  readonly canRedo: boolean;
}

export interface Attention extends Disposable {
  update(activity: Activity): void;
}

/** `show` brings the panel to the front on which the oldest question stands. */
export function createAttention(show: () => void): Attention {
  const item = window.createStatusBarItem('belay.status', StatusBarAlignment.Right, 0);
  item.name = 'Belay';
  item.command = 'belay.open';
  drawStatus(item, { running: 0, waiting: 0, unseen: 0, canRedo: false });
  item.show();
  /** A notification stays until a person or the end of the wait closes it; the next wait may have one again. */
  let isNotified = false;

  return {
    update(activity) {
      drawStatus(item, activity);
      setContext('belay.running', activity.running > 0);
      setContext('belay.waiting', activity.waiting > 0);
      setContext('belay.canRedo', activity.canRedo);
      if (activity.waiting === 0) isNotified = false;
      if (activity.unseen === 0 || isNotified) return;
      isNotified = true;
      void notify(show);
    },
    dispose: () => item.dispose(),
  };
}

async function notify(show: () => void): Promise<void> {
  const open = l10n.t('Show');
  const chosen = await window.showInformationMessage(l10n.t('Belay needs your permission to go on.'), open);
  if (chosen === open) show();
}

function drawStatus(item: StatusBarItem, { running, waiting }: Activity): void {
  const state = waiting > 0 ? 'waiting' : running > 0 ? 'running' : 'idle';
  const look = describeStatus(state);
  item.text = look.text;
  item.tooltip = look.tooltip;
  item.accessibilityInformation = { label: look.tooltip, role: 'button' };
  item.backgroundColor = state === 'waiting' ? new ThemeColor('statusBarItem.warningBackground') : undefined;
}

function describeStatus(state: 'idle' | 'running' | 'waiting') {
  switch (state) {
    case 'idle':
      return { text: '$(comment-discussion) Belay', tooltip: l10n.t('Belay: open the chat') };
    case 'running':
      return { text: '$(loading~spin) Belay', tooltip: l10n.t('Belay is working') };
    case 'waiting':
      return {
        text: `$(bell-dot) ${l10n.t('Belay needs you')}`,
        tooltip: l10n.t('Belay needs your permission'),
      };
    default:
      return state satisfies never;
  }
}

function setContext(key: string, value: boolean): void {
  void commands.executeCommand('setContext', key, value);
}
