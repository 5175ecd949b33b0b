/**
 * One MCP server and its connection: a state machine. A connection that breaks is made again, a few times and with growing
 * pauses; what a server does wrong ends in a state and a reason, never in a throw.
 */
import type { McpServerConfig } from '../../protocol/mcp.ts';
import { abortable } from '../abortable.ts';
import type { Answer, McpClient, ServerProblem } from './mcpClient.ts';
import { type ConnectionDeps, openConnection, readLists } from './openConnection.ts';
import { type ListedResource, parseResources, type ReadResult } from './resource.ts';
import type { CallResult } from './resultContent.ts';
import { createServerLog, type ServerLog } from './serverLog.ts';
import type { PromptResult } from './serverPrompt.ts';
import { describeState, type ServerState } from './serverState.ts';

export interface McpServerDeps extends ConnectionDeps {
  readonly limits: McpLimits;
  /** There is more in its log. Must not throw. */
  readonly onLog: () => void;
  /** The state, the tools or the prompts changed. Must not throw. */
  readonly onChange: (server: McpServer) => void;
}

/** Milliseconds, but for `restarts`. */
export interface McpLimits {
  /** For the greeting, and for every question that isn't a call. */
  readonly connectMs: number;
  /** For a call, where the server's configuration says nothing. */
  readonly callMs: number;
  /** Before the first new attempt after a connection broke; doubles with each. */
  readonly pauseMs: number;
  /** Connections in a row that may break before nobody tries any more. */
  readonly restarts: number;
  /** A connection that held this long starts the count anew. */
  readonly steadyMs: number;
}

export const MCP_LIMITS: McpLimits = {
  connectMs: 30_000,
  callMs: 30 * 60_000,
  pauseMs: 1000,
  restarts: 5,
  steadyMs: 60_000,
};

const MAX_PAUSE = 30_000;
/** Between two looks at a list that keeps changing. Milliseconds. */
const REFRESH_PAUSE = 200;
const CLOSED = 'It was closed.';

export interface ServerCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** One connection, from the attempt to its end. What comes of an earlier one does not count any more. */
interface Connection {
  readonly abort: AbortController;
  readonly since: number;
  client?: McpClient;
  refreshing?: Promise<void>;
  isStale: boolean;
  isBeingChecked: boolean;
}

export class McpServer {
  readonly name: string;
  readonly config: McpServerConfig;
  readonly log: ServerLog;
  readonly #deps: McpServerDeps;
  #state: ServerState = { kind: 'disconnected', reason: CLOSED, isReturning: false };
  #connection: Connection | undefined;
  #attempt: Promise<void> = Promise.resolve();
  /** Ends a pause before the next attempt. */
  #waiting = new AbortController();
  #breaks = 0;
  #isEnabled = true;
  #isClosed = false;

  constructor(name: string, config: McpServerConfig, deps: McpServerDeps) {
    this.name = name;
    this.config = config;
    this.#deps = deps;
    this.log = createServerLog(deps.clock, () => deps.onLog());
  }

