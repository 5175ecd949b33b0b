/** Counts tokens and dollars: of the turn, of the session, and by model. */

import type { Usage } from '../../protocol/streamEvents.ts';
import type { ModelUsage } from '../../protocol/usage.ts';
import { priceUsage } from '../model/cost.ts';
import type { ModelTable } from '../model/modelTable.ts';
import { addUsage, countTokens, NO_USAGE, toTotals, type UsageTotals } from './usageTotals.ts';

export interface UsageMeter {
  /** Counts a finished reply in. */
  add(model: string, usage: Usage): void;
  /** Counts what a reply beside the conversation (of a subagent) cost: no part of this context, nor of `turnUsage`. */
  addBeside(model: string, usage: Usage): void;
  /** Goes on from the totals that an earlier run of the session had reached. */
  restore(totals: {
    readonly byModel: Readonly<Record<string, ModelUsage>>;
    readonly costKnown: boolean;
  }): void;
  startTurn(): void;
  /** The conversation has become shorter: the next request carries about so many tokens. */
  setContext(tokens: number): void;
  readonly turnUsage: UsageTotals;
  /** US dollars; a lower bound when `costKnown` is false. */
  readonly totalCost: number;
  /** US dollars; null when a model without a price took part in the turn. */
  readonly turnCost: number | null;
  readonly costKnown: boolean;
  /** Tokens the next request will carry at least. */
  readonly contextTokens: number;
  readonly byModel: Readonly<Record<string, ModelUsage>>;
}

export function createUsageMeter(models: () => ModelTable): UsageMeter {
  let byModel: Readonly<Record<string, ModelUsage>> = {};
  let turnUsage = NO_USAGE;
  let totalCost = 0;
  let turnCost: number | null = 0;
  let costKnown = true;
  let contextTokens = 0;

  function add(model: string, usage: Usage): void {
    addBeside(model, usage);
    const counted = toTotals(usage);
    turnUsage = addUsage(turnUsage, counted);
    contextTokens = countTokens(counted);
  }

  function addBeside(model: string, usage: Usage): void {
    const row = models().get(model);
    const cost = priceUsage(row, usage);
    const counted = toTotals(usage);
    costKnown &&= cost !== undefined;
    totalCost += cost ?? 0;
    turnCost = cost === undefined || turnCost === null ? null : turnCost + cost;
    const { contextWindow, maxOutput } = row;
    byModel = {
      ...byModel,
      [model]: addModelUsage(byModel[model], {
        counted,
        cost,
        contextWindow,
        maxOutput,
        canonicalModel: row.id,
      }),
    };
  }

  return {
    add,
    setContext(tokens) {
      contextTokens = tokens;
    },
    addBeside,
    restore(totals) {
      byModel = totals.byModel;
      costKnown = totals.costKnown;
      totalCost = Object.values(totals.byModel).reduce((cost, { costUSD }) => cost + costUSD, 0);
    },
    startTurn() {
      turnUsage = NO_USAGE;
      turnCost = 0;
    },
    get turnUsage() {
      return turnUsage;
    },
    get totalCost() {
      return totalCost;
    },
    get turnCost() {
      return turnCost;
    },
    get costKnown() {
      return costKnown;
    },
    get contextTokens() {
      return contextTokens;
    },
    get byModel() {
      return byModel;
    },
  };
}

interface ModelCount {
  readonly counted: UsageTotals;
  readonly cost: number | undefined;
  readonly contextWindow: number;
  readonly maxOutput: number;
  readonly canonicalModel: string;
}

function addModelUsage(
  before: ModelUsage | undefined,
  { counted, cost, contextWindow, maxOutput, canonicalModel }: ModelCount,
): ModelUsage {
  return {
    inputTokens: (before?.inputTokens ?? 0) + counted.input_tokens,
    outputTokens: (before?.outputTokens ?? 0) + counted.output_tokens,
    cacheReadInputTokens: (before?.cacheReadInputTokens ?? 0) + counted.cache_read_input_tokens,
    cacheCreationInputTokens: (before?.cacheCreationInputTokens ?? 0) + counted.cache_creation_input_tokens,
    thinkingTokens: (before?.thinkingTokens ?? 0) + counted.output_tokens_details.thinking_tokens,
    cacheCreationEphemeral5mInputTokens:
      (before?.cacheCreationEphemeral5mInputTokens ?? 0) + counted.cache_creation.ephemeral_5m_input_tokens,
    cacheCreationEphemeral1hInputTokens:
      (before?.cacheCreationEphemeral1hInputTokens ?? 0) + counted.cache_creation.ephemeral_1h_input_tokens,
    webSearchRequests: (before?.webSearchRequests ?? 0) + counted.server_tool_use.web_search_requests,
    costUSD: (before?.costUSD ?? 0) + (cost ?? 0),
    contextWindow,
    maxOutputTokens: maxOutput,
    canonicalModel,
    costBasis: cost === undefined ? 'unknown' : 'list',
  };
}
