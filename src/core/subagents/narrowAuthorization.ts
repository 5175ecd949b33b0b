/** Permissions as a subagent's calls meet them: those of the session, and never wider. */
import type { Hooks } from '../hooks/hooks.ts';
import type { AuthorizeDeps } from '../loop/authorize.ts';
import type { SubagentCalls } from './runSubagent.ts';

type Caller = Pick<SubagentCalls, 'agentId' | 'agentType' | 'mode'>;

/** Questions and hooks name the subagent; a mode of its own takes the place of the session's where it is the stricter one. */
export function narrowAuthorization(session: AuthorizeDeps, caller: Caller): AuthorizeDeps {
  const { permissions } = session;
  const { agentId, mode } = caller;
  const named = { ...session, agentId, hooks: nameCaller(session.hooks, caller) };
  if (mode === undefined) return named;
  const context: typeof permissions.context = () => {
    const shared = permissions.context();
    // dontAsk is the strictest of all: nothing that would be asked is done.
    return shared.mode === 'dontAsk' ? shared : { ...shared, mode };
  };
  return { ...named, permissions: { ...permissions, context } };
}

/** Hooks are told which subagent it is about. */
export function nameCaller(
  hooks: Hooks,
  { agentId, agentType }: Pick<SubagentCalls, 'agentId' | 'agentType'>,
): Hooks {
  const caller = { agent_id: agentId, agent_type: agentType };
  return { run: (event, input, options) => hooks.run(event, { ...input, ...caller }, options) };
}
