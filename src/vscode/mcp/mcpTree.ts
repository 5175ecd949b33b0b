/** The view "MCP Servers". What it shows is made with the sessions; nothing is asked for while it is closed. */
import { commands, Disposable, EventEmitter, TreeItemCheckboxState, type TreeView, window } from 'vscode';
import type { LazySessions } from '../lazySessions.ts';
import type { McpAction, McpNode } from './mcpView.ts';

const ACTIONS: readonly McpAction[] = [
  'reconnect',
  'showLog',
  'openConfiguration',
  'switchOn',
  'switchOff',
  'showChange',
  'logIn',
  'logOut',
];

export interface McpTree extends Disposable {
  /** The servers may be others now, or do something else. */
  changed(): void;
}

export function registerMcpTree(sessions: LazySessions): McpTree {
  const changes = new EventEmitter<void>();
  const view: TreeView<McpNode> = window.createTreeView<McpNode>('belay.mcp', {
    treeDataProvider: {
      onDidChangeTreeData: changes.event,
      getTreeItem: ({ node }) => node,
      getChildren: async (parent) => [
        ...(parent === undefined
          ? ((await (await sessions.loaded)?.mcp.roots()) ?? [])
          : await parent.children()),
      ],
    },
    manageCheckboxStateManually: true,
    showCollapseAll: true,
  });
  const all = Disposable.from(
    changes,
    view,
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [{ item }, state] of items) {
        sessions.use((loaded) => loaded.mcp.switchTool(item, state === TreeItemCheckboxState.Checked));
      }
    }),
    ...ACTIONS.map((action) =>
      commands.registerCommand(`belay.mcp.${action}`, (node: unknown) => {
        if (isNode(node)) sessions.use((loaded) => loaded.mcp.run(action, node.item));
      }),
    ),
  );
  return {
    changed() {
      changes.fire();
      void sessions.loaded.then((loaded) => loaded?.mcp.serversChanged());
    },
    dispose: () => all.dispose(),
  };
}

/** The commands are for the items of the tree alone. */
function isNode(node: unknown): node is McpNode {
  return typeof node === 'object' && node !== null && 'item' in node && 'children' in node;
}
