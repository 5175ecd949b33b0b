/** Refuses what the Messages API refuses, as of November 2026: everything of a request but its messages. */
import { MODELS } from '../../../src/core/model/models.ts';
import { familyOf } from '../../../src/core/model/modelTable.ts';
import { type ApiBlock, type ApiRequest, blocksOf, demand, Refusal } from './apiRequest.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'metadata',
  'stop_sequences',
  'stream',
  'service_tier',
  'temperature',
  'top_p',
  'top_k',
  'container',
  'diagnostics',
  'inference_geo',
  'speed',
]);

/** Models that always think and take no sampling parameters. */
const NEWEST: ReadonlySet<string> = new Set([
  'claude-fable-5-1',
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
]);

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

export interface CheckOptions {
  /** Models the account has besides those everybody has; 'any' for a server that takes every name. */
  readonly models: readonly string[] | 'any';
  readonly betas: readonly string[];
}

export function checkParameters(body: ApiRequest, options: CheckOptions): void {
  for (const field of Object.keys(body))
    demand(FIELDS.has(field), `${field}: Extra inputs are not permitted`);
  checkModel(body, options);
  checkSampling(body);
  checkThinking(body, options);
  checkToolChoice(body);
  checkEffort(body);
  checkTools(body.tools ?? []);
  checkSystem(body.system);
  checkCacheMarks(body);
}

function checkModel({ model, max_tokens }: ApiRequest, { models }: CheckOptions): void {
  demand(typeof model === 'string', 'model: Field required');
  const row = MODELS.find(({ id }) => id === familyOf(model));
  if (row === undefined && models !== 'any' && !models.includes(model)) {
    throw new Refusal(`model: ${model}`, { status: 404, type: 'not_found_error' });
  }
  demand(Number.isInteger(max_tokens) && max_tokens >= 1, 'max_tokens: must be a positive integer');
  const limit = row?.maxOutput ?? Number.POSITIVE_INFINITY;
  demand(max_tokens <= limit, `max_tokens: ${max_tokens} > ${limit}, which is the maximum for ${model}`);
}

function checkSampling(body: ApiRequest): void {
  if (!isNewest(body)) return;
  for (const [field, standard] of [
    ['temperature', 1],
    ['top_p', 1],
    ['top_k', null],
  ] as const) {
    const value = body[field];
    demand(value === undefined || value === standard, `${field}: not supported on ${body.model}`);
  }
}

function checkThinking(body: ApiRequest, { betas }: CheckOptions): void {
  const thinking = body.thinking as Readonly<Record<string, unknown>> | undefined;
  if (thinking === undefined) return;
  const { type, display, budget_tokens } = thinking;
  const kind = MODELS.find(({ id }) => id === familyOf(body.model))?.thinking;
  demand(
    ['adaptive', 'enabled', 'disabled', 'between_tools'].includes(String(type)),
    'thinking.type: unknown',
  );
  demand(
    !isNewest(body) || (type !== 'disabled' && type !== 'enabled'),
    `thinking.type: ${type} is not supported on ${body.model}`,
  );
  demand(
    type !== 'adaptive' || kind !== 'budget',
    `thinking.type: adaptive is not supported on ${body.model}`,
  );
  if (type === 'between_tools') {
    demand(
      familyOf(body.model) === 'claude-sonnet-5-5',
      `thinking.type: between_tools is not supported on ${body.model}`,
    );
    demand(
      !['xhigh', 'max'].includes(String(effortOf(body))),
      'thinking.type: between_tools needs effort high or lower',
    );
  }
  if (type === 'enabled') {
    const budget = Number(budget_tokens);
    demand(
      budget >= 1024 && budget < body.max_tokens,
      'thinking.budget_tokens: must be from 1024 to less than max_tokens',
    );
  }
  const displays = [
    'summarized',
    'omitted',
    ...(betas.includes('thinking-display-updates-2026-08-18') ? ['updates'] : []),
  ];
  demand(
    display === undefined || display === null || displays.includes(String(display)),
    `thinking.display: ${display} is unknown`,
  );
}

function checkToolChoice(body: ApiRequest): void {
  const type = (body.tool_choice as { readonly type?: unknown } | undefined)?.type;
  if (type === undefined) return;
  demand(['auto', 'any', 'tool', 'none'].includes(String(type)), `tool_choice.type: ${type} is unknown`);
  demand(
    !isNewest(body) || (type !== 'any' && type !== 'tool'),
    `tool_choice: ${type} is not supported on ${body.model}`,
  );
}

function checkEffort(body: ApiRequest): void {
  const effort = effortOf(body);
  if (effort === undefined || effort === null) return;
  demand(EFFORTS.includes(String(effort)), `output_config.effort: ${effort} is unknown`);
  const row = MODELS.find(({ id }) => id === familyOf(body.model));
  demand(
    row === undefined || row.efforts.some((known) => known === effort),
    `output_config.effort: ${effort} is not supported on ${body.model}`,
  );
}

function effortOf(body: ApiRequest): unknown {
  return (body.output_config as { readonly effort?: unknown } | undefined)?.effort;
}

function checkTools(tools: NonNullable<ApiRequest['tools']>): void {
  const names = new Set<unknown>();
  for (const [index, { name, input_schema, type, ...rest }] of tools.entries()) {
    if (type !== undefined && type !== 'custom') continue;
    demand(
      /^[a-zA-Z0-9_-]{1,128}$/.test(String(name)),
      `tools.${index}.name: must match ^[a-zA-Z0-9_-]{1,128}$`,
    );
    demand(!names.has(name), `tools: Tool names must be unique (${name})`);
    names.add(name);
    demand(
      (input_schema as { readonly type?: unknown } | undefined)?.type === 'object',
      `tools.${index}.input_schema.type: must be "object"`,
    );
    for (const field of Object.keys(rest)) {
      demand(
        ['description', 'cache_control', 'strict', 'eager_input_streaming'].includes(field),
        `tools.${index}.${field}: Extra inputs are not permitted`,
      );
    }
  }
}

function checkSystem(system: ApiRequest['system']): void {
  if (system === undefined) return;
  const blocks: readonly ApiBlock[] = typeof system === 'string' ? [{ type: 'text', text: system }] : system;
  for (const { type, text } of blocks) {
    demand(type === 'text', `system: a block of the type ${type}`);
    demand(typeof text === 'string' && text.trim() !== '', 'system: text content blocks must be non-empty');
  }
}

function checkCacheMarks(body: ApiRequest): void {
  const blocks: readonly Readonly<Record<string, unknown>>[] = [
    ...(body.tools ?? []),
    ...(typeof body.system === 'object' ? body.system : []),
    ...body.messages.flatMap(blocksOf),
  ];
  const marked = blocks.filter(({ cache_control }) => cache_control !== undefined && cache_control !== null);
  for (const { type, cache_control } of [...marked, body]) {
    if (cache_control === undefined || cache_control === null) continue;
    const { type: kind, ttl } = cache_control as { readonly type?: unknown; readonly ttl?: unknown };
    demand(kind === 'ephemeral', 'cache_control.type: must be "ephemeral"');
    demand(ttl === undefined || ttl === '5m' || ttl === '1h', 'cache_control.ttl: must be 5m or 1h');
    demand(type !== 'thinking' && type !== 'redacted_thinking', `${type}: cache_control is not permitted`);
  }
  const count = marked.length + (body.cache_control === undefined || body.cache_control === null ? 0 : 1);
  demand(count <= 4, `A maximum of 4 blocks with cache_control may be provided. Found ${count}.`);
}

function isNewest({ model }: ApiRequest): boolean {
  return NEWEST.has(familyOf(model));
}
