/**
 * The MCP servers of a session: those it was started with, those that live in the client, those the client sets later. They
 * connect at once and side by side; the first turn waits for them a while.
 */
import type { SlashCommand } from '../../protocol/commands.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type { McpServerConfig, McpServerStatus } from '../../protocol/mcp.ts';
import type { Clock, Log, Workspace } from '../ports.ts';
import type { AnyTool } from '../tools/tool.ts';
import { toWellFormed } from '../tools/wellFormed.ts';
import { type AskClient, type ClientTransport, createClientTransport } from './clientTransport.ts';
import type { McpConnector, McpTransport } from './connector.ts';
import type { Elicit } from './elicitation.ts';
import type { Answer, ServerProblem } from './mcpClient.ts';
import { takeToolName } from './mcpNames.ts';
import { type McpLimits, McpServer } from './mcpServer.ts';
import { createMcpTool } from './mcpTool.ts';
import { createOfferedTools, describeTool, type ToolChange } from './offeredTools.ts';
import type { ListedResource, ReadResult } from './resource.ts';
import { createResourceTools } from './resourceTools.ts';
import type { Sample } from './sampling.ts';
import type { LogEntry } from './serverLog.ts';
import type { AddressConfig, ServerLogins } from './serverLogin.ts';
import { type PromptDefinition, type PromptResult, toPromptCommand, toPromptName } from './serverPrompt.ts';
import { problemOf, type ReadyState } from './serverState.ts';
import { type StatusDeps, toStatus } from './serverStatus.ts';
import type { ToolDefinition } from './toolDefinition.ts';

export interface McpServersOptions {
  /** undefined: only servers of the client can be reached. */
  readonly connector: McpConnector | undefined;
  readonly askClient: AskClient;
  readonly elicit: Elicit;
  /** undefined: nobody could say yes. */
  readonly sample: Sample | undefined;
  /** What a server asked for by a page has been done. */
  readonly onElicited: (server: string, elicitationId: string) => void;
  /** There are other prompts than before. */
  readonly onPromptsChanged: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly workspace: Workspace;
  readonly version: string;
  readonly limits: McpLimits;
  /** Which tools there are may have changed, because somebody asked for it. */
  readonly onSet: () => void;
  /** Something for the model: tools it was told of are not any more what they were. */
  readonly onToolsChanged: (notice: string) => void;
  readonly isSwitchedOff: StatusDeps['isSwitchedOff'];
  /** What `status` or a log says may be something else. Told once for changes that come close together. */
  readonly onStatusChanged: () => void;
}

/** Where a server comes from: `set` came by `mcp_set_servers`, the others were there from the beginning. */
type Origin = 'start' | 'set';

interface Entry {
  readonly server: McpServer;
  readonly origin: Origin;
}

/** Milliseconds that the first turn waits for servers that are still being connected. */
const PATIENCE = 10_000;
/** Changes that come within this time are told as one. Milliseconds. */
const TELL_PAUSE = 250;
/** How long a list of resources is good enough to suggest from. Milliseconds. */
const RECENT = 5000;
/** Characters of what one server wants the model to know. */
const MAX_INSTRUCTIONS = 2000;

/** A prompt of a server, and how it is had. */
export interface FoundPrompt {
  readonly serverName: string;
  readonly definition: PromptDefinition;
  /** Rejects with the signal's reason only. */
  get(given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer<PromptResult>>;
}

export class McpServers {
  readonly #options: McpServersOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #transports = new Map<string, ClientTransport>();
  /** The tools the model was told of, by server, as its list said. */
  #offered = new Map<string, string>();
  readonly #tools = createOfferedTools();
  readonly #closing = new AbortController();
  #isTelling = false;
  /** Resources as they were listed, by server; undefined: of all. */
  readonly #recent = new Map<
    string | undefined,
    { readonly at: number; readonly answer: Promise<Answer<readonly ListedResource[]>> }
  >();
  /** The prompts that were last told, as JSON. */
  #toldPrompts = '[]';

  constructor(options: McpServersOptions) {
    this.#options = options;
  }

