/** The commands of a command line that holds several, each with its own verdict. */
import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import type { Request } from './describeRequest.ts';
import { toHead } from './exactHead.ts';
import { showHidden } from './hiddenCharacters.ts';
import './commandParts.css';

type Part = NonNullable<Request['command_parts']>[number];

/** Parts that are shown before all are asked for. */
export const SHOWN_PARTS = 8;

export interface CommandPartsProps {
  readonly parts: readonly Part[];
  readonly showsAll: boolean;
  readonly onShowAll: () => void;
}

export function CommandParts({ parts, showsAll, onShowAll }: CommandPartsProps): VNode | null {
  if (parts.length < 2) return null;
  const shown = showsAll ? parts : parts.slice(0, SHOWN_PARTS);
  const hidden = parts.length - shown.length;
  const asks = parts.filter(({ behavior }) => behavior === 'ask').length;
  return (
    <div class="command-parts">
      <p class="request-reason">
        {asks === 0
          ? `Each of its ${parts.length} commands would be allowed by itself.`
          : `${asks} of its ${parts.length} commands ${asks === 1 ? 'needs' : 'need'} your permission.`}
      </p>
      <ul aria-label="Its commands">
        {shown.map((part, index) => (
          <PartLine key={index} part={part} showsAll={showsAll} />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" class="more-lines" onClick={onShowAll}>
          +{hidden} {hidden === 1 ? 'command' : 'commands'}, show all
        </button>
      )}
    </div>
  );
}

function PartLine({ part, showsAll }: { readonly part: Part; readonly showsAll: boolean }): VNode {
  const { text, behavior, reason } = part;
  const head = showsAll ? text : toHead(text);
  const isAllowed = behavior === 'allow';
  return (
    <li class={`command-part is-${behavior}`}>
      <Icon name={isAllowed ? 'check' : 'question'} />
      <div class="command-part-text">
        <code>
          {showHidden(head)}
          {head.length < text.length && ` … +${text.length - head.length} characters`}
        </code>
        <span class="command-part-reason">
          {isAllowed ? 'Allowed' : 'Asked'}: {showHidden(reason)}
        </span>
      </div>
    </li>
  );
}

/** Reasons that no part gives: they are about the line as a whole. */
export function listOwnReasons({ decision_reason, command_parts = [] }: Request): readonly string[] {
  const lines = (decision_reason ?? '').split('\n').filter((line) => line !== '');
  if (command_parts.length < 2) return lines;
  return lines.filter((line) => !command_parts.some(({ reason }) => reason.includes(line)));
}
