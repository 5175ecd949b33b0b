/** The kinds of subagents of a session: what the client defines, what stands in files, what Belay has by itself. */
import type { AgentDefinition, AgentInfo } from '../../protocol/agents.ts';
import type { LayeredRule } from '../permissions/decidePermission.ts';
import { BUILTIN_AGENTS } from './builtinAgents.ts';
import { toAgentName } from './toolNames.ts';

export interface AgentCatalog {
  /** What a client defines goes before all else of the same name. Without effect on what the model has been told already. */
  define(definitions: Readonly<Record<string, AgentDefinition>>): void;
  /** By name, in the order in which the model is told of them. Those that a rule denies are left out. */
  all(): Promise<ReadonlyMap<string, AgentDefinition>>;
}

export interface CatalogOptions {
  readonly definitions: Readonly<Record<string, AgentDefinition>>;
  /** Reads the files, once. */
  readonly load: () => Promise<ReadonlyMap<string, AgentDefinition>>;
  readonly rules: () => readonly LayeredRule[];
}

export function createAgentCatalog({ definitions, load, rules }: CatalogOptions): AgentCatalog {
  const defined = new Map(Object.entries(definitions));
  let loading: Promise<ReadonlyMap<string, AgentDefinition>> | undefined;
  return {
    define(more) {
      for (const [name, definition] of Object.entries(more)) defined.set(name, definition);
    },
    async all() {
      loading ??= load();
      const known = new Map([...Object.entries(BUILTIN_AGENTS), ...(await loading), ...defined]);
      for (const rule of rules()) {
        const name = rule.behavior === 'deny' ? toAgentName(rule) : undefined;
        if (name !== undefined) known.delete(name);
      }
      return known;
    },
  };
}

export function toAgentInfos(definitions: ReadonlyMap<string, AgentDefinition>): AgentInfo[] {
  return [...definitions].map(([name, { description, model }]) => ({
    name,
    description,
    ...(model === undefined ? {} : { model }),
  }));
}
