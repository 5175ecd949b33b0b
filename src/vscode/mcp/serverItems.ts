/** The MCP servers of a session as a tree: what each is doing, and what it offers. No editor in here. */
import type { ResponseOf } from '../../protocol/control.ts';
import type { McpServerStatus } from '../../protocol/mcp.ts';

type Tool = NonNullable<McpServerStatus['tools']>[number];
type Prompt = NonNullable<McpServerStatus['belay_prompts']>[number];
type Resource = ResponseOf<'belay/mcp_resources'>['resources'][number];

export type McpItem =
  | { readonly kind: 'server'; readonly server: McpServerStatus; readonly items: readonly McpItem[] }
  | { readonly kind: 'tools'; readonly server: string; readonly items: readonly McpItem[] }
  | { readonly kind: 'prompts'; readonly server: string; readonly items: readonly McpItem[] }
  /** What is in it is asked for when somebody looks. */
  | { readonly kind: 'resources'; readonly server: string }
  | { readonly kind: 'tool'; readonly server: string; readonly tool: Tool }
  | { readonly kind: 'prompt'; readonly server: string; readonly prompt: Prompt }
  | { readonly kind: 'resource'; readonly server: string; readonly resource: Resource };

export function toServerItems(servers: readonly McpServerStatus[]): readonly McpItem[] {
  return servers.map((server): McpItem => ({ kind: 'server', server, items: toParts(server) }));
}

function toParts({ name, tools = [], belay_prompts: prompts = [], ...server }: McpServerStatus): McpItem[] {
  return [
    ...toGroup(
      'tools',
      name,
      tools.map((tool): McpItem => ({ kind: 'tool', server: name, tool })),
    ),
    ...(server.belay_has_resources === true ? [{ kind: 'resources' as const, server: name }] : []),
    ...toGroup(
      'prompts',
      name,
      prompts.map((prompt): McpItem => ({ kind: 'prompt', server: name, prompt })),
    ),
  ];
}

function toGroup(kind: 'tools' | 'prompts', server: string, items: readonly McpItem[]): McpItem[] {
  return items.length === 0 ? [] : [{ kind, server, items }];
}

/** The same for the same thing after a change, so that what a person has opened stays open. */
export function toItemId(item: McpItem): string {
  switch (item.kind) {
    case 'server':
      return JSON.stringify([item.server.name]);
    case 'tools':
    case 'prompts':
    case 'resources':
      return JSON.stringify([item.server, item.kind]);
    case 'tool':
      return JSON.stringify([item.server, 'tools', item.tool.name]);
    case 'prompt':
      return JSON.stringify([item.server, 'prompts', item.prompt.name]);
    case 'resource':
      return JSON.stringify([item.server, 'resources', item.resource.uri]);
    default:
      return item satisfies never;
  }
}

export function toItemLabel(item: McpItem): string {
  switch (item.kind) {
    case 'server':
      return item.server.name;
    case 'tools':
      return 'Tools';
    case 'prompts':
      return 'Prompts';
    case 'resources':
      return 'Resources';
    case 'tool':
      return item.tool.name;
    case 'prompt':
      return `/${item.prompt.command}`;
    case 'resource':
      return item.resource.name;
    default:
      return item satisfies never;
  }
}

const STATES: Readonly<Record<McpServerStatus['status'], string>> = {
  connected: 'connected',
  pending: 'connecting',
  failed: 'not connected',
  'needs-auth': 'needs you to log in',
  disabled: 'switched off',
};

/** What stands behind the label. */
export function describeMcpItem(item: McpItem): string {
  switch (item.kind) {
    case 'server': {
      const { status, error } = item.server;
      return [STATES[status], ...(error === undefined ? [] : [error])].join(' · ');
    }
    case 'tools':
      return countOf(item.items);
    case 'prompts':
      return String(item.items.length);
    case 'resources':
      return '';
    case 'tool': {
      const { belay_changed, belay_title: title } = item.tool;
      return belay_changed === true ? 'changed, not accepted yet' : (title ?? '');
    }
    case 'prompt':
      return item.prompt.description ?? '';
    case 'resource':
      return item.resource.uri;
    default:
      return item satisfies never;
  }
}

function countOf(items: readonly McpItem[]): string {
  const off = items.filter((item) => item.kind === 'tool' && item.tool.belay_off === true).length;
  return off === 0 ? String(items.length) : `${items.length - off} of ${items.length}`;
}

/** One line for each thing a server has said, as they stand in its log. */
export function toLogText({ entries }: ResponseOf<'belay/mcp_log'>): string {
  return entries.map(({ at, level, text }) => `${new Date(at).toISOString()} [${level}] ${text}\n`).join('');
}
