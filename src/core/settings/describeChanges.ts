/** What has changed between two readings of the settings, file by file, in words for a person. */
import type { ReadSettings } from './readSettings.ts';
import type { SettingsFile, SettingsLayer } from './settingsFile.ts';

export interface DescribedChange {
  readonly file: string;
  readonly text: string;
  readonly level: 'notice' | 'warning';
}

/** More than these are only counted. */
const MAX_NAMED = 8;

/** Empty: nothing that counts. */
export function describeChanges(before: ReadSettings, after: ReadSettings): readonly DescribedChange[] {
  const files = new Set([before, after].flatMap(({ layers }) => layers.map(toFile)));
  const broken = new Set([...before.problems.keys(), ...after.problems.keys()]);
  return [...new Set([...files, ...broken])].flatMap((file): readonly DescribedChange[] => {
    const [problem, former] = [after.problems.get(file), before.problems.get(file)];
    if (problem !== undefined) {
      if (problem === former) return [];
      const text = `${problem.replace(/\.$/, '')}. Until that is mended, what it forbade and asked for still counts, and what it allowed does not.`;
      return [{ file, text, level: 'warning' }];
    }
    const changed = listDifferences(contentOf(file, before), contentOf(file, after));
    const mended = former === undefined ? [] : ['it counts again'];
    const all = [...mended, ...changed];
    if (all.length === 0) return [];
    return [{ file, text: `${file} has changed: ${name(all)}.`, level: 'notice' }];
  });
}

function toFile({ source }: SettingsLayer): string {
  return source?.file ?? '';
}

function contentOf(file: string, { layers }: ReadSettings): SettingsFile {
  return layers.find((layer) => layer.source !== undefined && toFile(layer) === file)?.content ?? {};
}

function listDifferences(before: SettingsFile, after: SettingsFile): readonly string[] {
  const rules = (['deny', 'ask', 'allow'] as const).flatMap((behavior) => {
    const [former, present] = [before.permissions?.[behavior] ?? [], after.permissions?.[behavior] ?? []];
    return [
      ...present.filter((rule) => !former.includes(rule)).map((rule) => `${behavior} rule ${rule} added`),
      ...former.filter((rule) => !present.includes(rule)).map((rule) => `${behavior} rule ${rule} gone`),
    ];
  });
  const isOther = (read: (settings: SettingsFile) => unknown): boolean =>
    JSON.stringify(read(before)) !== JSON.stringify(read(after));
  const hooks = ({ hooks, disableAllHooks, allowManagedHooksOnly }: SettingsFile): unknown => [
    hooks,
    disableAllHooks,
    allowManagedHooksOnly,
  ];
  const policy = ({ permissions, allowManagedPermissionRulesOnly }: SettingsFile): unknown => [
    permissions?.disableBypassPermissionsMode,
    allowManagedPermissionRulesOnly,
  ];
  const later = ({ env, model, sandbox, permissions }: SettingsFile): unknown => [
    ...[env, model, sandbox],
    ...[permissions?.defaultMode, permissions?.additionalDirectories ?? []],
  ];
  return [
    ...rules,
    ...(isOther(hooks) ? ['other hooks'] : []),
    ...(isOther(policy) ? ['another policy'] : []),
    ...(isOther(later) ? ['more that counts from the next session on'] : []),
  ];
}

function name(changes: readonly string[]): string {
  const rest = changes.length - MAX_NAMED;
  return rest > 0 ? `${changes.slice(0, MAX_NAMED).join('; ')}; and ${rest} more` : changes.join('; ');
}
