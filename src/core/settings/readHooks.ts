/**
 * The hooks of all layers of settings. An entry that can't be used is left out and named: a type that only a newer program
 * knows must not keep anybody from working, and what else the file says still counts.
 */
import * as z from 'zod';
import { type SettingsHook, settingsHook } from '../../protocol/hooks.ts';
import { type HookEvent, isBlockable } from '../hooks/hookEvents.ts';
import type { HookGroup, HookSettings } from '../hooks/settingsHooks.ts';
import { isWithheld, type SettingsLayer } from './settingsFile.ts';

export interface ReadHooks {
  readonly hooks: HookSettings;
  /** What was left out and why, for a person. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `environment`: what `allowedEnvVars` of http hooks name. */
export function readHooks(layers: readonly SettingsLayer[], environment: Environment): ReadHooks {
  if (layers.some(({ content }) => content.disableAllHooks === true)) return { hooks: {}, problems: [] };
  const hooks: Record<string, HookGroup[]> = {};
  const problems: string[] = [];
  for (const { event, group } of layers.flatMap((layer) => readLayer(layer, { environment, problems })))
    hooks[event] = [...(Object.hasOwn(hooks, event) ? (hooks[event] ?? []) : []), group];
  return { hooks, problems };
}

interface Reading {
  readonly environment: Environment;
  /** What is left out is added here. */
  readonly problems: string[];
}

const events = z.record(z.string(), z.unknown());
const groups = z.array(z.unknown());
const looseGroup = z.looseObject({ matcher: z.string().nullish(), hooks: z.array(z.unknown()) });

function readLayer(
  { layer, content, source }: SettingsLayer,
  { environment, problems }: Reading,
): readonly { readonly event: string; readonly group: HookGroup }[] {
  const where = source?.file ?? '--settings';
  const isOfProject = layer === 'project' || layer === 'local';
  if (content.hooks === undefined) return [];
  const byEvent = events.safeParse(content.hooks);
  if (!byEvent.success) {
    problems.push(`The hooks in ${where} are left out: they are no object with the names of events.`);
    return [];
  }
  return Object.entries(byEvent.data).flatMap(([event, value]) => {
    const leaveOut = (problem: string): [] => {
      problems.push(`A ${event} hook in ${where} is left out: ${problem}.`);
      return [];
    };
    const listed = groups.safeParse(value);
    if (!listed.success) return leaveOut('there is no list of matchers');
    return listed.data.flatMap((each) => {
      const group = looseGroup.safeParse(each);
      if (!group.success) return leaveOut(describe(group.error));
      const hooks = group.data.hooks.flatMap((entry) => {
        const read = readHook(entry, event);
        if ('problem' in read) return leaveOut(read.problem);
        const hook = withVariables(read.hook, isOfProject ? withoutWithheld(environment) : environment);
        return [hook];
      });
      return hooks.length === 0
        ? []
        : [{ event, group: { matcher: group.data.matcher, hooks, isOfProject } }];
    });
  });
}

const typed = z.looseObject({ type: z.string() });
const TYPES: readonly string[] = settingsHook.options.map(({ shape }) => shape.type.value);

function readHook(
  entry: unknown,
  event: string,
): { readonly hook: SettingsHook } | { readonly problem: string } {
  const type = typed.safeParse(entry).data?.type;
  if (type === undefined) return { problem: 'it has no type' };
  if (!TYPES.includes(type))
    return { problem: `its type ${JSON.stringify(type)} is not one of ${TYPES.join(', ')}` };
  const parsed = settingsHook.safeParse(entry);
  if (!parsed.success) return { problem: describe(parsed.error) };
  // What a model says there would change nothing, and still cost.
  if (parsed.data.type === 'prompt' && !isBlockable(event as HookEvent))
    return { problem: 'a model can be asked only where a hook can block' };
  return { hook: parsed.data };
}

function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

/** Variables that are not listed, or not there, are empty: a header never says more than its hook was given. */
function withVariables(hook: SettingsHook, environment: Environment): SettingsHook {
  if (hook.type !== 'http' || hook.headers === undefined) return hook;
  const { allowedEnvVars = [], headers } = hook;
  const expand = (text: string): string =>
    text.replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_all, braced?: string, bare?: string) => {
      const name = braced ?? bare ?? '';
      return allowedEnvVars.includes(name) ? (environment[name] ?? '') : '';
    });
  return {
    ...hook,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, expand(value)])),
  };
}

function withoutWithheld(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isWithheld(name)));
}