  /** Starts to connect servers; one whose name is taken already stays what it is. */
  add(configs: Readonly<Record<string, McpServerConfig>>): void {
    for (const [name, config] of Object.entries(configs)) {
      if (!this.#entries.has(name)) void this.#add(name, config, 'start').connect();
    }
  }

  status(): McpServerStatus[] {
    const { isSwitchedOff } = this.#options;
    return [...this.#entries.values()].map(({ server }) =>
      toStatus(server, { offered: this.#tools, isSwitchedOff, canLogIn: this.#canLogIn }),
    );
  }

  /** The tools of all servers that are connected, or will be soon. Never rejects. */
  async tools(): Promise<readonly AnyTool[]> {
    await this.#patiently();
    const taken = new Set<string>();
    this.#offered = new Map();
    const servers = [...this.#entries.values()].map(({ server }) => server);
    const offered = servers.flatMap((server) => this.#toolsOf(server, taken));
    return servers.some(hasResources) ? [...offered, ...createResourceTools(this)] : offered;
  }

  /** What the servers want the model to know; undefined when that is nothing. Never rejects. */
  async instructions(): Promise<string | undefined> {
    await this.#patiently();
    const sections = [...this.#entries.values()].flatMap(({ server: { name, state } }) => {
      const text = state.kind === 'ready' ? (state.client.instructions ?? '').trim() : '';
      return text === '' ? [] : [`## ${name}\n\n${toWellFormed(text.slice(0, MAX_INSTRUCTIONS))}`];
    });
    if (sections.length === 0) return undefined;
    return `# MCP servers\n\nThese servers say how their tools are to be used:\n\n${sections.join('\n\n')}`;
  }

  /** Prompts of the servers that are connected, as commands. */
  promptCommands(): readonly SlashCommand[] {
    return [...this.#entries.values()].flatMap(({ server: { name, state } }) =>
      state.kind === 'ready' ? state.prompts.map((prompt) => toPromptCommand(name, prompt)) : [],
    );
  }

  /** Of a command `mcp__<server>__<prompt>`, whose server may still be connecting. undefined: there is none. */
  async findPrompt(command: string): Promise<FoundPrompt | undefined> {
    if (!command.startsWith('mcp__')) return undefined;
    await this.#patiently();
    for (const { server } of this.#entries.values()) {
      const { name, state } = server;
      const prompts = state.kind === 'ready' ? state.prompts : [];
      const definition = prompts.find((prompt) => toPromptName(name, prompt.name) === command);
      if (definition !== undefined) {
        const get: FoundPrompt['get'] = (given, signal) => server.getPrompt(definition.name, given, signal);
        return { serverName: name, definition, get };
      }
    }
    return undefined;
  }

  /** Of one server, or of all that have any; a server that can't answer is left out where others can. Never rejects. */
  async listResources(name: string | undefined): Promise<Answer<readonly ListedResource[]>> {
    if (name !== undefined) return this.#entries.get(name)?.server.listResources() ?? unknownServer(name);
    const servers = [...this.#entries.values()].map(({ server }) => server).filter(hasResources);
    const answers = await Promise.all(servers.map((server) => server.listResources()));
    const value = answers.flatMap((answer) => (answer.kind === 'answer' ? answer.value : []));
    return { kind: 'answer', value };
  }

  /** The same, for whoever asks with every letter: up to some seconds old. */
  recentResources(name: string | undefined): Promise<Answer<readonly ListedResource[]>> {
    const now = this.#options.clock.monotonic();
    const recent = this.#recent.get(name);
    if (recent !== undefined && now - recent.at < RECENT) return recent.answer;
    const answer = this.listResources(name);
    this.#recent.set(name, { at: now, answer });
    return answer;
  }

  /** Names of the connected servers that have resources. */
  resourceServers(): readonly string[] {
    return [...this.#entries.values()].flatMap(({ server }) => (hasResources(server) ? [server.name] : []));
  }

  /** Rejects with the signal's reason only. */
  async readResource(name: string, uri: string, signal: AbortSignal): Promise<Answer<ReadResult>> {
    return this.#entries.get(name)?.server.readResource(uri, signal) ?? unknownServer(name);
  }

  /** Throws when there is no such server, or it could not be connected. */
  async reconnect(name: string): Promise<void> {
    const server = this.#find(name);
    await server.reconnect();
    this.#options.onSet();
    const problem = problemOf(server.state);
    if (problem !== undefined) throw new Error(`The MCP server "${name}" could not be connected. ${problem}`);
  }

  /** Takes a person through the login of a server, and connects it anew. Throws what a person is to be told. */
  async logIn(name: string, signal: AbortSignal): Promise<void> {
    const { config, logins } = this.#findLogins(name);
    const outcome = await logins.logIn({ serverName: name, config }, signal);
    if (outcome.kind === 'failed') throw new Error(`Nobody is logged in at "${name}". ${outcome.problem}`);
    await this.reconnect(name);
  }

  /** Forgets the login of a server, and connects it without. */
  async logOut(name: string): Promise<void> {
    const { config, logins } = this.#findLogins(name);
    await logins.logOut(config);
    await this.#find(name).reconnect();
    this.#options.onSet();
  }

  async toggle(name: string, isEnabled: boolean): Promise<void> {
    await this.#find(name).setEnabled(isEnabled);
    this.#options.onSet();
  }

  /** The tools there are were chosen anew, by a rule. */
  toolsChosen(): void {
    this.#options.onSet();
    this.#tellStatus();
  }

  /** What the server has said and what became of it. Throws when there is no such server. */
  log(name: string): readonly LogEntry[] {
    return this.#find(name).log.entries();
  }

  /** What has become of a tool since the model was told of it. Throws when there is no such change. */
  toolChange(name: string, tool: string): ToolChange {
    const change = this.#tools.changeOf(name, this.#findTool(name, tool));
    if (change === undefined) throw new Error(`The tool "${tool}" is what the model knows of it.`);
    return change;
  }

  /** A person has seen what has become of a tool: `after` is what they saw. The model is told, behind all it knows. */
  acceptTool(name: string, tool: string, after: string): void {
    const now = this.#findTool(name, tool);
    if (describeTool(now) !== after) throw new Error('The tool has changed again. Look at it once more.');
    this.#tools.accept(name, now);
    this.#options.onToolsChanged(
      `The tool "${tool}" of the MCP server "${name}" is from now on described like this:\n\n${after}`,
    );
    this.#tellStatus();
  }

  /** Replaces what earlier calls set, and the servers of the client. One that stays as it was is left alone. */
  async set(configs: Readonly<Record<string, McpServerConfig>>): Promise<ResponseOf<'mcp_set_servers'>> {
    const before = [...this.#entries].filter(
      ([name, { server, origin }]) =>
        origin === 'set' || server.config.type === 'sdk' || Object.hasOwn(configs, name),
    );
    const removed: string[] = [];
    for (const [name, { server }] of before) {
      const config = Object.hasOwn(configs, name) ? configs[name] : undefined;
      if (config !== undefined && isSame(config, server.config)) continue;
      if (config === undefined) removed.push(name);
      this.#entries.delete(name);
      this.#tools.forget(name);
      await server.close();
    }
    const added = Object.entries(configs).filter(([name]) => !this.#entries.has(name));
    const servers = added.map(([name, config]) => this.#add(name, config, 'set'));
    await Promise.all(servers.map((server) => server.connect()));
    this.#options.onSet();
    const errors = servers.flatMap((server) => {
      const problem = problemOf(server.state);
      return problem === undefined ? [] : [[server.name, problem] as const];
    });
    return { added: added.map(([name]) => name), removed, errors: Object.fromEntries(errors) };
  }

  /** What a server of the client says by itself. Throws when there is no such server. */
  receive(name: string, message: unknown): void {
    const transport = this.#transports.get(name);
    if (transport === undefined) throw new Error(`There is no MCP server of yours named "${name}".`);
    transport.receive(message);
  }

  /** Resolves when nothing of any server is left. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#entries.values()].map(({ server }) => server.close()));
  }

  #add(name: string, config: McpServerConfig, origin: Origin): McpServer {
    const { workspace, version, clock, log, limits } = this.#options;
    const server = new McpServer(name, config, {
      openTransport: () => this.#openTransport(name, config),
      version,
      canLogIn: this.#canLogIn,
      roots: workspace.roots.map(toFileAddress),
      clock,
      log,
      limits,
      elicit: this.#options.elicit,
      sample: this.#options.sample,
      onElicited: this.#options.onElicited,
      onChange: (changed) => this.#take(changed),
      onLog: () => this.#tellStatus(),
    });
    this.#entries.set(name, { server, origin });
    return server;
  }

  async #openTransport(name: string, config: McpServerConfig): Promise<McpTransport> {
    if (config.type === 'sdk') {
      const transport = createClientTransport(name, this.#options.askClient);
      this.#transports.set(name, transport);
      return transport;
    }
    const { connector } = this.#options;
    if (connector === undefined) throw new Error('Servers of this type can not be reached from here.');
    return connector.connect(config);
  }

  get #canLogIn(): boolean {
    return this.#options.connector?.logins !== undefined;
  }

  #findLogins(name: string): { readonly config: AddressConfig; readonly logins: ServerLogins } {
    const { config } = this.#find(name);
    const logins = this.#options.connector?.logins;
    if (logins === undefined || (config.type !== 'http' && config.type !== 'sse'))
      throw new Error(`Nobody can log in at the MCP server "${name}" from here.`);
    return { config, logins };
  }

  #find(name: string): McpServer {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`There is no MCP server named "${name}".`);
    return entry.server;
  }

  #findTool(name: string, tool: string): ToolDefinition {
    const { state } = this.#find(name);
    const found = state.kind === 'ready' ? state.tools.find((each) => each.name === tool) : undefined;
    if (found === undefined) throw new Error(`The MCP server "${name}" has no tool "${tool}" now.`);
    return found;
  }

  async #patiently(): Promise<void> {
    if (this.#entries.size === 0) return;
    const settled = Promise.all([...this.#entries.values()].map(({ server }) => server.settled));
    const done = new AbortController();
    const late = this.#options.clock.sleep(PATIENCE, done.signal).catch(() => undefined);
    await Promise.race([settled, late]);
    done.abort();
  }

  #toolsOf({ name: serverName, state }: McpServer, taken: Set<string>): readonly AnyTool[] {
    if (state.kind !== 'ready') return [];
    this.#offered.set(serverName, listOf(state));
    return state.tools.map((listed) => {
      const { told } = this.#tools.offer(serverName, listed);
      return createMcpTool({
        name: takeToolName(serverName, told.name, taken),
        definition: told,
        accepted: () => this.#tools.find(serverName, told.name)?.accepted ?? told,
        serverName,
        server: () => this.#entries.get(serverName)?.server,
      });
    });
  }

  #take(server: McpServer): void {
    this.#recent.clear();
    this.#tellStatus();
    this.#tellChange(server);
    const prompts = JSON.stringify(this.promptCommands());
    if (prompts === this.#toldPrompts) return;
    this.#toldPrompts = prompts;
    this.#options.onPromptsChanged();
  }

  #tellStatus(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    const { clock, onStatusChanged } = this.#options;
    clock.sleep(TELL_PAUSE, this.#closing.signal).then(
      () => {
        this.#isTelling = false;
        onStatusChanged();
      },
      () => undefined,
    );
  }

  /** The tools of the session are fixed with its first turn, so the model is told that some are not what they were. */
  #tellChange({ name, state }: McpServer): void {
    const offered = this.#offered.get(name);
    if (offered === undefined || state.kind !== 'ready' || listOf(state) === offered) return;
    this.#offered.set(name, listOf(state));
    this.#options.onToolsChanged(
      `The MCP server "${name}" has changed its tools. Those you know of may be gone or work differently; new ones can be used from the next session on.`,
    );
  }
}

function hasResources({ state }: McpServer): boolean {
  return state.kind === 'ready' && state.client.capabilities.resources !== undefined;
}

function unknownServer(name: string): ServerProblem {
  return { kind: 'lost', problem: `There is no MCP server named "${name}".`, needsAuth: false };
}

function listOf({ tools }: ReadyState): string {
  return JSON.stringify(tools.map(({ name, description, jsonSchema }) => [name, description, jsonSchema]));
}

/** Compared as they are written. */
function isSame(left: McpServerConfig, right: McpServerConfig): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function toFileAddress(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  const absolute = slashed.startsWith('/') ? slashed : `/${slashed}`;
  return `file://${absolute.split('/').map(encodeURIComponent).join('/')}`;
}
