/** The suggestions above what is being written. The focus stays in the text. */

import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../controls/Icon.tsx';
import { t } from '../../l10n/texts.ts';
import type { Completion } from './useCompletion.ts';
import './completion.css';

export const COMPLETION_ID = 'completion';

/** Id of an option, for `aria-activedescendant`. */
export function toOptionId(index: number): string {
  return `${COMPLETION_ID}-${index}`;
}

export function CompletionList({ completion }: { readonly completion: Completion }): VNode | null {
  const { suggestions, active, setActive, choose } = completion;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active, suggestions]);
  if (suggestions.length === 0) return null;
  return (
    <div class="completion" id={COMPLETION_ID} role="listbox" aria-label={t('Suggestions')} ref={list}>
      {suggestions.map(({ key, icon, label, detail }, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text (aria-activedescendant)
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are those of the text
        <div
          key={key}
          id={toOptionId(index)}
          role="option"
          aria-selected={index === active}
          class={index === active ? 'completion-option is-active' : 'completion-option'}
          title={detail === '' ? label : `${label} · ${detail}`}
          onMouseMove={() => setActive(index)}
          // Before the text loses the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(index)}
        >
          <Icon name={icon} />
          <span class="completion-label">{label}</span>
          <span class="completion-detail">{detail}</span>
        </div>
      ))}
    </div>
  );
}
