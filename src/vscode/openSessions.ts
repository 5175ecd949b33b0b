/**
 * The sessions of this window and the panels that show them. A session lives while a panel shows it or it has something to do;
 * several panels may show the same one.
 */
import type { Memento } from 'vscode';
import type { Log } from '../core/ports.ts';
import { readSessionEnds } from '../core/sessions/sessionEnds.ts';
import type { TranscriptEntry, TranscriptStore } from '../core/sessions/transcriptStore.ts';
import type { PanelState, SessionPhase } from '../protocol/panel.ts';
import type { AgentLink, AgentStart } from './agentLink.ts';
import type { Activity } from './attention.ts';
import type { PanelActions } from './panelHandlers.ts';
import { PanelHost, type PanelLanguage } from './panelHost.ts';
import type { PanelSurface } from './panelSurface.ts';
import type { OpenPage } from './pendingElicitations.ts';
import type { ReviewAnswer } from './pendingPermissions.ts';
import { SessionHost, type SessionHostOptions } from './sessionHost.ts';
import type { ViewStore } from './viewStore.ts';

export interface OpenSessionsDeps {
  readonly transcripts: TranscriptStore;
  /** With what a new session starts. */
  readonly start: () => SessionHostOptions['start'];
  /** How the agents of a session that is opened now are started. */
  readonly chooseAgentOpener: () => (start: AgentStart) => AgentLink;
  /** In place of an agent where another process runs the session. */
  readonly watch: (sessionId: string) => AgentLink;
  readonly describe: (host: SessionHost) => PanelState;
  readonly language?: PanelLanguage;
  readonly actions: PanelActions;
  readonly views: ViewStore;
  /** Of this workspace. */
  readonly memento: Memento;
  readonly log: Log;
  readonly reviewAnswer?: ReviewAnswer;
  readonly openPage: OpenPage;
  /** A session is open. */
  readonly onSession?: (host: SessionHost) => void;
  readonly onActivity: (activity: Activity) => void;
  /** The permission rules of the current session may be others now, or another session is the current one. */
  readonly onRulesChange: () => void;
  /** The same of its checkpoints. */
  readonly onCheckpointsChange: () => void;
  /** The same of its MCP servers. */
  readonly onServersChange: () => void;
  /** This session, which is open, has changed files, or has been opened. */
  readonly onFilesChange: (host: SessionHost) => void;
  /** What the person has done to the agent's files and the agent has not been told. */
  readonly takeNews: (sessionId: string) => string | undefined;
}

/** Where it is remembered which session was shown last, so that it comes back with the window. */
const LAST_SHOWN = { view: 'belay.viewSession', tab: 'belay.tabSession' } as const;

interface Opening extends Pick<SessionHostOptions, 'sessionId' | 'resume' | 'start'> {
  readonly isWatched: boolean;
}

/** Where the title stands in a transcript, if it has one. */
const TITLE_BYTES = 64 * 1024;

export class OpenSessions {
  readonly #deps: OpenSessionsDeps;
  readonly #hosts = new Map<string, SessionHost>();
  /** The one that was used last comes last. */
  readonly #panels = new Set<PanelHost>();
  readonly #closing = new Set<Promise<void>>();
  readonly #viewWaiters: ((view: PanelHost) => void)[] = [];
  /** What the sessions were doing when panels were told last. */
  #phases: Readonly<Record<string, SessionPhase>> = {};
  /** Whose turn has ended while nobody looked. */
  readonly #unseen = new Set<SessionHost>();
  /** Whose rules and checkpoints were told last. */
  #told: SessionHost | undefined;

  constructor(deps: OpenSessionsDeps) {
    this.#deps = deps;
  }

  /**
   * Puts a session on a surface: the wanted one, else the one such a surface showed last, else a new one. undefined: the
   * surface was closed meanwhile.
   */
  async attach(surface: PanelSurface, wanted: string | null): Promise<PanelHost | undefined> {
    const remembered = this.#deps.memento.get<string>(LAST_SHOWN[surface.place]);
    const host = await this.#find(wanted ?? remembered ?? null);
    if (!surface.isOpen()) {
      this.#changed();
      return undefined;
    }
    const panel = new PanelHost({
      ...this.#deps,
      surface,
      host,
      onChange: () => this.#changed(),
    });
    this.#panels.add(panel);
    if (surface.place === 'view') for (const resolve of this.#viewWaiters.splice(0)) resolve(panel);
    surface.onDidActivate(() => this.#activate(panel));
    surface.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
      this.#changed();
    });
    this.#remember(panel);
    this.#changed();
    return panel;
  }

