/** What a subagent uses: its tokens are its own, its cost is the session's. */

import { createUsageMeter, type UsageMeter } from '../loop/usageMeter.ts';
import type { ModelTable } from '../model/modelTable.ts';

/** `totalCost` is the session's, so that its limit holds for all its agents together; `turnUsage` is all of the subagent's own. */
export function createSubagentMeter(session: UsageMeter, models: () => ModelTable): UsageMeter {
  const own = createUsageMeter(models);
  return {
    add(model, usage) {
      own.add(model, usage);
      session.addBeside(model, usage);
    },
    addBeside: session.addBeside,
    restore: session.restore,
    startTurn: () => own.startTurn(),
    setContext: own.setContext,
    get turnUsage() {
      return own.turnUsage;
    },
    get totalCost() {
      return session.totalCost;
    },
    get turnCost() {
      return session.turnCost;
    },
    get costKnown() {
      return session.costKnown;
    },
    get contextTokens() {
      return own.contextTokens;
    },
    get byModel() {
      return own.byModel;
    },
  };
}
