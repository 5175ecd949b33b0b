/** A text somebody decides on: nothing in it is invisible, and what is not shown is said and can be shown. */
import type { VNode } from 'preact';
import { countHiddenLines, toHead } from './exactHead.ts';
import { hasHidden, showHidden } from './hiddenCharacters.ts';

export interface ExactTextProps {
  readonly text: string;
  readonly showsAll: boolean;
  readonly onShowAll: () => void;
}

export function ExactText({ text, showsAll, onShowAll }: ExactTextProps): VNode {
  const hidden = showsAll ? 0 : countHiddenLines(text);
  const shown = hidden === 0 ? text : toHead(text);
  return (
    <>
      {hasHidden(text) && (
        <p class="request-warning">Contains characters that cannot be seen. They are shown as ⟨U+…⟩.</p>
      )}
      <div class="exact">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre class="exact-text" tabIndex={0}>
          {showHidden(shown)}
        </pre>
        {hidden > 0 && (
          <button type="button" class="more-lines" onClick={onShowAll}>
            +{hidden} {hidden === 1 ? 'line' : 'lines'}, show all
          </button>
        )}
      </div>
    </>
  );
}
