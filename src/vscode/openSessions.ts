/**
 * The sessions of this window and the panels that show them. A session lives while a panel shows it or it has something to do;
 * several panels may show the same one.
 */
import type { Memento } from 'vscode';
import type { Log } from '../core/ports.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import type { PanelState } from '../protocol/panel.ts';
import type { AgentLink } from './agentLink.ts';
import type { Activity } from './attention.ts';
import type { PanelActions } from './panelHandlers.ts';
import { PanelHost } from './panelHost.ts';
import type { PanelSurface } from './panelSurface.ts';
import type { OpenPage } from './pendingElicitations.ts';
import type { ReviewAnswer } from './pendingPermissions.ts';
import { type AgentStart, SessionHost, type SessionHostOptions } from './sessionHost.ts';
import type { ViewStore } from './viewStore.ts';

export interface OpenSessionsDeps {
  readonly transcripts: TranscriptStore;
  /** With what a new session starts. */
  readonly start: () => SessionHostOptions['start'];
  /** How the agents of a session that is opened now are started. */
  readonly chooseAgentOpener: () => (start: AgentStart) => AgentLink;
  readonly describe: (host: SessionHost) => PanelState;
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

export class OpenSessions {
  readonly #deps: OpenSessionsDeps;
  readonly #hosts = new Map<string, SessionHost>();
  /** The one that was used last comes last. */
  readonly #panels = new Set<PanelHost>();
  readonly #closing = new Set<Promise<void>>();
  readonly #viewWaiters: ((view: PanelHost) => void)[] = [];
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
    const exists = sessionId !== null && (await this.#isKept(sessionId));
    // A session that is just being closed still holds its transcript.
    await Promise.all(this.#closing);
    // Another panel may have opened it while the disk was asked.
    return (
      this.#hosts.get(sessionId ?? '') ??
      this.#create({
        sessionId: exists ? sessionId : crypto.randomUUID(),
        resume: exists,
        start: this.#deps.start(),
      })
    );
  }

  async #isKept(sessionId: string): Promise<boolean> {
    try {
      const kept = await this.#deps.transcripts.list();
      return kept.some((entry) => entry.sessionId === sessionId);
    } catch (error) {
      this.#deps.log.warn('the list of sessions could not be read', { error });
      return false;
    }
  }

  #create(start: Pick<SessionHostOptions, 'sessionId' | 'resume' | 'start'>): SessionHost {
    const { chooseAgentOpener, reviewAnswer, openPage, log } = this.#deps;
    const host = new SessionHost({
      ...start,
      openAgent: chooseAgentOpener(),
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
    this.#deps.onActivity(this.#toActivity());
    this.#tellCurrent();
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
    const seen = new Set(
      [...this.#panels].filter(({ surface }) => surface.isVisible()).map(({ host }) => host),
    );
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
    const closed = host
      .close()
      .catch((error: unknown) => this.#deps.log.error('a session did not close well', { error }))
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
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
