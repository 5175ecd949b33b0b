/** Counts tokens and dollars: of the turn, of the session, and by model. */

import type { Usage } from '../../protocol/streamEvents.ts';
import type { ModelUsage } from '../../protocol/usage.ts';
import { priceUsage } from '../model/cost.ts';
import type { ModelTable } from '../model/modelTable.ts';

export interface UsageTotals {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly [field: string]: unknown;
}

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

const NONE: UsageTotals = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

export function createUsageMeter(models: () => ModelTable): UsageMeter {
  let byModel: Readonly<Record<string, ModelUsage>> = {};
  let turnUsage = NONE;
  let totalCost = 0;
  let turnCost: number | null = 0;
  let costKnown = true;
  let contextTokens = 0;

  function add(model: string, usage: Usage): void {
    addBeside(model, usage);
    const counted = toTotals(usage);
    turnUsage = sum(turnUsage, counted);
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
      [model]: addModelUsage(byModel[model], { counted, cost, contextWindow, maxOutput }),
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
      turnUsage = NONE;
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

/** All the tokens of a reply, those it was asked with too. */
export function countTokens(usage: UsageTotals): number {
  return (
    usage.input_tokens +
    usage.cache_read_input_tokens +
    usage.cache_creation_input_tokens +
    usage.output_tokens
  );
}

function toTotals(usage: Usage): UsageTotals {
  return {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_creation_input_tokens: usage.cache_creation_input_tokens ?? 0,
    cache_read_input_tokens: usage.cache_read_input_tokens ?? 0,
  };
}

function sum(left: UsageTotals, right: UsageTotals): UsageTotals {
  return {
    input_tokens: left.input_tokens + right.input_tokens,
    output_tokens: left.output_tokens + right.output_tokens,
    cache_creation_input_tokens: left.cache_creation_input_tokens + right.cache_creation_input_tokens,
    cache_read_input_tokens: left.cache_read_input_tokens + right.cache_read_input_tokens,
  };
}

interface ModelCount {
  readonly counted: UsageTotals;
  readonly cost: number | undefined;
  readonly contextWindow: number;
  readonly maxOutput: number;
}

function addModelUsage(
  before: ModelUsage | undefined,
  { counted, cost, contextWindow, maxOutput }: ModelCount,
): ModelUsage {
  return {
    inputTokens: (before?.inputTokens ?? 0) + counted.input_tokens,
    outputTokens: (before?.outputTokens ?? 0) + counted.output_tokens,
    cacheReadInputTokens: (before?.cacheReadInputTokens ?? 0) + counted.cache_read_input_tokens,
    cacheCreationInputTokens: (before?.cacheCreationInputTokens ?? 0) + counted.cache_creation_input_tokens,
    webSearchRequests: 0,
    costUSD: (before?.costUSD ?? 0) + (cost ?? 0),
    contextWindow,
    maxOutputTokens: maxOutput,
    costBasis: cost === undefined ? 'unknown' : 'list',
  };
}