  get state(): ServerState {
    return this.#state;
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** Resolves when no attempt to connect is under way. Never rejects. */
  get settled(): Promise<void> {
    return this.#attempt;
  }

  /** Connects, or connects anew. Never rejects: the state says what came of it. */
  async connect(): Promise<void> {
    this.#breaks = 0;
    const before = this.#attempt;
    this.#attempt = this.#disconnect(before).then(() => this.#begin());
    await this.#attempt;
  }

  /** Connects anew, also a server that was switched off. */
  async reconnect(): Promise<void> {
    this.#isEnabled = true;
    await this.connect();
  }

  async setEnabled(isEnabled: boolean): Promise<void> {
    this.#isEnabled = isEnabled;
    if (isEnabled) return this.#state.kind === 'ready' ? undefined : this.connect();
    await this.#end();
  }

  /** For good. Resolves when nothing of the server is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  /** Waits for an attempt that is under way. Rejects with the signal's reason only. */
  async call({ tool, input, signal, onProgress }: ServerCall): Promise<Answer<CallResult>> {
    await abortable(this.#attempt, signal);
    const state = this.#state;
    if (state.kind !== 'ready') return this.#unavailable(state);
    if (!state.tools.some(({ name }) => name === tool)) return gone(`It has no tool "${tool}" any more.`);
    const { client } = state;
    const timeoutMs = this.#timeout();
    const answer = await client.callTool({ name: tool, input, timeoutMs, signal, onProgress });
    if (answer.kind === 'answer' || answer.kind === 'refused') return answer;
    void this.#examine(client, answer);
    return answer.kind === 'silent'
      ? { ...answer, problem: `It did not answer within ${timeoutMs / 1000} seconds.` }
      : answer;
  }

  /** Rejects with the signal's reason only. */
  getPrompt(
    name: string,
    given: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer<PromptResult>> {
    return this.#ask((client) => client.getPrompt({ name, arguments: given }, signal));
  }

  /** Never rejects. */
  listResources(): Promise<Answer<readonly ListedResource[]>> {
    return this.#ask(async (client) => {
      const listed = await client.listResources();
      return listed.kind === 'answer'
        ? { kind: 'answer', value: parseResources(listed.value, this.name) }
        : listed;
    });
  }

  /** Rejects with the signal's reason only. */
  readResource(uri: string, signal: AbortSignal): Promise<Answer<ReadResult>> {
    return this.#ask((client) => client.readResource(uri, signal));
  }

  async #ask<Value>(question: (client: McpClient) => Promise<Answer<Value>>): Promise<Answer<Value>> {
    const state = this.#state;
    if (state.kind !== 'ready') return this.#unavailable(state);
    const answer = await question(state.client);
    if (answer.kind === 'silent' || answer.kind === 'lost') void this.#examine(state.client, answer);
    return answer;
  }

