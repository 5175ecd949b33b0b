/** How the items of the view "MCP Servers" look. Names and descriptions are the servers' own: text, never markup. */
import {
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
} from 'vscode';
import type { McpServerStatus } from '../../protocol/mcp.ts';
import { describeMcpItem, type McpItem, toItemId, toItemLabel } from './serverItems.ts';

export function toMcpNode(item: McpItem): TreeItem {
  const node = new TreeItem(toItemLabel(item), toCollapsible(item));
  node.id = toItemId(item);
  node.description = describeMcpItem(item);
  node.accessibilityInformation = { label: [node.label, node.description].filter(Boolean).join(', ') };
  node.contextValue = toContext(item);
  node.iconPath = toIcon(item);
  node.tooltip = new MarkdownString().appendText(toTooltip(item));
  if (item.kind === 'tool') node.checkboxState = toCheckbox(item.tool.belay_off === true);
  if (item.kind === 'tool' && item.tool.belay_changed === true) {
    node.command = {
      command: 'belay.mcp.showChange',
      title: 'Show Change',
      arguments: [{ item, children: () => [] }],
    };
  }
  return node;
}

function toCheckbox(isOff: boolean): NonNullable<TreeItem['checkboxState']> {
  return {
    state: isOff ? TreeItemCheckboxState.Unchecked : TreeItemCheckboxState.Checked,
    tooltip: isOff ? 'Offer it to the agent' : 'Take it away from the agent',
  };
}

function toCollapsible(item: McpItem): TreeItemCollapsibleState {
  if (item.kind === 'resources') return TreeItemCollapsibleState.Collapsed;
  if (!('items' in item) || item.items.length === 0) return TreeItemCollapsibleState.None;
  return item.kind === 'server' ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

function toContext(item: McpItem): string {
  if (item.kind === 'server') {
    const { status, belay_login: login } = item.server;
    return [`server.${status}`, ...(login === undefined ? [] : [`login-${login}`])].join(' ');
  }
  return item.kind === 'tool' && item.tool.belay_changed === true ? 'tool.changed' : item.kind;
}

function toIcon(item: McpItem): ThemeIcon {
  switch (item.kind) {
    case 'server':
      return STATE_ICONS[item.server.status];
    case 'tool':
      return item.tool.belay_changed === true ? WARNING : new ThemeIcon('tools');
    case 'tools':
      return new ThemeIcon('tools');
    case 'prompts':
    case 'prompt':
      return new ThemeIcon('comment');
    case 'resources':
    case 'resource':
      return new ThemeIcon('file-symlink-file');
    default:
      return item satisfies never;
  }
}

const WARNING = new ThemeIcon('warning', new ThemeColor('list.warningForeground'));

const STATE_ICONS: Readonly<Record<McpServerStatus['status'], ThemeIcon>> = {
  connected: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')),
  pending: new ThemeIcon('loading~spin'),
  failed: new ThemeIcon('error', new ThemeColor('list.errorForeground')),
  'needs-auth': new ThemeIcon('key', new ThemeColor('list.warningForeground')),
  disabled: new ThemeIcon('circle-slash'),
};

function toTooltip(item: McpItem): string {
  if (item.kind === 'tool') return [item.tool.name, item.tool.description ?? ''].join('\n\n');
  if (item.kind === 'resource') {
    return [item.resource.uri, item.resource.description ?? ''].join('\n\n');
  }
  if (item.kind !== 'server') return toItemLabel(item);
  const { name, serverInfo, error } = item.server;
  const version = serverInfo === undefined ? '' : `${serverInfo.name} ${serverInfo.version}`;
  return [name, version, error ?? ''].filter((line) => line !== '').join('\n\n');
}
