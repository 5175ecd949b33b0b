/** A running session follows its settings files: rules and hooks change with them, and a person is told. */
import type { SessionHooks } from '../hooks/sessionHooks.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { LiveSettings } from '../settings/liveSettings.ts';
import type { RuleProblem } from '../settings/sessionSettings.ts';
import type { Emitter } from './emitter.ts';

export interface FollowSettingsDeps {
  readonly permissions: Pick<MutablePermissionState, 'setSettings'>;
  readonly hooks: Pick<SessionHooks, 'setSettings'>;
  readonly emitter: Emitter;
  /** Hooks that were left out when the session began, which a person knows by now. */
  readonly hookProblems: readonly string[];
}

/** Returns how to end it. */
export function followSettings(
  settings: LiveSettings,
  { permissions, hooks, emitter, hookProblems }: FollowSettingsDeps,
): () => void {
  let told: ReadonlySet<string> = new Set(hookProblems);

  function apply(): void {
    const { now } = settings;
    permissions.setSettings(now);
    hooks.setSettings(now.hooks);
    const problems = [...now.hookProblems, ...now.ruleProblems.map(describeProblem)];
    for (const problem of problems) if (!told.has(problem)) tell(problem, 'warning');
    told = new Set(problems);
  }

  function tell(content: string, level: 'notice' | 'warning'): void {
    void emitter.emitSystem('informational', { content, level });
  }

  function tellPending(): void {
    const files = settings.pending.map(({ file, hash, waiting }) => ({ file, hash, waiting: [...waiting] }));
    void emitter.emitSystem('belay/settings_pending', { files });
  }

  apply();
  if (settings.pending.length > 0) tellPending();
  let hadPending = settings.pending.length > 0;
  return settings.onChange(({ notices, pending }) => {
    apply();
    for (const { text, level } of notices) tell(text, level);
    if (pending.length > 0 || hadPending) tellPending();
    hadPending = pending.length > 0;
  });
}

function describeProblem({ rule, behavior, file, line }: RuleProblem): string {
  const where = file === undefined ? '' : ` in ${file}${line === undefined ? '' : `, line ${line},`}`;
  return `The ${behavior} rule ${JSON.stringify(rule)}${where} can't be understood and is left out.`;
}
