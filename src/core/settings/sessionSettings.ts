/** What the settings of all layers mean for a session: rules, hooks, mode, environment. */
import type * as z from 'zod';
import { permissionMode } from '../../protocol/permissions.ts';
import type { LayeredRule, RuleLayer } from '../permissions/decidePermission.ts';
import { parseRule } from '../permissions/parseRule.ts';
import type { Log } from '../ports.ts';
import { findNode, readJsonNodes, toLine } from './jsonNodes.ts';
import { SettingsError, type SettingsLayer } from './settingsFile.ts';

/** The permission rules of all layers. A deny or ask rule that can't be understood is an error, an allow rule is left out. */
export function toRules(layers: readonly SettingsLayer[], log: Pick<Log, 'warn'>): readonly LayeredRule[] {
  return layers.flatMap(({ layer, content, source }) =>
    BEHAVIORS.flatMap((behavior) =>
      toLayeredRules(content.permissions?.[behavior] ?? [], { behavior, layer, log, source }),
    ),
  );
}

const BEHAVIORS = ['allow', 'deny', 'ask'] as const;

/** A rule of a settings file that can't be understood and is left out. */
export interface RuleProblem {
  /** As it was written. */
  readonly rule: string;
  readonly behavior: LayeredRule['behavior'];
  readonly layer: RuleLayer;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

export function findRuleProblems(layers: readonly SettingsLayer[]): readonly RuleProblem[] {
  return layers.flatMap(({ layer, content, source }) =>
    BEHAVIORS.flatMap((behavior) =>
      (content.permissions?.[behavior] ?? [])
        .filter((rule) => parseRule(rule) === undefined)
        .map((rule) => ({ rule, behavior, layer, ...locateRule(rule, { behavior, source }) })),
    ),
  );
}

function locateRule(
  rule: string,
  { behavior, source }: Pick<RuleKind, 'behavior' | 'source'>,
): Pick<RuleProblem, 'file' | 'line'> {
  if (source === undefined) return {};
  const list = findNode(readJsonNodes(source.text), ['permissions', behavior]);
  const node = list?.items.find((item) => item.node.value === rule)?.node;
  return { file: source.file, ...(node === undefined ? {} : { line: toLine(source.text, node.start) }) };
}

interface RuleKind {
  readonly behavior: LayeredRule['behavior'];
  readonly layer: RuleLayer;
  readonly log: Pick<Log, 'warn'>;
  readonly source?: SettingsLayer['source'];
}

/** Throws SettingsError for a deny or ask rule that can't be understood. */
export function toLayeredRules(
  texts: readonly string[],
  { behavior, layer, log, source }: RuleKind,
): readonly LayeredRule[] {
  return texts.flatMap((text) => {
    const rule = parseRule(text);
    if (rule !== undefined)
      return [
        { ...rule, behavior, layer, ...(source === undefined ? {} : { source: { file: source.file } }) },
      ];
    const { file, line } = locateRule(text, { behavior, source });
    const where = file === undefined ? '' : ` in ${file}${line === undefined ? '' : `, line ${line},`}`;
    if (behavior !== 'allow')
      throw new SettingsError(`The ${behavior} rule ${JSON.stringify(text)}${where} can't be understood.`);
    log.warn('an allow rule can not be understood and is left out', { rule: text, file, line });
    return [];
  });
}

/** What the strongest layer says. A mode that lets everything pass counts only where the user wrote it himself. */
export function findDefaultMode(
  layers: readonly SettingsLayer[],
): z.infer<typeof permissionMode> | undefined {
  const modes = layers.flatMap(({ layer, content }) => {
    const mode = permissionMode.safeParse(content.permissions?.defaultMode).data;
    const isOwn = layer === 'user' || layer === 'cliArg' || layer === 'policy';
    return mode === undefined || (!isOwn && (mode === 'bypassPermissions' || mode === 'acceptEdits'))
      ? []
      : [mode];
  });
  return modes.at(-1);
}

/** What the settings put into the environment of what a session runs; stronger layers replace weaker ones. */
export function toEnvironment(layers: readonly SettingsLayer[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...layers.map(({ content }) => content.env ?? {}));
}

/** Folders beside the working folder, as they were written. */
export function toDirectories(layers: readonly SettingsLayer[]): readonly string[] {
  return layers.flatMap(({ content }) => content.permissions?.additionalDirectories ?? []);
}
