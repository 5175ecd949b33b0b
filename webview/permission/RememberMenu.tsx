/** Behind "Allow and remember": which rule, what else it would allow, and where it is kept. A place is the answer. */

import type { VNode } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../controls/Icon.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import { showHidden } from './hiddenCharacters.ts';
import { type Destination, PLACES, type RuleChoice, toRuleTexts } from './ruleChoices.ts';
import { describeSuggestion } from './suggestions.ts';
import './rememberMenu.css';

export interface RememberMenuProps {
  readonly choices: readonly RuleChoice[];
  /** False: a click may have been meant for something else. */
  readonly isArmed: boolean;
  readonly onChoose: (choice: RuleChoice, destination: Destination) => void;
  readonly onClose: () => void;
}

export function RememberMenu({ choices, isArmed, onChoose, onClose }: RememberMenuProps): VNode | null {
  const [index, setIndex] = useState(0);
  const chosen = choices[index] ?? choices[0];
  if (chosen === undefined) return null;
  return (
    <div
      class="remember"
      role="group"
      aria-label={t('Remember')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <Rules choices={choices} index={index} onIndex={setIndex} />
      <div class="request-answer">
        <div class="remember-head">
          <IconButton icon="arrow-left" label={t('Back')} onClick={onClose} />
          <span>{t('Allow, and remember it for…')}</span>
        </div>
        <Places
          destinations={chosen.destinations}
          isArmed={isArmed}
          onChoose={(destination) => onChoose(chosen, destination)}
        />
      </div>
    </div>
  );
}

interface RulesProps {
  readonly choices: readonly RuleChoice[];
  readonly index: number;
  readonly onIndex: (index: number) => void;
}

function Rules({ choices, index, onIndex }: RulesProps): VNode {
  const name = useId();
  if (choices.length === 1 && choices[0] !== undefined) return <Rule choice={choices[0]} />;
  return (
    <fieldset class="remember-rules" aria-label={t('Rule')}>
      {choices.map((choice, position) => (
        <label key={position} class="remember-choice">
          <input type="radio" name={name} checked={position === index} onChange={() => onIndex(position)} />
          <Rule choice={choice} />
        </label>
      ))}
    </fieldset>
  );
}

function Rule({ choice }: { readonly choice: RuleChoice }): VNode {
  const rules = toRuleTexts(choice);
  const { updates, alsoAllows } = choice;
  return (
    <div class="remember-rule">
      {rules.length === 0
        ? updates.map((update) => <span key={update.type}>{showHidden(describeSuggestion(update))}</span>)
        : rules.map((rule) => <code key={rule}>{showHidden(rule)}</code>)}
      <div class="remember-also">
        {alsoAllows.length === 0
          ? t('Nothing like it that was tried is allowed with it.')
          : alsoAllows.map((example, index) => (
              <>
                {index === 0 ? `${t('Would also allow')} ` : ', '}
                <code key={example}>{showHidden(example)}</code>
              </>
            ))}
      </div>
    </div>
  );
}

interface PlacesProps {
  readonly destinations: readonly Destination[];
  readonly isArmed: boolean;
  readonly onChoose: (destination: Destination) => void;
}

function Places({ destinations, isArmed, onChoose }: PlacesProps): VNode {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus(), []);
  return (
    <div
      class="remember-places"
      role="menu"
      aria-label={t('Where')}
      tabIndex={-1}
      ref={menu}
      onKeyDown={moveFocus}
    >
      {destinations.map((destination) => (
        <button
          key={destination}
          type="button"
          role="menuitem"
          class="remember-place"
          aria-disabled={!isArmed}
          onClick={() => onChoose(destination)}
        >
          <Icon name={ICONS[destination]} />
          <span class="remember-text">
            <span>{PLACES[destination].label}</span>
            <span class="remember-hint">{PLACES[destination].hint}</span>
          </span>
        </button>
      ))}
    </div>
  );
}

const ICONS: Readonly<Record<Destination, string>> = {
  session: 'history',
  cliArg: 'history',
  localSettings: 'account',
  projectSettings: 'organization',
  userSettings: 'home',
};

function moveFocus(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const now = items.findIndex((item) => item.contains(document.activeElement));
  items[step(now, items.length)]?.focus();
  event.preventDefault();
}

const STEPS: Readonly<Record<string, (now: number, count: number) => number>> = {
  ArrowDown: (now, count) => (now + 1) % count,
  ArrowUp: (now, count) => (now + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};
