import { describe, expect, test } from 'vitest';
import { priceUsage } from '../../../../src/core/model/cost.ts';
import { MODELS } from '../../../../src/core/model/models.ts';
import { createModelTable, familyOf, toModelInfo } from '../../../../src/core/model/modelTable.ts';

const million = (field: string, rest: object = {}) => ({
  input_tokens: 0,
  output_tokens: 0,
  [field]: 1_000_000,
  ...rest,
});

describe('the price of a million tokens', () => {
  // input, output, cache read, cache write 5 min, cache write 1 h
  test.each<[string, number, number, number, number, number]>([
    ['claude-fable-5-1', 10, 50, 0.25, 12.5, 20],
    ['claude-opus-5-5', 4, 20, 0.2, 5, 8],
    ['claude-sonnet-5-5', 2, 10, 0.1, 2.5, 4],
    ['claude-opus-5', 5, 25, 0.5, 6.25, 10],
    ['claude-sonnet-5', 2, 10, 0.2, 2.5, 4],
    ['claude-haiku-4-5', 1, 5, 0.1, 1.25, 2],
    ['claude-opus-4-5', 5, 25, 0.5, 6.25, 10],
    ['claude-opus-4-8', 5, 25, 0.5, 6.25, 10],
    ['claude-sonnet-4-6', 3, 15, 0.3, 3.75, 6],
  ])('%s', (id, input, output, read, write5m, write1h) => {
    const row = createModelTable().get(id);
    const price = (usage: ReturnType<typeof million>) => priceUsage(row, usage);
    expect(price(million('input_tokens'))).toBeCloseTo(input, 9);
    expect(price(million('output_tokens'))).toBeCloseTo(output, 9);
    expect(price(million('cache_read_input_tokens'))).toBeCloseTo(read, 9);
    expect(price(million('cache_creation_input_tokens'))).toBeCloseTo(write5m, 9);
    expect(
      price(
        million('cache_creation_input_tokens', { cache_creation: { ephemeral_1h_input_tokens: 1_000_000 } }),
      ),
    ).toBeCloseTo(write1h, 9);
  });

  test('of claude-haiku-5-5 goes by the size of the whole prompt', () => {
    const row = createModelTable().get('claude-haiku-5-5');
    const usage = { input_tokens: 1000, output_tokens: 1000, cache_read_input_tokens: 90_000 };
    const small = { ...usage, cache_creation_input_tokens: 9000 };
    const large = { ...usage, cache_creation_input_tokens: 9001 };
    expect(priceUsage(row, small)).toBeCloseTo(
      (1000 * 0.1 + 1000 * 0.5 + 90_000 * 0.01 + 9000 * 0.125) / 1e6,
      12,
    );
    expect(priceUsage(row, large)).toBeCloseTo(
      (1000 * 0.5 + 1000 * 2.5 + 90_000 * 0.05 + 9001 * 0.625) / 1e6,
      12,
    );
  });

  test('of writes for both times is split', () => {
    const row = createModelTable().get('claude-sonnet-5-5');
    const usage = {
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 1_000_000,
      cache_creation: { ephemeral_5m_input_tokens: 600_000, ephemeral_1h_input_tokens: 400_000 },
    };
    expect(priceUsage(row, usage)).toBeCloseTo(0.6 * 2.5 + 0.4 * 4, 9);
  });

  test('of an unknown model is unknown', () => {
    expect(priceUsage(createModelTable().get('llama-4'), million('input_tokens'))).toBeUndefined();
  });
});

describe('the row of a model', () => {
  test.each([
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['anthropic/claude-sonnet-5-5', 'claude-sonnet-5-5'],
    ['us.anthropic.claude-opus-5-5-20260901-v1:0', 'claude-opus-5-5'],
    ['anthropic.claude-opus-5-v1', 'claude-opus-5'],
    ['claude-sonnet-5@20260401', 'claude-sonnet-5'],
    ['claude-sonnet-4-6-latest', 'claude-sonnet-4-6'],
    ['claude-sonnet-5-5[1m]', 'claude-sonnet-5-5'],
  ])('%s is that of its family %s', (model, family) => {
    expect(familyOf(model)).toBe(family);
    expect(createModelTable().get(model).id).toBe(family);
  });

  test('an unlisted version is not taken for its neighbour', () => {
    expect(createModelTable().get('claude-opus-5-9')).toEqual({
      id: 'claude-opus-5-9',
      displayName: 'claude-opus-5-9',
      description: '',
      contextWindow: 200_000,
      maxOutput: 16_000,
      thinking: 'none',
      efforts: [],
      takesSystemMessages: false,
    });
    expect(familyOf('my-claude-opus-5-finetune')).toBe('my-claude-opus-5-finetune');
  });

  test('ids are those of the families, each once', () => {
    expect(new Set(MODELS.map(({ id }) => id)).size).toBe(MODELS.length);
    for (const { id } of MODELS) expect(familyOf(id)).toBe(id);
  });

  test('a user can set prices, for known models and for others', () => {
    const table = createModelTable({
      prices: {
        'claude-opus-5-5': { input: 1, output: 2, cacheRead: 0.5 },
        'my-model': { input: 3, output: 4 },
      },
    });
    expect(table.get('claude-opus-5-5')).toMatchObject({
      displayName: 'Claude Opus 5.5',
      thinking: 'adaptive',
    });
    expect(priceUsage(table.get('claude-opus-5-5-20260901'), million('cache_read_input_tokens'))).toBeCloseTo(
      0.5,
      9,
    );
    expect(priceUsage(table.get('my-model'), million('cache_creation_input_tokens'))).toBeCloseTo(3, 9);
    expect(table.rows.map(({ id }) => id)).toContain('my-model');
  });

  test('what the provider says goes before what Belay knows, but for prices', () => {
    const table = createModelTable({
      listed: [
        { id: 'claude-sonnet-5-5', contextWindow: 500_000 },
        { id: 'claude-nova-6', displayName: 'Claude Nova 6', maxOutput: 256_000, thinking: 'adaptive' },
      ],
    });
    expect(table.get('claude-sonnet-5-5')).toMatchObject({ contextWindow: 500_000, maxOutput: 128_000 });
    expect(table.get('claude-sonnet-5-5').prices).toBeDefined();
    expect(table.get('claude-nova-6')).toMatchObject({ contextWindow: 200_000, maxOutput: 256_000 });
    expect(table.get('claude-nova-6').prices).toBeUndefined();
  });

  test('tells clients what it can do', () => {
    expect(toModelInfo(createModelTable().get('claude-haiku-4-5'))).toEqual({
      value: 'claude-haiku-4-5',
      displayName: 'Claude Haiku 4.5',
      description: 'The former Haiku',
      supportsEffort: false,
      supportedEffortLevels: [],
      supportsAdaptiveThinking: false,
    });
  });
});
