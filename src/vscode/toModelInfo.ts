import type { ModelRow } from '../core/model/modelTable.ts';
import type { ModelInfo } from '../protocol/control.ts';

/** What a picker shows of a model. */
export function toModelInfo(row: ModelRow): ModelInfo {
  return {
    value: row.id,
    displayName: row.displayName,
    description: row.description,
    supportsEffort: row.efforts.length > 0,
    supportedEffortLevels: [...row.efforts],
    supportsAdaptiveThinking: row.thinking === 'adaptive',
  };
}
