/** The hooks of a session: those of its settings, and those the client has named. */
import type { Peer } from '../../channel/peer.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import type { Emitter } from '../loop/emitter.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { Session } from '../sessions/session.ts';
import { type CallbackTable, createCallbackHooks } from './callbackHooks.ts';
import { createCommandHooks } from './commandHook.ts';
import { createHooks } from './createHooks.ts';
import type { Hooks } from './hooks.ts';
import { unusableMatchers } from './matchHook.ts';

export interface SessionHooks extends Hooks {
  /** The client's own hooks, in place of those it named before. What can't be used of them is told. */
  setCallbacks(table: CallbackTable): void;
}

export interface SessionHooksDeps {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly emitter: Emitter;
  readonly session: Pick<Session, 'path'>;
  readonly permissions: Pick<MutablePermissionState, 'mode'>;
  readonly request: Peer['request'];
}

export function createSessionHooks(deps: SessionHooksDeps): SessionHooks {
  const { ports, options, emitter, session, permissions } = deps;
  const settings = options.hooks ?? {};
  const callbacks = createCallbackHooks(deps.request);
  const warn = (problems: readonly string[]): void => {
    for (const content of problems) void emitter.emitSystem('informational', { content, level: 'warning' });
  };
  const hooks = createHooks({
    sources: [createCommandHooks({ ...ports, settings }), callbacks],
    sharedFields: () => ({
      session_id: options.sessionId,
      transcript_path: session.path,
      cwd: ports.workspace.cwd,
      permission_mode: permissions.mode,
    }),
    emitter,
    clock: ports.clock,
    log: ports.log,
    createId: ports.createId,
    emitEvents: options.hookEvents === true,
  });
  warn(unusableMatchers(settings));
  return {
    run: hooks.run,
    setCallbacks(table) {
      callbacks.set(table);
      warn(unusableMatchers(table));
    },
  };
}
