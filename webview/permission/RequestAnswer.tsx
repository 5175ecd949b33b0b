/** The end of a card: its buttons, and room for what is to be done instead. Stays in sight however long the card is. */

import type { ComponentChildren, VNode } from 'preact';
import { TextField } from '../controls/TextField.tsx';
import { t } from '../l10n/texts.ts';

export interface RequestAnswerProps {
  /** The buttons. */
  readonly children: ComponentChildren;
  readonly placeholder: string;
  readonly instead: string;
  readonly onInstead: (text: string) => void;
  /** Enter in the field, when something stands in it. */
  readonly onRefuse: () => void;
}

export function RequestAnswer(props: RequestAnswerProps): VNode {
  const { children, placeholder, instead, onInstead, onRefuse } = props;
  return (
    <div class="request-answer">
      <div class="request-buttons">{children}</div>
      <TextField
        label={t('Tell Belay what to do instead')}
        placeholder={placeholder}
        value={instead}
        onInput={onInstead}
        onEnter={() => {
          if (instead.trim() !== '') onRefuse();
        }}
      />
    </div>
  );
}
