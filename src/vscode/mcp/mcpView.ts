/** What the view "MCP Servers" shows of the session of the panel that was used last, and what can be done there. */
import {
  commands,
  type Disposable,
  type OutputChannel,
  Range,
  type TreeItem,
  Uri,
  window,
  workspace,
} from 'vscode';
import { findNode, readJsonNodes } from '../../core/settings/jsonNodes.ts';
import type { McpServerStatus } from '../../protocol/mcp.ts';
import type { EarlierTexts } from '../earlierText.ts';
import type { SessionHost } from '../sessionHost.ts';
import { toMcpNode } from './mcpNodes.ts';
import { type McpItem, toLogText, toServerItems } from './serverItems.ts';

export type McpAction =
  | 'reconnect'
  | 'showLog'
  | 'openConfiguration'
  | 'switchOn'
  | 'switchOff'
  | 'showChange'
  | 'logIn'
  | 'logOut';

/** What the tree is made of. */
export interface McpNode {
  readonly item: McpItem;
  readonly node: TreeItem;
  children(): readonly McpNode[] | Promise<readonly McpNode[]>;
}

export interface McpView extends Disposable {
  roots(): Promise<readonly McpNode[]>;
  /** Throws what a person is to be told. */
  run(action: McpAction, item: McpItem): Promise<void>;
  switchTool(item: McpItem, isOn: boolean): Promise<void>;
  /** There is more to know of the servers: logs that were shown show it, and who wants a login is told. */
  serversChanged(): Promise<void>;
}

export interface McpViewDeps {
  /** undefined: there is no session. */
  readonly host: () => SessionHost | undefined;
  readonly earlierTexts: EarlierTexts;
  readonly cwd: string;
}

export function createMcpView({ host, earlierTexts, cwd }: McpViewDeps): McpView {
  const channels = new Map<string, OutputChannel>();
  /** Servers whose login was offered, with their address: once in a window is enough. */
  const offered = new Set<string>();

  const request: SessionHost['request'] = async (subtype, payload, options) => {
    const current = host();
    if (current === undefined) throw new Error('There is no session whose servers could be asked.');
    return current.request(subtype, payload, options);
  };

  function toNode(item: McpItem): McpNode {
    return { item, node: toMcpNode(item), children: () => listChildren(item) };
  }

  async function listChildren(item: McpItem): Promise<readonly McpNode[]> {
    if ('items' in item) return item.items.map(toNode);
    if (item.kind !== 'resources') return [];
    const { resources } = await request('belay/mcp_resources', { serverName: item.server });
    return resources.map((resource) => toNode({ kind: 'resource', server: item.server, resource }));
  }

  async function fillLog(name: string, channel: OutputChannel): Promise<void> {
    channel.replace(toLogText(await request('belay/mcp_log', { serverName: name })));
  }

  async function showLog(name: string): Promise<void> {
    const channel = channels.get(name) ?? window.createOutputChannel(`Belay MCP: ${name}`, 'log');
    channels.set(name, channel);
    await fillLog(name, channel);
    channel.show(true);
  }

  /** Only what a person has seen is accepted. */
  async function showChange(serverName: string, toolName: string): Promise<void> {
    const change = await request('belay/mcp_tool_change', { serverName, toolName });
    const side = (since: string, text: string): Uri =>
      earlierTexts.show({ path: `/${serverName}/${toolName}.txt`, since }, text);
    const stamp = String(Date.now());
    await commands.executeCommand(
      'vscode.diff',
      side(`known ${stamp}`, change.before),
      side(`now ${stamp}`, change.after),
      `${toolName} (${serverName}): what the agent knows ↔ now`,
    );
    const chosen = await window.showWarningMessage(
      `The MCP server "${serverName}" has changed its tool "${toolName}". Until you accept that, each call of it is asked about.`,
      'Accept',
    );
    if (chosen !== 'Accept') return;
    await request('belay/mcp_tool_accept', { serverName, toolName, after: change.after });
  }

  async function offerLogin({ name, config }: McpServerStatus): Promise<void> {
    const key = JSON.stringify([name, config]);
    if (offered.has(key)) return;
    offered.add(key);
    const chosen = await window.showInformationMessage(
      `The MCP server "${name}" wants you to log in.`,
      'Log In',
    );
    if (chosen === 'Log In') await runOnServer('logIn', name);
  }

  async function runOnServer(action: McpAction, serverName: string): Promise<void> {
    switch (action) {
      case 'reconnect':
        await request('mcp_reconnect', { serverName });
        return;
      case 'switchOn':
      case 'switchOff':
        await request('mcp_toggle', { serverName, enabled: action === 'switchOn' });
        return;
      case 'logIn':
        await request('belay/mcp_login', { serverName });
        return;
      case 'logOut':
        await request('belay/mcp_logout', { serverName });
        return;
      case 'showLog':
        return showLog(serverName);
      case 'openConfiguration':
        return openConfiguration(serverName, cwd);
      case 'showChange':
        return;
      default:
        action satisfies never;
    }
  }

  return {
    async roots() {
      if (host() === undefined) return [];
      const { mcpServers } = await request('mcp_status', {});
      return toServerItems(mcpServers).map(toNode);
    },
    async run(action, item) {
      if (item.kind === 'server') return runOnServer(action, item.server.name);
      if (item.kind === 'tool' && action === 'showChange') return showChange(item.server, item.tool.name);
    },
    async switchTool(item, isOn) {
      if (item.kind !== 'tool') return;
      const asked = { serverName: item.server, toolName: item.tool.name, enabled: isOn };
      const { problem } = await request('belay/mcp_tool_toggle', asked);
      if (problem !== undefined) throw new Error(problem);
    },
    async serversChanged() {
      if (host() === undefined) return;
      // A server that this session does not have keeps what its log last said.
      await Promise.allSettled([...channels].map(([name, channel]) => fillLog(name, channel)));
      const { mcpServers } = await request('mcp_status', {});
      await Promise.all(mcpServers.filter(wantsLogin).map(offerLogin));
    },
    dispose() {
      for (const channel of channels.values()) channel.dispose();
    },
  };
}

function wantsLogin({ belay_login: login }: McpServerStatus): boolean {
  return login === 'wanted';
}

/** Where servers are named in a folder, those that count first. */
const CONFIGURATIONS = [
  { file: ['.mcp.json'], key: 'mcpServers' },
  { file: ['.vscode', 'mcp.json'], key: 'servers' },
] as const;

/** Opens the file that names the server, at its name. */
async function openConfiguration(name: string, cwd: string): Promise<void> {
  for (const { file, key } of CONFIGURATIONS) {
    const uri = Uri.joinPath(Uri.file(cwd), ...file);
    const document = await workspace.openTextDocument(uri).then(
      (opened) => opened,
      () => undefined,
    );
    const place = document === undefined ? undefined : findServer(document.getText(), [key, name]);
    if (document === undefined || place === undefined) continue;
    const selection = new Range(document.positionAt(place.start), document.positionAt(place.end));
    await window.showTextDocument(document, { preview: true, selection });
    return;
  }
  throw new Error(
    `The server "${name}" does not stand in the .mcp.json of this folder, nor in its .vscode/mcp.json.`,
  );
}

function findServer(text: string, path: readonly string[]) {
  try {
    return findNode(readJsonNodes(text), path);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