  #timeout(): number {
    const { timeout } = this.config;
    return timeout === undefined || timeout < 1000 ? this.#deps.limits.callMs : timeout;
  }

  #unavailable(state: Exclude<ServerState, { kind: 'ready' }>): ServerProblem {
    if (!this.#isEnabled) return gone('It is switched off.');
    const reason = 'reason' in state ? state.reason : 'It is still being connected.';
    return gone(`It is not connected. ${reason}`);
  }

  /** After a call went wrong: a server that can't be reached any more is dropped, one that doesn't even answer a ping too. */
  async #examine(client: McpClient, { kind, problem }: ServerProblem): Promise<void> {
    const connection = this.#connection;
    if (connection?.client !== client) return;
    if (kind === 'silent' && (await client.ping().catch(() => undefined))?.kind === 'answer') return;
    if (this.#connection === connection) await client.close(problem);
    // Not every transport tells of an end that we asked for.
    this.#lost(connection, problem);
  }

  /** Over HTTP a call whose answer broke off would wait for ever: whoever is still there answers a ping. */
  async #check(connection: Connection): Promise<void> {
    const { client } = connection;
    if (client === undefined || connection.isBeingChecked) return;
    connection.isBeingChecked = true;
    const answer = await client.ping().catch(() => undefined);
    connection.isBeingChecked = false;
    if (answer?.kind === 'lost') await this.#examine(client, answer);
  }

  async #begin(): Promise<void> {
    if (this.#isClosed || !this.#isEnabled) return;
    const { clock } = this.#deps;
    const connection: Connection = {
      abort: new AbortController(),
      since: clock.monotonic(),
      isStale: false,
      isBeingChecked: false,
    };
    this.#connection = connection;
    await this.#open(connection);
  }

  async #open(connection: Connection): Promise<void> {
    const { signal } = connection.abort;
    this.#set({ kind: 'initializing' });
    try {
      const opened = await this.#greet(connection);
      if (signal.aborted) return;
      if (opened !== undefined) this.#fail(opened);
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.#fail({ kind: 'lost', problem, needsAuth: false });
    }
  }

  /** undefined: it went well. */
  async #greet(connection: Connection): Promise<ServerProblem | undefined> {
    const opened = await openConnection({
      deps: this.#deps,
      name: this.name,
      config: this.config,
      timeoutMs: this.#deps.limits.connectMs,
      serverLog: this.log,
      signal: connection.abort.signal,
      onGreeting: () => this.#set({ kind: 'connecting' }),
      onClose: (reason) => this.#lost(connection, reason ?? 'The connection was closed.'),
      onListsChanged: () => this.#refresh(connection),
      onProblem: () => {
        if (this.config.type === 'http') void this.#check(connection);
      },
    });
    if (opened?.kind !== 'answer') return opened;
    connection.client = opened.value.client;
    this.#set({ kind: 'ready', ...opened.value });
    return undefined;
  }

  #fail({ problem, needsAuth }: ServerProblem): void {
    this.#connection = undefined;
    this.#deps.log.warn('an MCP server could not be connected', { server: this.name, problem });
    this.#set({ kind: 'failed', reason: problem, needsAuth });
  }

  /** The connection ended without having been asked to. While it is still being made, its attempt says what is wrong. */
  #lost(connection: Connection, reason: string): void {
    if (this.#connection !== connection || connection.client === undefined) return;
    const { clock, limits, log } = this.#deps;
    this.#connection = undefined;
    connection.abort.abort(new Error(reason));
    const held = clock.monotonic() - connection.since;
    this.#breaks = held >= limits.steadyMs ? 1 : this.#breaks + 1;
    const isReturning = this.config.type !== 'sdk' && this.#breaks <= limits.restarts;
    log.warn('an MCP server was lost', { server: this.name, reason, isReturning });
    this.#set({ kind: 'disconnected', reason, isReturning });
    if (isReturning) void this.#return();
  }

  async #return(): Promise<void> {
    const { clock, limits } = this.#deps;
    const waiting = this.#waiting;
    for (;;) {
      const pause = Math.min(limits.pauseMs * 2 ** (this.#breaks - 1), MAX_PAUSE);
      await clock.sleep(pause, waiting.signal).catch(() => undefined);
      if (waiting.signal.aborted) return;
      this.#attempt = this.#begin();
      await this.#attempt;
      if (waiting.signal.aborted || this.#state.kind !== 'failed' || this.#state.needsAuth) return;
      this.#breaks += 1;
      if (this.#breaks > limits.restarts) return;
      this.#set({ kind: 'disconnected', reason: this.#state.reason, isReturning: true });
    }
  }

  async #end(): Promise<void> {
    this.#attempt = this.#disconnect(this.#attempt);
    await this.#attempt;
  }

  /** `before`: what was under way, which may have connected meanwhile. */
  async #disconnect(before: Promise<void>): Promise<void> {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    await this.#closeConnection();
    await before;
    await this.#closeConnection();
    this.#set({ kind: 'disconnected', reason: CLOSED, isReturning: false });
  }

  async #closeConnection(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    this.#set({ kind: 'closing' });
    connection.abort.abort(new Error(CLOSED));
    await connection.client?.close(CLOSED);
  }

  /** Looks again when the list changed while it was looked at. */
  #refresh(connection: Connection): void {
    connection.isStale = true;
    connection.refreshing ??= this.#readAgain(connection).finally(() => {
      delete connection.refreshing;
    });
  }

  async #readAgain(connection: Connection): Promise<void> {
    while (connection.isStale && this.#connection === connection) {
      await this.#deps.clock.sleep(REFRESH_PAUSE, connection.abort.signal).catch(() => undefined);
      const { client } = connection;
      if (client === undefined || connection.abort.signal.aborted) return;
      connection.isStale = false;
      const reading = { deps: this.#deps, name: this.name, serverLog: this.log };
      const lists = await readListsSafely(client, reading);
      if (connection.abort.signal.aborted || this.#connection !== connection) return;
      if (lists.kind === 'answer') this.#set({ kind: 'ready', client, ...lists.value });
      else this.log.add('belay', `What it offers has changed, and could not be read: ${lists.problem}`);
    }
  }

  #set(state: ServerState): void {
    this.#state = state;
    this.log.add('belay', describeState(state));
    this.#deps.onChange(this);
  }
}

/** Never rejects. */
async function readListsSafely(
  client: McpClient,
  reading: Parameters<typeof readLists>[1],
): ReturnType<typeof readLists> {
  try {
    return await readLists(client, reading);
  } catch (error) {
    return gone(error instanceof Error ? error.message : String(error));
  }
}

function gone(problem: string): ServerProblem {
  return { kind: 'lost', problem, needsAuth: false };
}
