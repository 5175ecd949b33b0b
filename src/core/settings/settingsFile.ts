/** What a settings file of the `.claude` conventions may hold. Only what Belay knows is read; everything else is for others. */
import * as z from 'zod';
import type { RuleLayer } from '../permissions/decidePermission.ts';
import { sandboxSettings } from '../sandbox/sandboxSettings.ts';

const rules = z.array(z.string()).optional();

export const settingsFile = z.looseObject({
  model: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** Read entry by entry: see readHooks. */
  hooks: z.unknown().optional(),
  /** Of the user alone: folders (and all below them) that are trusted. */
  trustedFolders: z.array(z.string()).optional(),
  disableAllHooks: z.boolean().optional(),
  /** Of a policy alone: hooks of other files are not run. */
  allowManagedHooksOnly: z.boolean().optional(),
  /** Of a policy alone: what other files and flags allow does not count. */
  allowManagedPermissionRulesOnly: z.boolean().optional(),
  permissions: z
    .looseObject({
      allow: rules,
      deny: rules,
      ask: rules,
      defaultMode: z.string().optional(),
      disableBypassPermissionsMode: z.literal('disable').optional(),
      additionalDirectories: z.array(z.string()).optional(),
    })
    .optional(),
  sandbox: sandboxSettings.optional(),
});
export type SettingsFile = z.infer<typeof settingsFile>;

/** Settings of one place, and how strong its rules are. */
export interface SettingsLayer {
  readonly layer: RuleLayer;
  readonly content: SettingsFile;
  /** The file it comes from; absent: it comes from the command line. */
  readonly source?: { readonly file: string; readonly text: string };
}

/** Settings that are there and can't be read: what is wrong with them, for a person. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** `where`: a path, or the flag it came with. Throws SettingsError. */
export function parseSettings(text: string, where: string): SettingsFile {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SettingsError(`The settings in ${where} are not JSON: ${String(cause)}`, { cause });
  }
  const parsed = settingsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SettingsError(`The settings in ${where} don't fit: ${z.prettifyError(parsed.error)}`);
}

/** Names a project can't set, trusted or not: who is asked with which key, and what other programs load or run. */
const WITHHELD =
  /^(ANTHROPIC|CLAUDE|BELAY|AWS|LD|DYLD|NODE|GIT|SSL|SSH)_|^(PATH|HOME|SHELL|BASH_ENV|ENV|PYTHONPATH|PERL5LIB|RUBYOPT)$|_PROXY$/i;

export function isWithheld(name: string): boolean {
  return WITHHELD.test(name);
}

/** What counts of a project's settings: nothing that widens, as long as the folder is not trusted. */
export function ofProject({ trustedFolders: _, ...content }: SettingsFile, isTrusted: boolean): SettingsFile {
  const { permissions = {}, env = {}, sandbox } = content;
  // Of the sandbox a project can only make more: see mergeSandbox.
  if (!isTrusted) return { permissions: { deny: permissions.deny, ask: permissions.ask }, sandbox };
  return {
    ...content,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !isWithheld(name))),
  };
}
