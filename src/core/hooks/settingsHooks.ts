/** The hooks that settings files name, whatever their type: which of them an event concerns, and how each is run. */
import type { SettingsHook } from '../../protocol/hooks.ts';
import { type CommandHookParts, createCommandHook } from './commandHook.ts';
import type { HookEvent } from './hookEvents.ts';
import type { Hook, HookSource } from './hookSource.ts';
import { createHttpHook, type HttpHookParts } from './httpHook.ts';
import { matchesHook } from './matchHook.ts';
import { createPromptHook, type PromptHookParts } from './promptHook.ts';

/** Hooks of one matcher, and who has written them. */
export interface HookGroup {
  readonly matcher?: string | null | undefined;
  readonly hooks: readonly SettingsHook[];
  /** They stand in a file of the project. Absent: they are the user's, or of the command line. */
  readonly isOfProject?: boolean;
}

/** By event. */
export type HookSettings = Readonly<Record<string, readonly HookGroup[]>>;

export interface SettingsHookParts extends CommandHookParts, HttpHookParts, PromptHookParts {
  readonly settings: HookSettings;
  readonly workspace: CommandHookParts['workspace'] & { readonly trusted: boolean };
}

/** In a folder that is not trusted none is run. A hook that several matchers name is run once. */
export function createSettingsHooks(parts: SettingsHookParts): HookSource {
  const { settings, workspace } = parts;
  return {
    hooksFor(event, subject) {
      if (!workspace.trusted || !Object.hasOwn(settings, event)) return [];
      const found = (settings[event] ?? [])
        .filter(({ matcher }) => matchesHook(matcher, subject))
        .flatMap(({ hooks, isOfProject = false }) => hooks.map((hook) => ({ hook, isOfProject })));
      return withoutDoubles(found).map((each) => createHook(each, event, parts));
    },
  };
}

interface FoundHook {
  readonly hook: SettingsHook;
  readonly isOfProject: boolean;
}

/** Where the user has written the same hook, it is the user's: a project must not take from it what it may reach. */
function withoutDoubles(found: readonly FoundHook[]): readonly FoundHook[] {
  const unique = new Map<string, FoundHook>();
  for (const each of found) {
    const key = JSON.stringify(each.hook);
    if (unique.get(key)?.isOfProject !== false) unique.set(key, each);
  }
  return [...unique.values()];
}

function createHook({ hook, isOfProject }: FoundHook, event: HookEvent, parts: SettingsHookParts): Hook {
  switch (hook.type) {
    case 'command':
      return createCommandHook(hook, event, parts);
    case 'prompt':
      return createPromptHook(hook, parts);
    case 'http':
      return createHttpHook(hook, event, { web: parts.web, allowLoopback: !isOfProject });
    default:
      return hook satisfies never;
  }
}