  /** null: a new session. */
  async open(panel: PanelHost, sessionId: string | null): Promise<void> {
    panel.show(await this.#find(sessionId));
    this.#activate(panel);
    this.#remember(panel);
    this.#changed();
  }

  /** The panel a command means: the one used last among those that are seen, else the one used last. */
  current(): PanelHost | undefined {
    const panels = [...this.#panels].reverse();
    return panels.find(({ surface }) => surface.isVisible()) ?? panels[0];
  }

  /** A session that is open. */
  host(sessionId: string): SessionHost | undefined {
    return this.#hosts.get(sessionId);
  }

  /** Of a session that is open; empty: it has none, or is not open. */
  findTitle(sessionId: string): string {
    return this.#hosts.get(sessionId)?.state.title ?? '';
  }

  /** The panel whose question has waited longest. */
  waiting(): PanelHost | undefined {
    return [...this.#panels].find(({ host }) => host.waiting > 0);
  }

  /** The session a stop is meant for: that of the current panel, else any that runs. */
  running(): SessionHost | undefined {
    const runs = (host: SessionHost | undefined): boolean =>
      host !== undefined && host.state.activity !== 'idle';
    const current = this.current()?.host;
    return runs(current) ? current : [...this.#hosts.values()].find(runs);
  }

  /** The panel of the view, once there is one. */
  view(): Promise<PanelHost> {
    const view = [...this.#panels].find(({ surface }) => surface.place === 'view');
    return view === undefined
      ? new Promise((resolve) => this.#viewWaiters.push(resolve))
      : Promise.resolve(view);
  }

  /** Another provider has other models, so every session goes on with one of those. */
  changeModel(model: string): void {
    for (const host of this.#hosts.values()) {
      if (host.state.model === model) continue;
      host.request('set_model', { model }).catch((error: unknown) => {
        this.#deps.log.warn('the model of a session could not be changed', { error });
      });
    }
  }

  /** Every session goes on with the settings and the trust of now, as soon as it has nothing under way. */
  renew(): void {
    const { permissionMode } = this.#deps.start();
    for (const host of this.#hosts.values()) host.renew(permissionMode);
  }

  /** What the sessions of this window are doing, by id. One that has done nothing yet is left out. */
  phases(): Readonly<Record<string, SessionPhase>> {
    return this.#phases;
  }

  /** Closes a session where nothing is under way in it; its panels show new ones. False: something is. */
  async release(sessionId: string): Promise<boolean> {
    const host = this.#hosts.get(sessionId);
    if (host !== undefined) {
      if (!host.isQuiet) return false;
      for (const panel of this.#panels) if (panel.host === host) await this.open(panel, null);
    }
    await Promise.all(this.#closing);
    return !this.#hosts.has(sessionId);
  }

  /** Tells all panels that something changed which doesn't come from their session. */
  refresh(): void {
    for (const panel of this.#panels) panel.refresh();
  }

  /** Ends everything and writes what is to be written. */
  async close(): Promise<void> {
    for (const panel of this.#panels) panel.dispose();
    this.#panels.clear();
    for (const host of this.#hosts.values()) this.#close(host);
    await Promise.all(this.#closing);
  }

  async #find(sessionId: string | null): Promise<SessionHost> {
    const open = sessionId === null ? undefined : this.#hosts.get(sessionId);
    if (open !== undefined) return open;
    const entry = sessionId === null ? undefined : await this.#findKept(sessionId);
    const exists = sessionId !== null && entry !== undefined;
    const title = exists ? await this.#readTitle(sessionId) : '';
    // A session that is just being closed still holds its transcript.
    await Promise.all(this.#closing);
    // Asked again: it may have been this window that held it.
    const isHeld = entry?.isHeld === true && (await this.#findKept(entry.sessionId))?.isHeld === true;
    // Another panel may have opened it while the disk was asked.
    return (
      this.#hosts.get(sessionId ?? '') ??
      this.#create({
        sessionId: exists ? sessionId : crypto.randomUUID(),
        resume: exists,
        start: { ...this.#deps.start(), title },
        isWatched: isHeld,
      })
    );
  }

  /** The one that was given; empty: none was, or it can't be read. */
  async #readTitle(sessionId: string): Promise<string> {
    try {
      return readSessionEnds(await this.#deps.transcripts.peek(sessionId, TITLE_BYTES)).customTitle ?? '';
    } catch (error) {
      this.#deps.log.debug('the title of a session could not be read', { error });
      return '';
    }
  }

  async #findKept(sessionId: string): Promise<TranscriptEntry | undefined> {
    try {
      return (await this.#deps.transcripts.list()).find((entry) => entry.sessionId === sessionId);
    } catch (error) {
      this.#deps.log.warn('the list of sessions could not be read', { error });
      return undefined;
    }
  }

  /** `isWatched`: another process has it open. When that lets go of it, an agent of this window goes on. */
  #create({ isWatched, ...start }: Opening): SessionHost {
    const { chooseAgentOpener, reviewAnswer, openPage, log, watch } = this.#deps;
    const openAgent = chooseAgentOpener();
    let isToBeWatched = isWatched;
    const host = new SessionHost({
      ...start,
      openAgent: (agent) => {
        if (!isToBeWatched) return openAgent(agent);
        isToBeWatched = false;
        return watch(agent.sessionId);
      },
      reviewAnswer,
      openPage,
      log,
      now: Date.now,
      takeNews: () => this.#deps.takeNews(host.sessionId),
    });
    this.#hosts.set(host.sessionId, host);
    host.observe({
      onMessage: (message) => {
        if (isOf(RULE_CHANGES, message)) this.#deps.onRulesChange();
        if (isOf(SERVER_CHANGES, message)) this.#deps.onServersChange();
        if (!isOf(CHECKPOINT_CHANGES, message)) return;
        this.#deps.onCheckpointsChange();
        this.#deps.onFilesChange(host);
      },
      onChange: () => this.#changed(),
      onReset: () => {
        this.#tellOther();
        // What the agent that is gone has changed last may not have been taken in.
        this.#deps.onFilesChange(host);
      },
    });
    if (start.resume) this.#deps.onFilesChange(host);
    this.#deps.onSession?.(host);
    return host;
  }

  #activate(panel: PanelHost): void {
    this.#panels.delete(panel);
    this.#panels.add(panel);
    this.#tellCurrent();
  }

  #remember(panel: PanelHost): void {
    void this.#deps.memento.update(LAST_SHOWN[panel.surface.place], panel.host.sessionId);
  }

  #changed(): void {
    const shown = new Set([...this.#panels].map(({ host }) => host));
    for (const host of this.#hosts.values()) {
      if (!shown.has(host) && host.isQuiet) this.#close(host);
    }
    this.#tellPhases();
    this.#deps.onActivity(this.#toActivity());
    this.#tellCurrent();
  }

  #tellPhases(): void {
    const before = this.#phases;
    const seen = this.#seen();
    const after: Record<string, SessionPhase> = {};
    for (const host of this.#hosts.values()) {
      const { phase, sessionId } = host;
      if (phase !== undefined) after[sessionId] = phase;
      const hasEnded = isBusy(before[sessionId]) && !isBusy(phase);
      if (seen.has(host)) this.#unseen.delete(host);
      else if (hasEnded) this.#unseen.add(host);
    }
    this.#phases = after;
    const waiting = Object.values(after).filter((phase) => phase === 'needs_you').length;
    for (const { surface, host } of this.#panels) {
      const isNews = host.phase !== 'done' || this.#unseen.has(host);
      surface.setMark({ phase: isNews ? host.phase : undefined, waiting });
    }
    if (JSON.stringify(before) !== JSON.stringify(after)) this.refresh();
  }

  /** Those that a person can see now. */
  #seen(): ReadonlySet<SessionHost> {
    return new Set([...this.#panels].filter(({ surface }) => surface.isVisible()).map(({ host }) => host));
  }

  #tellCurrent(): void {
    const host = this.current()?.host;
    if (host === this.#told) return;
    this.#told = host;
    this.#tellOther();
  }

  #tellOther(): void {
    this.#deps.onRulesChange();
    this.#deps.onCheckpointsChange();
    this.#deps.onServersChange();
  }

  #toActivity(): Activity {
    const hosts = [...this.#hosts.values()];
    const seen = this.#seen();
    const waiting = (host: SessionHost): number => host.waiting;
    return {
      running: hosts.filter(({ state }) => state.activity !== 'idle').length,
      waiting: sum(hosts.map(waiting)),
      unseen: sum(hosts.filter((host) => !seen.has(host)).map(waiting)),
      canRedo: this.current()?.host.canRedo === true,
    };
  }

  #close(host: SessionHost): void {
    this.#hosts.delete(host.sessionId);
    this.#unseen.delete(host);
    const closed = host
      .close()
      .catch((error: unknown) => this.#deps.log.error('a session did not close well', { error }))
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
}

function isBusy(phase: SessionPhase | undefined): boolean {
  return phase === 'running' || phase === 'needs_you';
}

const RULE_CHANGES: ReadonlySet<unknown> = new Set(['belay/permission_rules_changed']);
const SERVER_CHANGES: ReadonlySet<unknown> = new Set(['belay/mcp_changed', 'belay/permission_rules_changed']);
const CHECKPOINT_CHANGES: ReadonlySet<unknown> = new Set(['belay/checkpoint_created', 'belay/files_rewound']);

function isOf(subtypes: ReadonlySet<unknown>, message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && 'subtype' in message && subtypes.has(message.subtype)
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
