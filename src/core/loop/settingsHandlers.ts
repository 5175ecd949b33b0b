/** The control requests by which a client looks at the settings of a running session, and changes them. */
import type { Handlers } from '../../channel/peer.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type { LayeredRule } from '../permissions/decidePermission.ts';
import { formatRule, parseRule } from '../permissions/parseRule.ts';
import { toSeenFile } from '../tools/seenFile.ts';
import { resolveToolPath } from '../tools/toolPath.ts';
import type { ActorParts } from './actorParts.ts';
import type { SessionActor } from './sessionActor.ts';

interface Deps {
  readonly parts: ActorParts;
  readonly actor: SessionActor;
}

type SettingsHandlers = Pick<
  Handlers<'agent'>,
  | 'apply_flag_settings'
  | 'get_settings'
  | 'rename_session'
  | 'belay/tag_set'
  | 'seed_read_state'
  | 'belay/settings_diff'
  | 'belay/settings_approve'
>;

export function createSettingsHandlers({ parts, actor }: Deps): SettingsHandlers {
  const { permissions, session, options, ports, readState } = parts;
  return {
    apply_flag_settings: async ({ settings }) => {
      const given = settings.permissions;
      // All or nothing: a rule that can't be understood leaves everything as it was.
      const rules = given === undefined ? undefined : toFlagRules(given ?? {});
      if (rules !== undefined) permissions.setFlagRules(rules);
      if (settings.model !== undefined) await actor.setModel(settings.model ?? options.model);
      if (settings.effortLevel !== undefined) actor.setEffort(settings.effortLevel ?? options.effort);
      return {};
    },
    get_settings: async () => describeSettings({ parts, actor }),
    'belay/settings_diff': async ({ file }) => {
      const found = ports.settings?.pending.find((each) => each.file === file);
      if (found === undefined) throw new Error(`Nothing in ${file} waits for leave (any more).`);
      const { hash, before, after } = found;
      return { hash, before, after };
    },
    'belay/settings_approve': async ({ file, hash }) => {
      const problem = await ports.settings?.approve(file, hash);
      return problem === undefined ? {} : { problem };
    },
    rename_session: async ({ title, session_id }) => {
      if (session_id !== undefined && session_id !== options.sessionId)
        throw new Error(`This session is ${options.sessionId}, not ${session_id}.`);
      if (title.trim() === '') throw new Error('The title is empty.');
      await session.rename(title.trim());
      return {};
    },
    'belay/tag_set': async ({ tag }) => {
      await session.tag(tag.trim());
      return {};
    },
    seed_read_state: async ({ path, mtime }) => {
      const file = resolveToolPath(path, ports.workspace);
      const stat = await ports.files.stat(file);
      // Changed since the client read it: the model must read it itself.
      if (stat === undefined || Math.floor(stat.mtimeMs) > Math.floor(mtime)) return {};
      readState.set(file, await toSeenFile(await ports.files.readFile(file), { partial: false }));
      return {};
    },
  };
}

type RuleTexts = Readonly<Partial<Record<LayeredRule['behavior'], readonly string[] | undefined>>>;

function toFlagRules(given: RuleTexts): readonly LayeredRule[] {
  return (['allow', 'deny', 'ask'] as const).flatMap((behavior) =>
    (given[behavior] ?? []).map((text) => {
      const rule = parseRule(text);
      if (rule === undefined) throw new Error(`The rule ${JSON.stringify(text)} can't be understood.`);
      return { ...rule, behavior, layer: 'cliArg' };
    }),
  );
}

function describeSettings({ parts, actor }: Deps): ResponseOf<'get_settings'> {
  const { rules, mode, additionalDirectories } = parts.permissions.context();
  const textsOf = (behavior: LayeredRule['behavior']): string[] =>
    rules.filter((rule) => rule.behavior === behavior).map(formatRule);
  const effort = actor.effort;
  return {
    effective: {
      model: actor.model,
      ...(effort === undefined ? {} : { effortLevel: effort }),
      permissions: {
        allow: textsOf('allow'),
        deny: textsOf('deny'),
        ask: textsOf('ask'),
        defaultMode: mode,
        additionalDirectories: [...additionalDirectories],
      },
    },
    sources: [],
    applied: { model: actor.model, effort: effort ?? null },
  };
}
