/** What a person does with permission rules in the editor: see them, open the file of one, take one away. */
import { type Event, EventEmitter, Range, Uri, window, workspace } from 'vscode';
import { formatRule, parseRule } from '../core/permissions/parseRule.ts';
import { findNode, readJsonNodes } from '../core/settings/jsonNodes.ts';
import type { ResponseOf } from '../protocol/control.ts';
import type { PermissionUpdate } from '../protocol/permissions.ts';
import type { LazySessions } from './lazySessions.ts';
import type { ListedRule, RuleItem } from './ruleItems.ts';

export interface RuleCommands {
  /** undefined: there is no session. */
  list(): Promise<ResponseOf<'list_permission_rules'>['state'] | undefined>;
  /** Shows a rule, or one that was left out, in its file. */
  open(item: RuleItem): Promise<void>;
  remove(item: RuleItem): Promise<void>;
  readonly onDidChange: Event<void>;
  /** The rules may be others now. */
  changed(): void;
}

const SOURCE_DESTINATIONS = {
  session: 'session',
  localSettings: 'localSettings',
  userSettings: 'userSettings',
} as const;

export function createRuleCommands(sessions: LazySessions): RuleCommands {
  const changes = new EventEmitter<void>();
  return {
    async list() {
      const host = (await sessions.loaded)?.currentHost();
      if (host === undefined) return undefined;
      return (await host.request('list_permission_rules', {})).state;
    },
    async open(item) {
      if (item.kind === 'rule') await openRule(item.rule);
      if (item.kind === 'problem') await openRule(item.problem);
    },
    async remove(item) {
      const host = (await sessions.loaded)?.currentHost();
      if (item.kind !== 'rule' || host === undefined) return;
      const { rule, behavior, source } = item.rule;
      const parsed = parseRule(rule);
      const destination = Object.entries(SOURCE_DESTINATIONS).find(([name]) => name === source)?.[1];
      if (parsed === undefined || destination === undefined) return;
      const update: PermissionUpdate = { type: 'removeRules', rules: [parsed], behavior, destination };
      const { problem } = await host.request('belay/permission_change', { update });
      if (problem !== undefined) throw new Error(problem);
    },
    onDidChange: changes.event,
    changed: () => changes.fire(),
  };
}

async function openRule({
  file,
  rule,
  behavior,
}: Pick<ListedRule, 'file' | 'rule' | 'behavior'>): Promise<void> {
  if (file === undefined) return;
  const document = await workspace.openTextDocument(Uri.file(file));
  const place = findRule(document.getText(), { rule, behavior });
  const selection =
    place === undefined
      ? {}
      : { selection: new Range(document.positionAt(place.start), document.positionAt(place.end)) };
  await window.showTextDocument(document, { preview: true, ...selection });
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the rule stands in the text by now, in UTF-16 units; undefined: it is not there, or the file is broken. */
function findRule(
  text: string,
  { rule, behavior }: Pick<ListedRule, 'rule' | 'behavior'>,
): Place | undefined {
  try {
    const list = findNode(readJsonNodes(text), ['permissions', behavior]);
    return list?.items.find(({ node }) => isRule(node.value, rule))?.node;
  } catch (error) {
    // A file that is being written is opened at its top.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** As it was written, or as it is told. */
function isRule(value: unknown, rule: string): boolean {
  if (typeof value !== 'string') return false;
  const parsed = parseRule(value);
  return value === rule || (parsed !== undefined && formatRule(parsed) === rule);
}
