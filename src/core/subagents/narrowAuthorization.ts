/** Permissions as a subagent's calls meet them: those of the session, and never wider. */
import type { AuthorizeDeps } from '../loop/authorize.ts';
import type { SubagentCalls } from './runSubagent.ts';

/** Questions name the subagent; a mode of its own takes the place of the session's where it is the stricter one. */
export function narrowAuthorization(
  session: AuthorizeDeps,
  { agentId, mode }: Pick<SubagentCalls, 'agentId' | 'mode'>,
): AuthorizeDeps {
  const { permissions } = session;
  if (mode === undefined) return { ...session, agentId };
  const context: typeof permissions.context = () => {
    const shared = permissions.context();
    // dontAsk is the strictest of all: nothing that would be asked is done.
    return shared.mode === 'dontAsk' ? shared : { ...shared, mode };
  };
  return { ...session, agentId, permissions: { ...permissions, context } };
}
