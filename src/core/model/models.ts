/**
 * The models Belay knows by itself, as the vendor's pages had them in November 2026. US dollars per million tokens. What the
 * provider says at run time (`GET /v1/models`) and what a user sets go before; a model that isn't here costs "unknown".
 */
import type { Effort } from './modelRequest.ts';
import type { ModelRow, Price } from './modelTable.ts';

const ALL_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const UP_TO_MAX: readonly Effort[] = ['low', 'medium', 'high', 'max'];

const OPUS_5: Price = { input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10 };
const SONNET_4: Price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 };

const large = { contextWindow: 1_000_000, maxOutput: 128_000 } as const;
const small = { contextWindow: 200_000, maxOutput: 64_000 } as const;

export const MODELS: readonly ModelRow[] = [
  {
    id: 'claude-sonnet-5-5',
    displayName: 'Claude Sonnet 5.5',
    description: 'For everyday coding: fast, and strong at long tasks',
    ...large,
    prices: always({ input: 2, output: 10, cacheRead: 0.1, cacheWrite5m: 2.5, cacheWrite1h: 4 }),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    defaultEffort: 'high',
    takesSystemMessages: true,
  },
  {
    id: 'claude-opus-5-5',
    displayName: 'Claude Opus 5.5',
    description: 'For hard problems',
    ...large,
    prices: always({ input: 4, output: 20, cacheRead: 0.2, cacheWrite5m: 5, cacheWrite1h: 8 }),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    defaultEffort: 'medium',
    takesSystemMessages: true,
  },
  {
    id: 'claude-fable-5-1',
    displayName: 'Claude Fable 5.1',
    description: 'For the hardest problems, at a price',
    ...large,
    prices: always({ input: 10, output: 50, cacheRead: 0.25, cacheWrite5m: 12.5, cacheWrite1h: 20 }),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    defaultEffort: 'high',
    takesSystemMessages: true,
  },
  {
    id: 'claude-haiku-5-5',
    displayName: 'Claude Haiku 5.5',
    description: 'The fastest and cheapest',
    ...large,
    prices: [
      {
        upToPromptTokens: 100_000,
        price: { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite5m: 0.125, cacheWrite1h: 0.2 },
      },
      {
        upToPromptTokens: Number.POSITIVE_INFINITY,
        price: { input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite5m: 0.625, cacheWrite1h: 1 },
      },
    ],
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    defaultEffort: 'medium',
    takesSystemMessages: true,
  },
  {
    id: 'claude-opus-5',
    displayName: 'Claude Opus 5',
    description: 'The former Opus',
    ...large,
    prices: always(OPUS_5),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    defaultEffort: 'high',
    takesSystemMessages: true,
  },
  {
    id: 'claude-sonnet-5',
    displayName: 'Claude Sonnet 5',
    description: 'The former Sonnet',
    ...large,
    prices: always({ input: 2, output: 10, cacheRead: 0.2, cacheWrite5m: 2.5, cacheWrite1h: 4 }),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    defaultEffort: 'high',
    takesSystemMessages: true,
  },
  {
    id: 'claude-haiku-4-5',
    displayName: 'Claude Haiku 4.5',
    description: 'The former Haiku',
    ...small,
    prices: always({ input: 1, output: 5, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 }),
    thinking: 'budget',
    efforts: [],
    takesSystemMessages: false,
  },
  {
    id: 'claude-opus-4-8',
    displayName: 'Claude Opus 4.8',
    description: 'An older Opus',
    ...large,
    prices: always(OPUS_5),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    takesSystemMessages: true,
  },
  {
    id: 'claude-opus-4-7',
    displayName: 'Claude Opus 4.7',
    description: 'An older Opus',
    ...large,
    prices: always(OPUS_5),
    thinking: 'adaptive',
    efforts: ALL_EFFORTS,
    takesSystemMessages: false,
  },
  {
    id: 'claude-opus-4-6',
    displayName: 'Claude Opus 4.6',
    description: 'An older Opus',
    ...large,
    prices: always(OPUS_5),
    thinking: 'adaptive',
    efforts: UP_TO_MAX,
    takesSystemMessages: false,
  },
  {
    id: 'claude-opus-4-5',
    displayName: 'Claude Opus 4.5',
    description: 'An older Opus',
    ...small,
    prices: always(OPUS_5),
    thinking: 'budget',
    efforts: ['low', 'medium', 'high'],
    takesSystemMessages: false,
  },
  {
    id: 'claude-sonnet-4-6',
    displayName: 'Claude Sonnet 4.6',
    description: 'An older Sonnet',
    contextWindow: 1_000_000,
    maxOutput: 64_000,
    prices: always(SONNET_4),
    thinking: 'adaptive',
    efforts: UP_TO_MAX,
    takesSystemMessages: false,
  },
  {
    id: 'claude-sonnet-4-5',
    displayName: 'Claude Sonnet 4.5',
    description: 'An older Sonnet',
    ...small,
    prices: always(SONNET_4),
    thinking: 'budget',
    efforts: [],
    takesSystemMessages: false,
  },
];

function always(price: Price): NonNullable<ModelRow['prices']> {
  return [{ upToPromptTokens: Number.POSITIVE_INFINITY, price }];
}
