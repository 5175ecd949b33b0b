/** Keeps rules in the settings files of the `.claude` conventions: what a person chose to have remembered beyond the session. */
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import { joinPath, parentPath, relativePath } from '../paths.ts';
import type { RuleLayer } from '../permissions/decidePermission.ts';
import { formatRule } from '../permissions/parseRule.ts';
import { FileError, type FileSystem, type Workspace } from '../ports.ts';
import { editSettings, type ListChange } from './editSettings.ts';
import { parseSettings, SettingsError } from './settingsFile.ts';

/** A change of rules. */
export type RuleUpdate = Extract<PermissionUpdate, { rules: unknown }>;

export function isRuleUpdate(update: PermissionUpdate): update is RuleUpdate {
  return update.type === 'addRules' || update.type === 'replaceRules' || update.type === 'removeRules';
}

export interface KeptRules {
  readonly layer: RuleLayer;
  /** Absolute. */
  readonly file: string;
}

export interface RuleFiles {
  /**
   * Writes rules that are added or removed into the file that the update names; undefined: it names the session, or replaces
   * rules, which counts for the session alone. Throws SettingsError, for a
   * person, where the file can't be read, is not understood, or may not be written; it is then as it was.
   */
  keep(update: RuleUpdate): Promise<KeptRules | undefined>;
}

export interface RuleFilesDeps {
  readonly files: Pick<
    FileSystem,
    'stat' | 'readFile' | 'writeFile' | 'makeDirectory' | 'realPath' | 'hasUnsavedChanges'
  >;
  readonly workspace: Pick<Workspace, 'cwd' | 'platform'>;
  /** Where the user's own settings lie. */
  readonly configDir: string;
  /** Given the write of a file to run, and what it makes of the text. Rejects when the write does. Default: it is just run. */
  readonly runChange?: (
    file: string,
    change: (text: string) => string,
    write: () => Promise<void>,
  ) => Promise<void>;
}

export function createRuleFiles(deps: RuleFilesDeps): RuleFiles {
  let last: Promise<unknown> = Promise.resolve();
  return {
    keep(update) {
      const place = findPlace(update.destination, deps);
      if (place === undefined || update.type === 'replaceRules') return Promise.resolve(undefined);
      // One after the other: two rules that are kept at once must not lose one of them.
      const kept = last.then(() => change(place.file, toChange(update), deps)).then(() => place);
      last = kept.catch(() => undefined);
      return kept;
    },
  };
}

function findPlace(
  destination: RuleUpdate['destination'],
  { workspace: { cwd, platform }, configDir }: RuleFilesDeps,
): KeptRules | undefined {
  switch (destination) {
    case 'localSettings':
      return { layer: 'local', file: joinPath(cwd, '.claude/settings.local.json', platform) };
    case 'projectSettings':
      return { layer: 'project', file: joinPath(cwd, '.claude/settings.json', platform) };
    case 'userSettings':
      return { layer: 'user', file: joinPath(configDir, 'settings.json', platform) };
    case 'session':
    case 'cliArg':
      return undefined;
    default:
      return destination satisfies never;
  }
}

function toChange({ type, behavior, rules }: RuleUpdate): ListChange {
  const texts = rules.map(formatRule);
  const path = ['permissions', behavior];
  return type === 'removeRules' ? { path, add: [], remove: texts } : { path, add: texts, remove: [] };
}

async function change(file: string, wanted: ListChange, deps: RuleFilesDeps): Promise<void> {
  try {
    await changeFile(file, wanted, deps);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`${file} could not be changed: ${why}`, { cause: error });
  }
}

async function changeFile(file: string, wanted: ListChange, deps: RuleFilesDeps): Promise<void> {
  const { files } = deps;
  if (await files.hasUnsavedChanges(file))
    throw new SettingsError(`${file} has unsaved changes in the editor. Save it first.`);
  const real = await findRealPath(file, deps);
  const text = await readText(file, files);
  parseSettings(text, file);
  const changed = editSettings(text, wanted);
  if (changed === undefined) return;
  const folder = parentPath(real, deps.workspace.platform);
  if ((await files.stat(folder)) === undefined) await files.makeDirectory(folder);
  const write = async (): Promise<void> => {
    await files.writeFile(file, new TextEncoder().encode(changed), { expectedRealPath: real });
  };
  await (deps.runChange?.(file, (seen) => editSettings(seen, wanted) ?? seen, write) ?? write());
}

/** A project that makes its settings a link leads the write elsewhere; in one's own folder a link is one's own. */
async function findRealPath(file: string, { files, workspace }: RuleFilesDeps): Promise<string> {
  const { cwd, platform } = workspace;
  const real = await files.realPath(file);
  const way = relativePath(cwd, file, platform);
  if (way === undefined) return real;
  const expected = joinPath(await files.realPath(cwd), way, platform);
  if (relativePath(expected, real, platform) === '') return real;
  throw new SettingsError(`${file} is a link to ${real}, so nothing is written there.`);
}

async function readText(file: string, files: RuleFilesDeps['files']): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await files.readFile(file));
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return '';
    throw error;
  }
}
