/** What can be said of an MCP server at any moment. */
import type { McpClient } from './mcpClient.ts';
import type { PromptDefinition } from './serverPrompt.ts';
import type { ToolDefinition } from './toolDefinition.ts';

export type ServerState =
  /** Its transport is being made ready. */
  | { readonly kind: 'initializing' }
  /** Greeted; what it can do is being agreed. */
  | { readonly kind: 'connecting' }
  | ({ readonly kind: 'ready'; readonly client: McpClient } & ServerLists)
  | { readonly kind: 'closing' }
  /** Not connected any more; `isReturning`: it will be tried again by itself. */
  | { readonly kind: 'disconnected'; readonly reason: string; readonly isReturning: boolean }
  /** It could not be connected. */
  | { readonly kind: 'failed'; readonly reason: string; readonly needsAuth: boolean };

export type ReadyState = Extract<ServerState, { kind: 'ready' }>;

/** What a server offers. */
export interface ServerLists {
  readonly tools: readonly ToolDefinition[];
  readonly prompts: readonly PromptDefinition[];
}

export function problemOf(state: ServerState): string | undefined {
  return state.kind === 'failed' || state.kind === 'disconnected' ? state.reason : undefined;
}

/** For the log of the server. */
export function describeState(state: ServerState): string {
  switch (state.kind) {
    case 'initializing':
      return 'Starting.';
    case 'connecting':
      return 'Connecting.';
    case 'ready':
      return `Connected: ${state.tools.length} tools, ${state.prompts.length} prompts.`;
    case 'closing':
      return 'Closing.';
    case 'disconnected':
      return `Disconnected. ${state.reason}${state.isReturning ? ' It is tried again.' : ''}`;
    case 'failed':
      return `Could not be connected. ${state.reason}`;
    default:
      return state satisfies never;
  }
}
