/**
 * The settings a session starts with, from the files the `.claude` conventions name and from the command line. Only what
 * Belay knows is read; everything else in the files is for others.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import type { LayeredRule, RuleLayer } from '../core/permissions/decidePermission.ts';
import { parseRule } from '../core/permissions/parseRule.ts';
import type { Log } from '../core/ports.ts';
import { type HookSettings, hookSettings } from '../protocol/hooks.ts';
import { permissionMode } from '../protocol/messages.ts';
import { StartError } from './exitCodes.ts';
import type { SettingSource } from './invocation.ts';

const rules = z.array(z.string()).optional();
/** What a settings file may hold. */
export const settingsFile = z.looseObject({
  model: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  hooks: hookSettings.optional(),
  /** Of the user alone: folders (and all below them) that are trusted. */
  trustedFolders: z.array(z.string()).optional(),
  disableAllHooks: z.boolean().optional(),
  permissions: z
    .looseObject({
      allow: rules,
      deny: rules,
      ask: rules,
      defaultMode: z.string().optional(),
      additionalDirectories: z.array(z.string()).optional(),
    })
    .optional(),
});
type SettingsFile = z.infer<typeof settingsFile>;

/** Settings of one place, and how strong its rules are. */
export interface SettingsLayer {
  readonly layer: RuleLayer;
  readonly content: SettingsFile;
}

export interface SettingsPlace {
  readonly configDir: string;
  readonly cwd: string;
  readonly sources: readonly SettingSource[];
  /** The folder is trusted, whatever the user's settings say of it. */
  readonly trusted: boolean;
  /** `--settings`: JSON, or the path of a file. */
  readonly given: string | undefined;
  readonly log: Pick<Log, 'warn'>;
}

export interface ReadSettings {
  /** Weakest first. */
  readonly layers: readonly SettingsLayer[];
  readonly isTrusted: boolean;
}

/** Throws StartError where a file is there and can't be read: a deny rule must not be lost by a comma. */
export async function readSettings(place: SettingsPlace): Promise<ReadSettings> {
  const { configDir, cwd, sources } = place;
  const files: Readonly<Record<SettingSource, { readonly layer: RuleLayer; readonly path: string }>> = {
    user: { layer: 'user', path: join(configDir, 'settings.json') },
    project: { layer: 'project', path: join(cwd, '.claude', 'settings.json') },
    local: { layer: 'local', path: join(cwd, '.claude', 'settings.local.json') },
  };
  const layers: SettingsLayer[] = [];
  let isTrusted = place.trusted;
  for (const source of ['user', 'project', 'local'] as const) {
    if (!sources.includes(source)) continue;
    const { layer, path } = files[source];
    const text = await readText(path);
    if (text === undefined) continue;
    const content = parseSettings(text, path);
    if (source === 'user') isTrusted ||= isBelowAny(cwd, content.trustedFolders ?? []);
    layers.push({ layer, content: source === 'user' ? content : ofProject(content, isTrusted) });
  }
  if (place.given !== undefined) layers.push({ layer: 'cliArg', content: await readGiven(place.given, cwd) });
  return { layers, isTrusted };
}

/** Names a project can't set, trusted or not: who is asked with which key, and what other programs load or run. */
const WITHHELD =
  /^(ANTHROPIC|CLAUDE|BELAY|AWS|LD|DYLD|NODE|GIT|SSL|SSH)_|^(PATH|HOME|SHELL|BASH_ENV|ENV|PYTHONPATH|PERL5LIB|RUBYOPT)$|_PROXY$/i;

/** What counts of a project's settings: nothing that widens, as long as the folder is not trusted. */
function ofProject({ trustedFolders: _, ...content }: SettingsFile, isTrusted: boolean): SettingsFile {
  const { permissions = {}, env = {} } = content;
  if (!isTrusted) return { permissions: { deny: permissions.deny, ask: permissions.ask } };
  return {
    ...content,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !WITHHELD.test(name))),
  };
}

function isBelowAny(folder: string, parents: readonly string[]): boolean {
  return parents.some((parent) => {
    const way = relative(resolve(parent), resolve(folder));
    return isAbsolute(parent) && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
  });
}

async function readGiven(given: string, cwd: string): Promise<SettingsFile> {
  if (given.trimStart().startsWith('{')) return parseSettings(given, '--settings');
  const text = (await readText(join(cwd, given))) ?? (await readText(given));
  if (text === undefined) throw new StartError(`The settings file ${given} is not there.`);
  return parseSettings(text, given);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return undefined;
    throw new StartError(`The settings file ${path} can't be read: ${String(cause)}`, { cause });
  }
}

function parseSettings(text: string, where: string): SettingsFile {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StartError(`The settings in ${where} are not JSON: ${String(cause)}`, { cause });
  }
  const parsed = settingsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StartError(`The settings in ${where} don't fit: ${z.prettifyError(parsed.error)}`);
}

/** The permission rules of all layers. A deny or ask rule that can't be understood is an error, an allow rule is left out. */
export function toRules(layers: readonly SettingsLayer[], log: Pick<Log, 'warn'>): readonly LayeredRule[] {
  return layers.flatMap(({ layer, content }) =>
    (['allow', 'deny', 'ask'] as const).flatMap((behavior) =>
      toLayeredRules(content.permissions?.[behavior] ?? [], { behavior, layer, log }),
    ),
  );
}

interface RuleKind {
  readonly behavior: LayeredRule['behavior'];
  readonly layer: RuleLayer;
  readonly log: Pick<Log, 'warn'>;
}

export function toLayeredRules(
  texts: readonly string[],
  { behavior, layer, log }: RuleKind,
): readonly LayeredRule[] {
  return texts.flatMap((text) => {
    const rule = parseRule(text);
    if (rule !== undefined) return [{ ...rule, behavior, layer }];
    if (behavior !== 'allow')
      throw new StartError(`The ${behavior} rule ${JSON.stringify(text)} can't be understood.`);
    log.warn('an allow rule can not be understood and is left out', { rule: text });
    return [];
  });
}

/** The hooks of all layers, together. */
export function toHooks(layers: readonly SettingsLayer[]): HookSettings {
  if (layers.some(({ content }) => content.disableAllHooks === true)) return {};
  const hooks: HookSettings = {};
  for (const [event, matchers] of layers.flatMap(({ content }) => Object.entries(content.hooks ?? {})))
    hooks[event] = [...(hooks[event] ?? []), ...matchers];
  return hooks;
}

/** What the strongest layer says. A mode that lets everything pass counts only where the user wrote it himself. */
export function findDefaultMode(
  layers: readonly SettingsLayer[],
): z.infer<typeof permissionMode> | undefined {
  const modes = layers.flatMap(({ layer, content }) => {
    const mode = permissionMode.safeParse(content.permissions?.defaultMode).data;
    const isOwn = layer === 'user' || layer === 'cliArg';
    return mode === undefined || (!isOwn && (mode === 'bypassPermissions' || mode === 'acceptEdits'))
      ? []
      : [mode];
  });
  return modes.at(-1);
}
