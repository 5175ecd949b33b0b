/** What a provider says of its models at run time (https://docs.anthropic.com/en/api/models-list). */
import * as z from 'zod';
import type { Clock } from '../ports.ts';
import { type AnthropicAccess, createConnect, parseAddress, toEdgeError } from './anthropicClient.ts';
import { ModelError } from './modelError.ts';
import type { Effort } from './modelRequest.ts';
import type { ListedModel } from './modelTable.ts';

const support = z.object({ supported: z.boolean() }).nullish();
const listedModel = z.object({
  id: z.string(),
  display_name: z.string().nullish(),
  max_input_tokens: z.number().nullish(),
  max_tokens: z.number().nullish(),
  lifecycle: z.string().nullish(),
  capabilities: z
    .object({
      effort: z
        .object({ low: support, medium: support, high: support, xhigh: support, max: support })
        .nullish(),
      thinking: z.object({ types: z.object({ adaptive: support, enabled: support }).nullish() }).nullish(),
    })
    .nullish(),
});
/** A model that doesn't look like one is left out, not the whole list. */
const modelPage = z.object({ data: z.array(listedModel.nullable().catch(null)) });

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Newest first. Throws ModelError; a server without such a list answers with an error, too. */
export async function listModels(
  access: AnthropicAccess & { readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const address = parseAddress(access.baseUrl());
  const client = await createConnect(access)(address);
  try {
    const answer: unknown = await client.get('/v1/models', { query: { limit: 1000 }, signal });
    const page = modelPage.safeParse(answer);
    if (!page.success) {
      throw new ModelError({
        kind: 'bad_response',
        code: 'not_a_list',
        host: address.host,
        message: 'The answer is no list of models.',
      });
    }
    return page.data.data.flatMap((model) =>
      model === null || model.lifecycle === 'retired' ? [] : [toListedModel(model)],
    );
  } catch (thrown) {
    signal.throwIfAborted();
    throw toEdgeError(thrown, { host: address.host, now: access.clock.now() });
  }
}

function toListedModel(model: z.infer<typeof listedModel>): ListedModel {
  const { effort, thinking } = model.capabilities ?? {};
  const { adaptive, enabled } = thinking?.types ?? {};
  const efforts = effort && EFFORTS.filter((level) => effort[level]?.supported === true);
  return {
    id: model.id,
    ...(model.display_name == null ? {} : { displayName: model.display_name }),
    ...(model.max_input_tokens == null ? {} : { contextWindow: model.max_input_tokens }),
    ...(model.max_tokens == null ? {} : { maxOutput: model.max_tokens }),
    ...(adaptive === undefined || adaptive === null
      ? {}
      : { thinking: adaptive.supported ? 'adaptive' : enabled?.supported === true ? 'budget' : 'none' }),
    ...(efforts ? { efforts } : {}),
  };
}
