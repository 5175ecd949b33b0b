/**
 * One session on the editor's side: it drives the agent, remembers what a panel needs to be drawn from nothing, and holds the
 * questions that wait for a person. Panels come and go; the session doesn't notice. Agents may go, too: when one is lost the
 * session goes on with another, from the transcript.
 */
import type { Peer } from '../channel/peer.ts';
import type { Log } from '../core/ports.ts';
import {
  type ConversationMessage,
  parseConversationMessage,
  type UserMessage,
} from '../protocol/messages.ts';
import type { SessionPhase } from '../protocol/panel.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import type { AgentLink, AgentStart } from './agentLink.ts';
import { type AgentRun, openRun } from './agentRun.ts';
import { StepTitles } from './checkpoints/stepTitles.ts';
import { ConversationLog } from './conversationLog.ts';
import { createPendingElicitations, type OpenPage, type PendingElicitations } from './pendingElicitations.ts';
import {
  createPendingPermissions,
  type PendingPermissions,
  type ReviewAnswer,
} from './pendingPermissions.ts';
import type { QuestionPanel } from './pendingQuestions.ts';
import { createPendingSamples, type PendingSamples } from './pendingSamples.ts';
import { reduceSessionState, type SessionState } from './sessionState.ts';
import { collectPaths, pathsOf, ToldPaths } from './toldPaths.ts';
import { UntakenMessages } from './untakenMessages.ts';

export interface SessionHostOptions {
  readonly sessionId: string;
  readonly resume: boolean;
  readonly start: Pick<SessionState, 'title'> & Pick<AgentStart, 'model' | 'permissionMode'>;
  readonly openAgent: (start: AgentStart) => AgentLink;
  /** Sees what a panel has answered before it counts; default: it counts as it is. */
  readonly reviewAnswer?: ReviewAnswer | undefined;
  readonly openPage: OpenPage;
  readonly log: Log;
  /** What the person has done outside of the conversation, told to the agent before their next message. Must not throw. */
  readonly takeNews: () => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Must not throw. */
export interface SessionObserver {
  /** A message of the agent, as it came. */
  onMessage(message: unknown): void;
  /** The state or the waiting questions changed. */
  onChange(): void;
  /** The conversation begins anew: what was seen of it comes again. */
  onReset(): void;
}

export class SessionHost {
  readonly sessionId: string;
  readonly permissions: PendingPermissions;
  readonly elicitations: PendingElicitations;
  readonly samples: PendingSamples;
  /** What turns and calls are called, also those that a rewind has cut off. */
  readonly titles = new StepTitles();
  readonly #options: SessionHostOptions;
  readonly #observers = new Set<SessionObserver>();
  readonly #paths = new ToldPaths();
  /** Calls whose change of a file a person has seen and allowed. */
  readonly #agreed = new Set<string>();
  readonly #untaken = new UntakenMessages();
  #conversation: ConversationLog;
  /** undefined: there is no agent; the next message starts one. */
  #run: AgentRun | undefined;
  #ready: Promise<void>;
  #state: SessionState;
  /** Something was said in this session, so there is a transcript to go on from. */
  #hasBegun: boolean;
  /** A message is on its way that the agent has not taken up. */
  #isSaid = false;
  #isClosed = false;
  /** With which the next agent starts; undefined: what the settings files say. */
  #nextMode: PermissionMode | undefined;
  /** Another agent is to be started as soon as nothing is under way. */
  #renewal: { readonly permissionMode: PermissionMode | undefined } | undefined;
  /** Resolves when the agents of before are gone: until then they hold the transcript. */
  #leaving: Promise<void> | undefined;

