/**
 * What the requests of a session begin with: the system prompt and the tools. Whoever has a part in it (the client's
 * `initialize`, MCP servers, memory files, subagents) adds it before the first turn; from then on it is fixed, because a
 * changed prefix would void the model's thinking and the provider's cache.
 */
import type { AgentOptions, AgentPorts } from '../agent.ts';
import { buildSystemPrompt } from '../context/systemPrompt.ts';
import type { ApiTool } from '../model/modelRequest.ts';
import type { LayeredRule } from '../permissions/decidePermission.ts';
import type { Session } from '../sessions/session.ts';
import { STRUCTURED_OUTPUT_SECTION } from '../tools/structuredOutput.ts';
import type { AnyTool } from '../tools/tool.ts';
import { toApiTool } from '../tools/toolSchema.ts';
import { digestOf } from './digest.ts';
import { findDenials } from './toolSwitch.ts';

/** The part of each request that never changes, and the tools behind it. */
export interface Prefix {
  readonly system: readonly string[];
  readonly apiTools: readonly ApiTool[];
  /** Thinking of replies up to this uuid was made under another prefix and can't be sent back; undefined: all is valid. */
  readonly thinkingVoidUpTo: string | undefined;
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** The answer of a turn is what StructuredOutput is called with. */
  readonly wantsStructuredOutput?: boolean;
}

export interface SessionSetup {
  /** Takes the place of Belay's own system prompt. Without effect once the first turn has begun. */
  replaceSystemPrompt(sections: readonly string[]): void;
  /** Adds tools, asked for when the first turn begins: a server may still be connecting until then. Must not throw. */
  addTools(provide: () => Promise<readonly AnyTool[]>): void;
  /** Adds a section at the end of the system prompt, asked for when the first turn begins. Must not throw. */
  addSection(provide: () => Promise<string | undefined>): void;
  /** Has every turn answer through this tool (structuredOutput.ts). Without effect once the first turn has begun. */
  answerThrough(tool: AnyTool): void;
  /** Everything, fixed from the first call on. */
  freeze(): Promise<Prefix>;
  /**
   * Asks for the tools anew when the next turn begins, because somebody wants others. Where they differ, the thinking so
   * far is void: not for what changes by itself.
   */
  refreshTools(): void;
}

export interface SetupDeps {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly session: Session;
  /** The permission rules of the moment. */
  readonly rules: () => readonly LayeredRule[];
}

export function createSessionSetup(deps: SetupDeps): SessionSetup {
  let replacement = deps.options.systemPrompt;
  const tools: (() => Promise<readonly AnyTool[]>)[] = [async () => deps.options.tools];
  const sections: (() => Promise<string | undefined>)[] = [async () => deps.options.appendSystemPrompt];
  let answerTool: AnyTool | undefined;
  let frozen: Promise<Prefix> | undefined;
  let stale: Promise<Prefix> | undefined;
  return {
    replaceSystemPrompt(texts) {
      replacement = texts;
    },
    addTools(provide) {
      tools.push(provide);
    },
    addSection(provide) {
      sections.push(provide);
    },
    answerThrough(tool) {
      answerTool = tool;
    },
    freeze() {
      frozen ??= buildPrefix({ ...deps, replacement, tools, sections, answerTool, before: stale });
      return frozen;
    },
    refreshTools() {
      stale = frozen ?? stale;
      frozen = undefined;
    },
  };
}

interface Building extends SetupDeps {
  readonly replacement: readonly string[] | undefined;
  readonly tools: readonly (() => Promise<readonly AnyTool[]>)[];
  readonly sections: readonly (() => Promise<string | undefined>)[];
  readonly answerTool: AnyTool | undefined;
  /** What the requests of this session began with until now. */
  readonly before: Promise<Prefix> | undefined;
}

/** Stands in the transcript for the tools of a session that has had several: no later list of tools is the same. */
const CHANGED = 'changed';

/** A resumed session keeps its own system prompt; where the tools differ now, its thinking is void. */
async function buildPrefix(building: Building): Promise<Prefix> {
  const { options, session, answerTool, rules } = building;
  const wantsStructuredOutput = answerTool !== undefined;
  const answering = wantsStructuredOutput ? [async () => [answerTool]] : [];
  const offered = await collectTools([...building.tools, ...answering], rules());
  const tools = new Map(offered.map((tool) => [tool.name, tool]));
  const apiTools = offered.map(toApiTool);
  const { start, leaf } = session.conversation;
  const before = await building.before;
  if (before !== undefined) {
    if ((await digestOf(before.apiTools)) === (await digestOf(apiTools))) return { ...before, tools };
    await session.record({
      type: 'belay/session_start',
      sessionId: options.sessionId,
      system: [...before.system],
      toolsSha256: CHANGED,
    });
    return { ...before, tools, apiTools, thinkingVoidUpTo: leaf?.uuid };
  }
  if (start === undefined) {
    const system = await buildSystem(building);
    return { tools, apiTools, system, thinkingVoidUpTo: leaf?.uuid, wantsStructuredOutput };
  }
  const sameTools = start.toolsSha256 === (await digestOf(apiTools));
  const thinkingVoidUpTo = sameTools ? undefined : leaf?.uuid;
  return { tools, apiTools, system: start.system, thinkingVoidUpTo, wantsStructuredOutput };
}

async function buildSystem({
  ports,
  replacement,
  sections,
  answerTool,
}: Building): Promise<readonly string[]> {
  const own = buildSystemPrompt({
    workspace: ports.workspace,
    shellName: ports.processes.shellName,
    date: new Date(ports.clock.now()).toISOString().slice(0, 10),
  });
  const added = await Promise.all(sections.map((provide) => provide()));
  const answering = answerTool === undefined ? [] : [STRUCTURED_OUTPUT_SECTION];
  return [...(replacement ?? own), ...added.filter((text) => text !== undefined), ...answering];
}

/** PROTOCOL: a deny rule that names a whole tool takes the tool out of the request. The first of a name wins. */
async function collectTools(
  providers: readonly (() => Promise<readonly AnyTool[]>)[],
  rules: readonly LayeredRule[],
): Promise<readonly AnyTool[]> {
  const offered = new Map<string, AnyTool>();
  for (const tool of (await Promise.all(providers.map((provide) => provide()))).flat()) {
    const isDenied = findDenials(rules, tool).length > 0;
    if (!isDenied && !offered.has(tool.name)) offered.set(tool.name, tool);
  }
  return [...offered.values()];
}
