/** Tokens of several replies together, with every field that the SDK's `NonNullableUsage` has. */
import type { Usage } from '../../protocol/streamEvents.ts';

export interface UsageTotals {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  };
  readonly server_tool_use: { readonly web_search_requests: number; readonly web_fetch_requests: number };
  readonly output_tokens_details: { readonly thinking_tokens: number };
  /** Of the last reply; `standard` where it was not told. */
  readonly service_tier: string;
  /** Of the last reply; empty where it was not told. */
  readonly inference_geo: string;
  /** Belay asks for none. */
  readonly iterations: readonly never[];
  readonly [field: string]: unknown;
}

export const NO_USAGE: UsageTotals = toTotals({ input_tokens: 0, output_tokens: 0 });

/** What a provider leaves out counts as none. */
export function toTotals(usage: Usage): UsageTotals {
  return {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_creation_input_tokens: usage.cache_creation_input_tokens ?? 0,
    cache_read_input_tokens: usage.cache_read_input_tokens ?? 0,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cache_creation?.ephemeral_5m_input_tokens ?? 0,
      ephemeral_1h_input_tokens: usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
    },
    server_tool_use: {
      web_search_requests: usage.server_tool_use?.web_search_requests ?? 0,
      web_fetch_requests: usage.server_tool_use?.web_fetch_requests ?? 0,
    },
    output_tokens_details: { thinking_tokens: usage.output_tokens_details?.thinking_tokens ?? 0 },
    service_tier: usage.service_tier ?? 'standard',
    inference_geo: usage.inference_geo ?? '',
    iterations: [],
  };
}

/** `later` says the words, both the numbers. */
export function addUsage(earlier: UsageTotals, later: UsageTotals): UsageTotals {
  return {
    ...later,
    input_tokens: earlier.input_tokens + later.input_tokens,
    output_tokens: earlier.output_tokens + later.output_tokens,
    cache_creation_input_tokens: earlier.cache_creation_input_tokens + later.cache_creation_input_tokens,
    cache_read_input_tokens: earlier.cache_read_input_tokens + later.cache_read_input_tokens,
    cache_creation: addEach(earlier.cache_creation, later.cache_creation),
    server_tool_use: addEach(earlier.server_tool_use, later.server_tool_use),
    output_tokens_details: addEach(earlier.output_tokens_details, later.output_tokens_details),
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

function addEach<Counts extends { readonly [name: string]: number }>(left: Counts, right: Counts): Counts {
  const sums = Object.entries(left).map(([name, count]) => [name, count + (right[name] ?? 0)]);
  return { ...left, ...Object.fromEntries(sums) };
}
