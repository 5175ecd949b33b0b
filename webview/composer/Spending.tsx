/** How full the context is, and what the session has cost. */

import type { VNode } from 'preact';
import { ContextRing } from '../controls/ContextRing.tsx';
import { t } from '../l10n/texts.ts';
import { useModel } from '../view/context.ts';
import { formatCost, formatTokens } from '../view/format.ts';

export function Spending(): VNode | null {
  const spending = useModel((model) => model.spending);
  if (spending === null) return null;
  const { contextTokens, contextWindow, totalUsd, isCostKnown } = spending;
  const share = contextWindow > 0 ? contextTokens / contextWindow : 0;
  const context = t(
    'Context: {0} of {1} tokens used ({2}%)',
    formatTokens(contextTokens),
    formatTokens(contextWindow),
    Math.round(share * 100),
  );
  return (
    <>
      <span class="cost" title={t('What this session has cost so far')}>
        {toCost(totalUsd, isCostKnown)}
      </span>
      <ContextRing share={share} label={context} />
    </>
  );
}

/** Where a part has no known price, the sum is a lower bound. */
function toCost(usd: number, isKnown: boolean): string {
  if (isKnown) return formatCost(usd);
  return usd > 0 ? `≥ ${formatCost(usd)}` : formatCost(null);
}
