/** The hooks of a session: those of its settings, and those the client has named. */
import type { Peer } from '../../channel/peer.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import { askBeside } from '../loop/askBeside.ts';
import type { Emitter } from '../loop/emitter.ts';
import type { UsageMeter } from '../loop/usageMeter.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { Session } from '../sessions/session.ts';
import { resolveModel } from '../subagents/resolveModel.ts';
import { type CallbackTable, createCallbackHooks } from './callbackHooks.ts';
import { createHooks } from './createHooks.ts';
import type { HookSource } from './hookSource.ts';
import type { Hooks } from './hooks.ts';
import { unusableMatchers } from './matchHook.ts';
import type { PromptHookParts } from './promptHook.ts';
import { createSettingsHooks, type HookSettings } from './settingsHooks.ts';

export interface SessionHooks extends Hooks {
  /** The client's own hooks, in place of those it named before. What can't be used of them is told. */
  setCallbacks(table: CallbackTable): void;
  /** The hooks of the settings files, in place of those before. What can't be used of them is told. */
  setSettings(settings: HookSettings): void;
}

export interface SessionHooksDeps {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly emitter: Emitter;
  readonly session: Pick<Session, 'path'>;
  readonly permissions: Pick<MutablePermissionState, 'mode'>;
  readonly request: Peer['request'];
  readonly meter: UsageMeter;
  /** Id of the session's model. */
  readonly model: () => string;
}

export function createSessionHooks(deps: SessionHooksDeps): SessionHooks {
  const { ports, options, emitter, session, permissions } = deps;
  let settings = options.hooks ?? {};
  const askModel = createAskModel(deps);
  const openSettings = (): HookSource => createSettingsHooks({ ...ports, settings, askModel });
  let ofSettings = openSettings();
  const callbacks = createCallbackHooks(deps.request);
  const warn = (problems: readonly string[]): void => {
    for (const content of problems) {
      ports.log.warn(content);
      void emitter.emitSystem('informational', { content, level: 'warning' });
    }
  };
  const hooks = createHooks({
    sources: [{ hooksFor: (...event) => ofSettings.hooksFor(...event) }, callbacks],
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
  warn([...(options.hookProblems ?? []), ...unusableMatchers(settings)]);
  return {
    run: hooks.run,
    setSettings(next) {
      if (JSON.stringify(next) === JSON.stringify(settings)) return;
      settings = next;
      ofSettings = openSettings();
      warn(unusableMatchers(settings));
    },
    setCallbacks(table) {
      callbacks.set(table);
      warn(unusableMatchers(table));
    },
  };
}

/** A hook that names no model asks the session's: which other models there are is not always known. */
function createAskModel({ ports, options, meter, model }: SessionHooksDeps): PromptHookParts['askModel'] {
  const { models } = options;
  return ({ model: asked, system, prompt }, signal) => {
    const chosen = resolveModel({
      asked: [asked],
      inherited: model(),
      offered: options.modelList(),
      models: models(),
    });
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: prompt }] }];
    return askBeside({ system, messages, model: chosen }, { ...ports, meter, models }, signal);
  };
}
