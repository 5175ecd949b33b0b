/**
 * One session on the editor's side: it drives the agent, remembers what a panel needs to be drawn from nothing, and holds the
 * questions that wait for a person. Panels come and go; the session doesn't notice.
 */
import type { Channel } from '../channel/channel.ts';
import { createInProcessPair } from '../channel/inProcess.ts';
import { createPeer, type Peer } from '../channel/peer.ts';
import { refuseHookCallback } from '../channel/refuseHookCallback.ts';
import type { Agent } from '../core/agent.ts';
import type { Log } from '../core/ports.ts';
import {
  type ConversationMessage,
  parseConversationMessage,
  type UserMessage,
} from '../protocol/messages.ts';
import { ConversationLog } from './conversationLog.ts';
import { createPendingPermissions, type PendingPermissions } from './pendingPermissions.ts';
import { reduceSessionState, type SessionState } from './sessionState.ts';
import { collectPaths, pathsOf } from './toldPaths.ts';

export interface SessionHostOptions {
  readonly sessionId: string;
  /** The conversation so far comes from the transcript. */
  readonly resume: boolean;
  readonly start: Pick<SessionState, 'title' | 'model' | 'permissionMode'>;
  /** Starts the agent on its end of the channel. */
  readonly startAgent: (channel: Channel) => Promise<Agent>;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Must not throw. */
export interface SessionObserver {
  /** A message of the agent, as it came. */
  onMessage(message: unknown): void;
  /** The state or the waiting questions changed. */
  onChange(): void;
}

/** Paths that are remembered as told by the agent. */
const MAX_PATHS = 5000;

export class SessionHost {
  readonly sessionId: string;
  readonly permissions: PendingPermissions;
  /** Resolves when an old conversation has been read, or at once for a new one. Never rejects. */
  readonly ready: Promise<void>;
  readonly #options: SessionHostOptions;
  readonly #conversation: ConversationLog;
  readonly #observers = new Set<SessionObserver>();
  readonly #paths = new Set<string>();
  readonly #peer: Peer;
  readonly #agent: Promise<Agent | undefined>;
  #state: SessionState;
  /** A message is on its way that the agent has not taken up. */
  #isSaid = false;

  constructor(options: SessionHostOptions) {
    this.#options = options;
    this.sessionId = options.sessionId;
    this.#conversation = new ConversationLog({ now: options.now });
    this.#state = { ...options.start, activity: 'idle', canRedoFiles: false, canRedoConversation: false };
    this.permissions = createPendingPermissions(() => this.#tellChange());
    const [agentEnd, hostEnd] = createInProcessPair();
    this.#peer = createPeer<'client' | 'program'>(hostEnd, {
      handlers: {
        can_use_tool: (question, { signal }) => {
          this.#tell(pathsOf(question.input));
          return this.permissions.ask(question, signal);
        },
        hook_callback: refuseHookCallback,
        async mcp_message({ server_name }) {
          throw new Error(`The editor has no MCP servers of its own, so it has none named "${server_name}".`);
        },
      },
      onMessage: (message) => this.#receive(message),
      onProblem: (problem, cause) => options.log.warn(problem, { cause }),
    });
    this.#agent = this.#start(agentEnd);
    this.ready = options.resume ? this.#askForRedo() : Promise.resolve();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Nothing runs, waits, or is on its way: the session could be closed and opened again without a loss. */
  get isQuiet(): boolean {
    return !this.#isSaid && this.#state.activity === 'idle' && this.permissions.waiting().length === 0;
  }

  get canRedo(): boolean {
    return this.#state.canRedoFiles || this.#state.canRedoConversation;
  }

  /** The conversation so far, for a panel that starts from nothing. */
  toMessages(): unknown[] {
    return this.#conversation.toMessages(this.sessionId);
  }

  get request(): Peer['request'] {
    return this.#peer.request;
  }

  /** Says something to the agent for a person. */
  say(message: UserMessage): void {
    this.#isSaid = true;
    void this.#peer.send(message);
  }

  observe(observer: SessionObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Whether the agent has named this file: it may then be shown, also outside of the workspace. */
  hasTold(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Ends the turn and writes what is to be written. */
  async close(): Promise<void> {
    const agent = await this.#agent;
    await agent?.close();
    this.#peer.close();
  }

  async #start(channel: Channel): Promise<Agent | undefined> {
    try {
      return await this.#options.startAgent(channel);
    } catch (error) {
      this.#options.log.error('the session could not be started', { error });
      this.#receive({
        type: 'system',
        subtype: 'informational',
        uuid: crypto.randomUUID(),
        session_id: this.sessionId,
        content: `This session could not be started: ${error instanceof Error ? error.message : String(error)}`,
        level: 'warning',
      });
      this.#peer.close();
      return undefined;
    }
  }

  #receive(raw: unknown): void {
    const message = this.#parse(raw);
    if (message === undefined) return;
    this.#conversation.add(message);
    this.#tell(collectPaths(message));
    for (const observer of [...this.#observers]) observer.onMessage(raw);
    if (message.type === 'system' && message.subtype === 'session_state_changed') this.#isSaid = false;
    this.#setState(reduceSessionState(this.#state, message));
  }

  #parse(raw: unknown): ConversationMessage | undefined {
    const parsed = parseConversationMessage(raw);
    if (parsed.kind === 'message') return parsed.message;
    const problem = parsed.kind === 'invalid' ? parsed.problem : 'unknown';
    this.#options.log.warn('a message of the agent was skipped', { type: parsed.type, problem });
    return undefined;
  }

  #tell(paths: readonly string[]): void {
    for (const path of paths) {
      this.#paths.delete(path);
      this.#paths.add(path);
    }
    for (const oldest of this.#paths) {
      if (this.#paths.size <= MAX_PATHS) return;
      this.#paths.delete(oldest);
    }
  }

  #setState(state: SessionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tellChange();
  }

  #tellChange(): void {
    for (const observer of [...this.#observers]) observer.onChange();
  }

  /**
   * Whether a rewind of an earlier window can still be taken back is known to the checkpoints only. The answer comes after
   * the old conversation, so with it the session is ready.
   */
  async #askForRedo(): Promise<void> {
    try {
      const answer = await this.request('rewind_files', { user_message_id: '', redo: true, dry_run: true });
      this.#setState({ ...this.#state, canRedoFiles: answer.canRedo === true });
    } catch (error) {
      this.#options.log.debug('whether a rewind can be taken back is unknown', { error });
    }
  }
}
