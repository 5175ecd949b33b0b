/** What is known of a model: what it holds, what it can do and what it costs. */
import type { ModelInfo } from '../../protocol/models.ts';
import type { Effort } from './modelRequest.ts';
import { MODELS } from './models.ts';

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

export interface ModelRow {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** Tokens. */
  readonly contextWindow: number;
  /** Tokens. */
  readonly maxOutput: number;
  /** undefined: unknown cost. The tiers go by the size of the whole prompt in tokens; the first that fits counts. */
  readonly prices?: readonly { readonly upToPromptTokens: number; readonly price: Price }[];
  readonly thinking: 'adaptive' | 'budget' | 'none';
  readonly efforts: readonly Effort[];
  readonly defaultEffort?: Effort;
  /** Takes `role: "system"` messages in the middle of a conversation. */
  readonly takesSystemMessages: boolean;
}

export interface ModelTable {
  /** The row of a model id (dated ids and provider prefixes are matched to their family); a row without prices for an unknown one. */
  get(model: string): ModelRow;
  readonly rows: readonly ModelRow[];
}

/** A price as a user sets it (`belay.prices`). Cache tokens without a price of their own cost as much as input. */
export interface PriceSetting {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite5m?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
}

export interface ModelTableOptions {
  /** What the provider says of its models (listModels.ts); replaces what Belay knows by itself, but for prices. */
  readonly listed?: readonly ListedModel[];
  /** By model id. */
  readonly prices?: Readonly<Record<string, PriceSetting>>;
}

/** What a provider tells of a model. It tells no prices. */
export type ListedModel = Pick<ModelRow, 'id'> & Partial<Omit<ModelRow, 'id' | 'prices'>>;

const UNKNOWN: Omit<ModelRow, 'id' | 'displayName'> = {
  description: '',
  contextWindow: 200_000,
  maxOutput: 16_000,
  thinking: 'none',
  efforts: [],
  takesSystemMessages: false,
};

export function createModelTable({ listed = [], prices = {} }: ModelTableOptions = {}): ModelTable {
  const rows = new Map(MODELS.map((row) => [row.id, row]));
  for (const model of listed) {
    const known = rows.get(model.id) ?? rows.get(familyOf(model.id));
    rows.set(model.id, { ...(known ?? buildUnknownRow(model.id)), ...model });
  }
  for (const [id, setting] of Object.entries(prices)) {
    const known = rows.get(id) ?? rows.get(familyOf(id)) ?? buildUnknownRow(id);
    rows.set(id, {
      ...known,
      id,
      prices: [{ upToPromptTokens: Number.POSITIVE_INFINITY, price: toPrice(setting) }],
    });
  }
  return {
    rows: [...rows.values()],
    get: (model) => rows.get(model) ?? rows.get(familyOf(model)) ?? buildUnknownRow(model),
  };
}

/**
 * The model's name without what providers and releases put around it: `us.anthropic.claude-opus-5-5-20260901-v1:0` and
 * `anthropic/claude-opus-5-5` are both `claude-opus-5-5`. A name that isn't one of ours stays as it is.
 */
export function familyOf(model: string): string {
  const family =
    /(?:^|[./])(claude-[a-z]+-\d+(?:-\d{1,2})?)(?:[-@](?:\d{8}|latest))?(?:-v\d+(?::\d+)?)?(?:\[1m\])?$/.exec(
      model,
    );
  return family?.[1] ?? model;
}

/** As the panel and the clients list it. */
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

/** What can be assumed of a model nobody has told anything about. */
export function buildUnknownRow(id: string): ModelRow {
  return { id, displayName: id, ...UNKNOWN };
}

function toPrice({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: PriceSetting): Price {
  return {
    input,
    output,
    cacheRead: cacheRead ?? input,
    cacheWrite5m: cacheWrite5m ?? input,
    cacheWrite1h: cacheWrite1h ?? input,
  };
}
