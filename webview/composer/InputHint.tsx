/** Says what becomes of what is written where that is no message. */

import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import { t } from '../l10n/texts.ts';
import type { InputKind } from './inputKind.ts';

type Hinted = Exclude<InputKind, 'message'>;

function toHint(kind: Hinted) {
  return kind === 'command'
    ? { icon: 'terminal', text: t('Runs in the shell. Belay reads the output with your next message.') }
    : { icon: 'book', text: t('Goes into a memory file of your choice, which Belay follows from then on.') };
}

export function InputHint({ kind }: { readonly kind: Hinted }): VNode {
  const { icon, text } = toHint(kind);
  return (
    <p class="input-hint" role="status">
      <Icon name={icon} />
      <span>{text}</span>
    </p>
  );
}