  constructor(options: SessionHostOptions) {
    this.#options = options;
    this.sessionId = options.sessionId;
    this.#hasBegun = options.resume;
    this.#nextMode = options.start.permissionMode;
    this.#conversation = this.#createLog();
    this.#state = {
      ...options.start,
      permissionMode: options.start.permissionMode ?? 'default',
      activity: 'idle',
      outcome: undefined,
      canRedoFiles: false,
      canRedoConversation: false,
    };
    this.permissions = createPendingPermissions(() => this.#tellChange(), options.reviewAnswer);
    this.elicitations = createPendingElicitations(() => this.#tellChange());
    this.samples = createPendingSamples(() => this.#tellChange());
    this.#run = this.#open();
    this.#ready = options.resume ? this.#askForRedo() : Promise.resolve();
  }

  /** Resolves when an old conversation has been read, or at once for a new one. Never rejects. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Nothing runs, waits, or is on its way: the session could be closed and opened again without a loss. */
  get isQuiet(): boolean {
    if (this.isWatched) return true;
    return !this.#isSaid && this.#state.activity === 'idle' && this.waiting === 0;
  }

  /** How many questions wait for a person. */
  get waiting(): number {
    const waiting = [this.permissions, this.elicitations, this.samples].map((each) => each.waiting().length);
    return waiting.reduce((sum, count) => sum + count, 0);
  }

  /** undefined: nothing has been done in it yet. */
  get phase(): SessionPhase | undefined {
    if (this.waiting > 0 || this.#state.activity === 'requires_action') return 'needs_you';
    return this.#state.activity === 'running' || this.#isSaid ? 'running' : this.#state.outcome;
  }

  /** Another process runs it: nothing can be said to it. */
  get isWatched(): boolean {
    return this.#run?.link.isWatched === true;
  }

  get canRedo(): boolean {
    return this.#state.canRedoFiles || this.#state.canRedoConversation;
  }

  /** The conversation so far. */
  get conversation(): Pick<ConversationLog, 'page' | 'messages' | 'present' | 'todos' | 'find' | 'prompt'> {
    return this.#conversation;
  }

  /** Asks the agent. Rejects when there is none. */
  readonly request: Peer['request'] = async (subtype, payload, options) => {
    if (this.#run === undefined) throw new Error('The session is not running. A message starts it again.');
    const answer = await this.#run.peer.request(subtype, payload, options);
    this.#untaken.takeAnswer(payload, answer);
    return answer;
  };

  /** Puts every question that waits on this panel, and those that come later; returns how to take them off again. */
  attach(panel: QuestionPanel): () => void {
    const detach = [this.permissions, this.elicitations, this.samples].map((each) => each.attach(panel));
    return () => {
      for (const each of detach) each();
    };
  }

  /** Says something to the agent for a person. */
  say(message: UserMessage): void {
    this.#isSaid = true;
    this.#untaken.add(message);
    if (this.#run !== undefined) this.#sayTo(this.#run);
    else if (this.#leaving === undefined) this.#restart();
  }

  /** Whether the agent takes up what was said under this id. false: it was taken back before. Never rejects, and may never resolve. */
  isTakenUp(uuid: string): Promise<boolean> {
    return this.#untaken.isTakenUp(uuid);
  }

  /**
   * Starts another agent, with the settings and the trust of now, as soon as nothing is under way. `permissionMode`: the one
   * to start with where the session still has the usual one; undefined: what the settings files say.
   */
  renew(permissionMode: PermissionMode | undefined): void {
    this.#renewal = { permissionMode };
    this.#renewWhenQuiet();
  }

  /** Gives it another title. Rejects when there is no agent to write it down. */
  async rename(title: string): Promise<void> {
    await this.request('rename_session', { title });
    this.#setState({ ...this.#state, title });
  }

  observe(observer: SessionObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Whether a person has seen what this call does to a file, and has allowed it. */
  hasAgreed(toolUseId: string): boolean {
    return this.#agreed.has(toolUseId);
  }

  /** Whether the agent has named this file: it may then be shown, also outside of the workspace. */
  hasTold(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Ends the turn and writes what is to be written. */
  async close(): Promise<void> {
    const run = this.#run;
    this.#isClosed = true;
    this.#run = undefined;
    await run?.link.close();
    run?.peer.close();
    await this.#leaving;
  }

  #createLog(): ConversationLog {
    return new ConversationLog({ sessionId: this.sessionId, now: this.#options.now });
  }

  #open(): AgentRun {
    const { openAgent, openPage, log } = this.#options;
    const start = {
      sessionId: this.sessionId,
      resume: this.#hasBegun,
      model: this.#state.model,
      permissionMode: this.#nextMode,
    };
    return openRun(start, {
      ...{ openAgent, openPage, log },
      ...{ permissions: this.permissions, elicitations: this.elicitations, samples: this.samples },
      onQuestion: ({ input }) => this.#paths.add(pathsOf(input)),
      onAgreed: (toolUseId) => this.#agreed.add(toolUseId),
      onMessage: (run, message) => {
        if (this.#run === run) this.#receive(message);
      },
      onFail: (run, error) => this.#fail(run, error),
      onLost: (run, how) => this.#lose(run, how),
    });
  }

  /** An agent that could not be put together: the next message tries again. */
  #fail(run: AgentRun, error: unknown): void {
    if (run !== this.#run) return;
    this.#options.log.error('the session could not be started', { error });
    void this.#leave(run);
    const why = error instanceof Error ? error.message : String(error);
    const sentence = why.replace(/[^.!?]$/, '$&.');
    this.#notice(`This session could not be started: ${sentence} Your next message tries again.`);
  }

  /** Its transcript has all it had said but the reply in flight, so another one goes on from there. */
  #lose(run: AgentRun, how: string): void {
    if (run !== this.#run) return;
    this.#options.log.warn('the agent was lost', { how });
    const wasBusy = this.#state.activity !== 'idle';
    this.#nextMode = this.#state.permissionMode;
    void this.#leave(run);
    this.#restart();
    if (run.link.isWatched === true) {
      void this.#ready.then(() => this.#notice(`${how} It can be gone on with here.`));
      return;
    }
    const stopped = wasBusy ? ' What it was doing has been stopped: say so if it is to go on.' : '';
    void this.#ready.then(() => this.#notice(`${how} The session goes on in a new one.${stopped}`));
  }

  /** What the agent had asked is withdrawn, and what it was asked fails. */
  #leave(run: AgentRun): Promise<void> {
    this.#run = undefined;
    this.#isSaid = false;
    run.peer.close();
    this.#setState({ ...this.#state, activity: 'idle', canRedoConversation: false });
    return run.link.close().catch((error: unknown) => {
      this.#options.log.warn('an agent did not close well', { error });
    });
  }

  #restart(): void {
    this.#conversation = this.#createLog();
    this.#run = this.#open();
    this.#ready = this.#hasBegun ? this.#askForRedo() : Promise.resolve();
    for (const observer of [...this.#observers]) observer.onReset();
    this.#sayTo(this.#run);
  }

  #sayTo(run: AgentRun): void {
    for (const message of this.#untaken.takeFor(run)) {
      this.#isSaid = true;
      this.#tellNews(run);
      void run.peer.send(message);
    }
  }

  /** Goes before the message, which it is to be read with. */
  #tellNews({ peer }: AgentRun): void {
    const text = this.#options.takeNews();
    if (text === undefined) return;
    peer.request('belay/notice_add', { text }).catch((error: unknown) => {
      this.#options.log.warn('the agent could not be told what was changed', { error });
    });
  }

  #renewWhenQuiet(): void {
    const [run, renewal] = [this.#run, this.#renewal];
    if (run === undefined || renewal === undefined || !this.isQuiet || this.isWatched) return;
    this.#renewal = undefined;
    const { permissionMode: mode } = this.#state;
    this.#nextMode = mode === 'default' ? renewal.permissionMode : mode;
    this.#leaving = this.#leave(run).then(() => {
      this.#leaving = undefined;
      if (!this.#isClosed) this.#restart();
    });
  }

  #notice(content: string): void {
    this.#receive({
      type: 'system',
      subtype: 'informational',
      uuid: crypto.randomUUID(),
      session_id: this.sessionId,
      content,
      level: 'warning',
    });
  }

  #receive(raw: unknown): void {
    const message = this.#parse(raw);
    if (message === undefined) return;
    this.#conversation.add(message);
    this.titles.add(message);
    this.#paths.add(collectPaths(message));
    if (message.type === 'user') {
      this.#hasBegun = true;
      this.#untaken.takeUp(message.uuid);
    }
    for (const observer of [...this.#observers]) observer.onMessage(raw);
    if (message.type === 'system' && message.subtype === 'session_state_changed') this.#isSaid = false;
    this.#setState(reduceSessionState(this.#state, message));
    this.#renewWhenQuiet();
  }

  #parse(raw: unknown): ConversationMessage | undefined {
    const parsed = parseConversationMessage(raw);
    if (parsed.kind === 'message') return parsed.message;
    const problem = parsed.kind === 'invalid' ? parsed.problem : 'unknown';
    this.#options.log.warn('a message of the agent was skipped', { type: parsed.type, problem });
    return undefined;
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
