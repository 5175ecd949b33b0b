/**
 * What the model was told of the tools of servers. A server may make something else of a tool while the session runs: such a
 * change is pending until a person has seen it. Until then the model is told nothing else of the tool, and each call is asked.
 */
import { isSameDefinition, type ToolDefinition } from './toolDefinition.ts';

export interface OfferedTool {
  /** As the model knows it from the list of its tools. */
  readonly told: ToolDefinition;
  /** As a person has last accepted it. */
  readonly accepted: ToolDefinition;
}

/** Both as texts to be compared by a person. */
export interface ToolChange {
  readonly before: string;
  readonly after: string;
}

export interface OfferedTools {
  /** What to tell the model of a tool that its server lists; a change nobody has accepted is not told. */
  offer(server: string, listed: ToolDefinition): OfferedTool;
  /** As it is now; undefined: the model was not told of it. */
  find(server: string, tool: string): OfferedTool | undefined;
  /** undefined: it is what was accepted, or unknown. `now`: as its server lists it now. */
  changeOf(server: string, now: ToolDefinition): ToolChange | undefined;
  accept(server: string, now: ToolDefinition): void;
  /** Another server has the name now. */
  forget(server: string): void;
}

export function createOfferedTools(): OfferedTools {
  const servers = new Map<string, Map<string, OfferedTool>>();
  const find = (server: string, tool: string) => servers.get(server)?.get(tool);

  function put(server: string, offered: OfferedTool): void {
    const tools = servers.get(server) ?? new Map<string, OfferedTool>();
    servers.set(server, tools.set(offered.told.name, offered));
  }

  return {
    find,
    offer(server, listed) {
      const told = find(server, listed.name)?.accepted ?? listed;
      const offered = { told, accepted: told };
      put(server, offered);
      return offered;
    },
    changeOf(server, now) {
      const accepted = find(server, now.name)?.accepted;
      if (accepted === undefined || isSameDefinition(accepted, now)) return undefined;
      return { before: describeTool(accepted), after: describeTool(now) };
    },
    accept(server, now) {
      const offered = find(server, now.name);
      if (offered !== undefined) put(server, { ...offered, accepted: now });
    },
    forget(server) {
      servers.delete(server);
    },
  };
}

export function describeTool({ name, description, jsonSchema }: ToolDefinition): string {
  return `${name}\n\n${description}\n\nInput:\n${JSON.stringify(jsonSchema, null, 2)}\n`;
}
