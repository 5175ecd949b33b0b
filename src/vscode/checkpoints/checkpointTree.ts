/** The view "Checkpoints": the turns of the session with their calls and files, and the way back from each. */
import {
  commands,
  Disposable,
  EventEmitter,
  MarkdownString,
  ThemeIcon,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
  type TreeView,
  Uri,
  window,
} from 'vscode';
import type { LazySessions } from '../lazySessions.ts';
import { type Checked, changeChecked, keepCheckable, toCheckedTargets } from './checkedFiles.ts';
import {
  type CheckpointItem,
  type CheckpointList,
  describeItem,
  filesOf,
  isTakenBack,
  toCheckpointItems,
} from './checkpointItems.ts';
import type { CheckpointSource } from './checkpointSource.ts';

const VIEW = 'belay.checkpoints';

export interface CheckpointTreeDeps {
  readonly source: Pick<CheckpointSource, 'listen'>;
  readonly sessions: LazySessions;
}

/** Nothing is drawn while the view is closed. */
export function registerCheckpointTree({ source, sessions }: CheckpointTreeDeps): Disposable {
  const changed = new EventEmitter<void>();
  let list: CheckpointList | undefined;
  let checked: Checked = new Set();
  let listening: Disposable | undefined;
  const view: TreeView<CheckpointItem> = window.createTreeView<CheckpointItem>(VIEW, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (item) => toTreeItem(item, checked),
      getChildren: (item) =>
        item === undefined ? [...(list === undefined ? [] : toCheckpointItems(list))] : [...childrenOf(item)],
    },
    manageCheckboxStateManually: true,
    showCollapseAll: true,
  });
  const draw = (): void => {
    void commands.executeCommand('setContext', 'belay.hasCheckedFiles', checked.size > 0);
    changed.fire();
  };
  const follow = (): void => {
    if (view.visible === (listening !== undefined)) return;
    listening?.dispose();
    listening = view.visible
      ? source.listen((next) => {
          list = next;
          checked = keepCheckable(checked, next?.checkpoints ?? []);
          draw();
        })
      : undefined;
  };
  follow();
  return Disposable.from(
    view,
    changed,
    view.onDidChangeVisibility(follow),
    { dispose: () => listening?.dispose() },
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [item, state] of items) {
        const checking = { files: filesOf(item), checked: state === TreeItemCheckboxState.Checked };
        checked = changeChecked(checked, checking, list?.checkpoints ?? []);
      }
      draw();
    }),
    commands.registerCommand('belay.checkpoints.rewindChecked', () => {
      const targets = toCheckedTargets(checked, list?.checkpoints ?? []);
      const title = checked.size === 1 ? '1 checked change' : `${checked.size} checked changes`;
      sessions.use((loaded) => loaded.checkpoints.askRewind(targets, title));
    }),
    ...Object.entries({
      rewind: 'rewindToItem',
      showChanges: 'showItem',
      openFile: 'openItem',
      history: 'showItemHistory',
      redo: 'redoItem',
    } as const).map(([name, action]) =>
      commands.registerCommand(`belay.checkpoints.${name}`, (item: unknown) => {
        if (isItem(item)) sessions.use((loaded) => loaded.checkpoints[action](item));
      }),
    ),
  );
}

/** The commands are for the items of the tree alone. */
function isItem(item: unknown): item is CheckpointItem {
  return typeof item === 'object' && item !== null && 'kind' in item && 'id' in item;
}

function childrenOf(item: CheckpointItem): readonly CheckpointItem[] {
  if (item.kind === 'turn') return item.calls;
  return item.kind === 'file' ? [] : item.files;
}

const ORIGIN_ICONS = {
  tool: 'edit',
  shell: 'terminal',
  subagent: 'hubot',
  mcp: 'plug',
  rewind: 'discard',
} as const;

function toTreeItem(item: CheckpointItem, checked: Checked): TreeItem {
  const node = item.kind === 'file' ? toFileNode(item) : toStepNode(item);
  node.id = item.id;
  node.description = describeItem(item);
  const back = isTakenBack(item) && item.kind !== 'rewind';
  node.contextValue =
    item.kind === 'file' && item.isOfRewind ? 'rewoundFile' : back ? `${item.kind}.back` : item.kind;
  node.accessibilityInformation = { label: `${String(node.label)}, ${node.description}` };
  const box = toCheckbox(item, checked);
  if (box !== undefined) node.checkboxState = box;
  return node;
}

function toFileNode(item: CheckpointItem & { readonly kind: 'file' }): TreeItem {
  const uri = Uri.file(item.path);
  const node = new TreeItem(uri.path.slice(uri.path.lastIndexOf('/') + 1), TreeItemCollapsibleState.None);
  node.resourceUri = uri;
  node.iconPath = ThemeIcon.File;
  node.tooltip = uri.fsPath;
  node.command = { command: 'belay.checkpoints.showChanges', title: 'Show Changes', arguments: [item] };
  return node;
}

function toStepNode(item: Exclude<CheckpointItem, { kind: 'file' }>): TreeItem {
  const isTurn = item.kind === 'turn';
  const state = isTurn ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
  const node = new TreeItem(item.title, state);
  const icon = isTurn ? 'comment' : item.kind === 'rewind' ? 'discard' : ORIGIN_ICONS[item.origin];
  node.iconPath = new ThemeIcon(icon);
  const tooltip = new MarkdownString().appendText(item.title);
  if (!isTurn) tooltip.appendText(`\n${new Date(item.at).toLocaleString()}`);
  node.tooltip = tooltip;
  return node;
}

/** undefined: there is nothing in it to take back. */
function toCheckbox(item: CheckpointItem, checked: Checked): TreeItemCheckboxState | undefined {
  const files = filesOf(item).filter(({ change, isOfRewind }) => !change.taken_back && !isOfRewind);
  if (files.length === 0) return undefined;
  return files.every(({ id }) => checked.has(id))
    ? TreeItemCheckboxState.Checked
    : TreeItemCheckboxState.Unchecked;
}
