/** The view "Permissions": all rules that count in the session of the panel that was used last. */
import {
  type Command,
  commands,
  Disposable,
  EventEmitter,
  MarkdownString,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  window,
} from 'vscode';
import type { EditorLog } from './log.ts';
import type { RuleCommands } from './ruleCommands.ts';
import { toShownFile } from './ruleFile.ts';
import { isRemovable, type RuleItem, toRuleItems } from './ruleItems.ts';

const VIEW = 'belay.permissions';
const NO_RULES = 'No rules yet: Belay asks before what it may not do by itself.';

export interface RuleTreeDeps {
  readonly rules: RuleCommands;
  readonly log: EditorLog;
}

/** Nothing is asked for while the view is closed. */
export function registerRuleTree({ rules, log }: RuleTreeDeps): Disposable {
  const changed = new EventEmitter<void>();
  const view: TreeView<RuleItem> = window.createTreeView(VIEW, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: toTreeItem,
      getChildren: async (item) => {
        if (item !== undefined) return 'items' in item ? [...item.items] : [];
        try {
          const listed = await rules.list();
          const hasNone = listed !== undefined && toRuleItems(listed).length === 0;
          view.message = hasNone ? NO_RULES : '';
          return listed === undefined ? [] : [...toRuleItems(listed)];
        } catch (error) {
          log.warn('the permission rules could not be listed', { error });
          view.message = `The rules can't be shown: ${error instanceof Error ? error.message : String(error)}`;
          return [];
        }
      },
    },
    showCollapseAll: true,
  });
  return Disposable.from(
    changed,
    view,
    rules.onDidChange(() => changed.fire()),
    commands.registerCommand('belay.refreshPermissions', () => changed.fire()),
    commands.registerCommand('belay.openPermissionRule', (item: unknown) => onItem(item, rules.open, log)),
    commands.registerCommand('belay.removePermissionRule', (item: unknown) =>
      onItem(item, rules.remove, log),
    ),
  );
}

/** The commands are for the items of the tree alone. */
async function onItem(item: unknown, run: (item: RuleItem) => Promise<void>, log: EditorLog): Promise<void> {
  const isItem = typeof item === 'object' && item !== null && 'kind' in item;
  if (!isItem) return;
  try {
    await run(item as RuleItem);
  } catch (error) {
    log.error('something went wrong with a permission rule', { error });
    void window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toTreeItem(item: RuleItem): TreeItem {
  switch (item.kind) {
    case 'behavior': {
      const node = new TreeItem(item.label, TreeItemCollapsibleState.Expanded);
      node.iconPath = new ThemeIcon(item.icon);
      return node;
    }
    case 'source': {
      const node = new TreeItem(item.label, TreeItemCollapsibleState.Expanded);
      node.description = toShownFile(item.file);
      node.accessibilityInformation = { label: [item.label, item.file ?? ''].filter(Boolean).join(', ') };
      node.tooltip = item.file ?? item.label;
      return node;
    }
    case 'rule': {
      const { rule, file, source } = item.rule;
      const node = new TreeItem(rule, TreeItemCollapsibleState.None);
      node.tooltip = new MarkdownString()
        .appendCodeblock(rule, 'text')
        .appendText(file ?? 'Until the session ends');
      node.accessibilityInformation = { label: rule };
      node.contextValue = isRemovable(item.rule) ? 'removableRule' : `rule.${source}`;
      if (file !== undefined) node.command = toOpenCommand(item);
      return node;
    }
    case 'problem': {
      const { rule, file, line } = item.problem;
      const node = new TreeItem(rule, TreeItemCollapsibleState.None);
      node.iconPath = new ThemeIcon('warning');
      node.description = `${toShownFile(file)}${line === undefined ? '' : `:${line}`}`;
      node.accessibilityInformation = { label: `${rule}, can't be understood` };
      node.tooltip = `${file ?? ''}${line === undefined ? '' : `, line ${line}`}`;
      if (file !== undefined) node.command = toOpenCommand(item);
      return node;
    }
    default:
      return item satisfies never;
  }
}

function toOpenCommand(item: RuleItem): Command {
  return { command: 'belay.openPermissionRule', title: 'Open', arguments: [item] };
}
