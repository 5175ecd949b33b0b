/** What is asked of the model in a turn: the prefix of the session, and of the conversation what it may see. */
import type { ModelRequest } from '../model/modelRequest.ts';
import { buildModelMessages, type ModelInput } from '../model/toApiMessages.ts';
import type { TurnDeps } from './turnDeps.ts';

export type RequestDeps = Pick<
  TurnDeps,
  'session' | 'model' | 'system' | 'apiTools' | 'thinkingVoidUpTo' | 'effort' | 'maxThinkingTokens'
>;

export async function buildTurnRequest(deps: RequestDeps, maxTokens: number): Promise<ModelRequest> {
  return buildRequestOf(await deps.session.visibleToModel(), {
    deps,
    maxTokens,
    thinkingVoidUpTo: findVoid(deps),
  });
}

/** The same prefix, with other messages. */
export function buildRequestOf(
  messages: readonly ModelInput[],
  asked: {
    readonly deps: RequestDeps;
    readonly maxTokens: number;
    readonly thinkingVoidUpTo: string | undefined;
  },
): ModelRequest {
  const { deps, maxTokens, thinkingVoidUpTo } = asked;
  const model = deps.model();
  return {
    model,
    system: deps.system,
    tools: deps.apiTools,
    messages: buildModelMessages(messages, { model, thinkingVoidUpTo }),
    maxTokens,
    ...(deps.effort === undefined ? {} : { effort: deps.effort }),
    ...(deps.maxThinkingTokens === undefined ? {} : { maxThinkingTokens: deps.maxThinkingTokens }),
  };
}

/** What lies before a compaction is seen no more: all thinking since then was made under the present prefix. */
export function findVoid({
  session,
  thinkingVoidUpTo,
}: Pick<RequestDeps, 'session' | 'thinkingVoidUpTo'>): string | undefined {
  const { path, visible } = session.conversation;
  const isVoid = (head: { readonly uuid: string }): boolean => head.uuid === thinkingVoidUpTo;
  return path.some(isVoid) && !visible.some(isVoid) ? undefined : thinkingVoidUpTo;
}
