/**
 * The host of one panel, in the side bar or in a tab: it answers the page with the whole state when the page says it is
 * ready, keeps it up to date while it is seen, and passes on what it asks. A page may be killed at any moment and start again.
 */
import { createPeer, type Peer } from '../channel/peer.ts';
import type { Log } from '../core/ports.ts';
import type { AttachedText } from '../protocol/attachedText.ts';
import type { RequestOf, ResponseOf } from '../protocol/control.ts';
import { type UserMessage, userMessage } from '../protocol/messages.ts';
import type { PanelMessage, PanelState, PanelView } from '../protocol/panel.ts';
import { findSources } from './context/findSources.ts';
import { createPanelChannel, type PanelChannel } from './panelChannel.ts';
import { createPanelHandlers, type PanelActions } from './panelHandlers.ts';
import type { PanelSurface } from './panelSurface.ts';
import type { SessionHost } from './sessionHost.ts';
import type { ViewStore } from './viewStore.ts';

export type PanelLanguage = Pick<ResponseOf<'belay/panel_ready'>, 'language' | 'texts'>;

export interface PanelHostDeps {
  readonly surface: PanelSurface;
  readonly host: SessionHost;
  readonly actions: PanelActions;
  readonly views: ViewStore;
  readonly describe: (host: SessionHost) => PanelState;
  /** The language of the editor, and what the panel says in it; default: English. */
  readonly language?: PanelLanguage;
  readonly log: Log;
  /** Milliseconds that a message waits for what it brings along; for tests. */
  readonly bringMs?: number;
  /** The session, its state, or whether it is seen changed. */
  readonly onChange: () => void;
}

/** `away`: there is no page that listens. `starting`: it is being answered. `live`: it knows everything so far. */
type Phase = 'away' | 'starting' | 'live';

export class PanelHost {
  readonly surface: PanelSurface;
  readonly #deps: PanelHostDeps;
  readonly #channel: PanelChannel;
  readonly #peer: Peer;
  #host: SessionHost;
  #unobserve: () => void;
  #detachQuestions: () => void = () => {};
  #phase: Phase = 'away';
  /** Counts the starts of the page: what belongs to an earlier one is not sent to a later. */
  #start = 0;
  #waiting: unknown[] = [];
  #stateIsDue = false;
  /** Messages that wait for what they bring along. */
  #saying: Promise<void> | undefined;

  constructor(deps: PanelHostDeps) {
    this.#deps = deps;
    this.surface = deps.surface;
    this.#host = deps.host;
    this.#unobserve = this.#observe();
    const onProblem = (problem: string, cause?: unknown): void => deps.log.warn(problem, { cause });
    this.#channel = createPanelChannel({ post: (envelope) => this.surface.post(envelope), onProblem });
    this.#peer = createPeer<'agent' | 'editor'>(this.#channel, {
      handlers: createPanelHandlers({
        host: () => this.#host,
        actions: deps.actions,
        panel: this,
        views: deps.views,
        onReady: () => this.#answerReady(),
        loadPage: (request) => this.#loadPage(request),
      }),
      onMessage: (message) => this.#receive(message),
      onProblem,
    });
    this.surface.onDidChangeVisibility(() => this.#changeVisibility());
    this.surface.listen((data) => this.#channel.receive(data));
    this.#draw();
  }

  get host(): SessionHost {
    return this.#host;
  }

  /** Shows another session from now on. */
  show(host: SessionHost): void {
    if (host === this.#host) return;
    this.#unobserve();
    this.#leave();
    this.#host = host;
    this.#unobserve = this.#observe();
    this.#draw();
    this.#startOver();
  }

  /** Says something to the page that is no part of the conversation; lost when there is no page, or none that is ready. */
  tell(message: PanelMessage): void {
    void this.#channel.send(message);
  }

  /** As `tell`, once the page is there. */
  tellWhenReady(message: PanelMessage): void {
    if (this.#phase === 'live') this.tell(message);
    else this.#waiting.push(message);
  }

  /** Something of the state changed that doesn't come from the session. */
  refresh(): void {
    if (this.#stateIsDue) return;
    this.#stateIsDue = true;
    queueMicrotask(() => {
      this.#stateIsDue = false;
      if (this.#phase === 'live') {
        this.tell({
          type: 'system',
          subtype: 'belay/panel_state',
          state: this.#deps.describe(this.#host),
        });
      }
    });
  }

  dispose(): void {
    this.#unobserve();
    this.#leave();
    this.#peer.close();
  }

  #observe(): () => void {
    return this.#host.observe({
      onMessage: (message) => {
        if (this.#phase === 'live') void this.#channel.send(message);
        else if (this.#phase === 'starting') this.#waiting.push(message);
      },
      onChange: () => {
        this.#draw();
        this.refresh();
        this.#deps.onChange();
      },
      onReset: () => {
        this.#leave();
        this.#startOver();
      },
    });
  }

  #startOver(): void {
    this.tell({ type: 'system', subtype: 'belay/panel_reset' });
    this.#deps.onChange();
  }

  async #answerReady() {
    this.#leave();
    this.#start += 1;
    const start = this.#start;
    if (!(await isReadySoon(this.#host))) return this.#answerLoading(start);
    const host = this.#host;
    if (start === this.#start) {
      this.#phase = 'starting';
      // The answer leaves in the microtasks that follow. What the agent says meanwhile comes after it.
      setImmediate(() => this.#goLive(start));
    }
    return {
      ...this.#deps.language,
      state: this.#deps.describe(host),
      ...toStart(host, this.#deps.views.get(host.sessionId)),
    };
  }

  /** Goes the way of all that is said, so that it is read at its time. */
  #loadPage(request: RequestOf<'belay/page_load'>): boolean {
    const { before, after, around } = request;
    const page = this.#host.conversation.page({ before, after, around });
    if (page === undefined) return false;
    const at = before !== undefined ? 'start' : after !== undefined ? 'end' : 'all';
    this.tell({
      type: 'system',
      subtype: 'belay/page_loaded',
      at,
      key: before ?? after ?? around ?? null,
      messages: [...page.messages],
      earlier: page.earlier,
      later: page.later,
    });
    return true;
  }

  /** A long conversation takes its time to be read: a person can write meanwhile, and the page starts over when it is there. */
  #answerLoading(start: number) {
    const host = this.#host;
    void host.ready.then(() => {
      if (start === this.#start) this.tell({ type: 'system', subtype: 'belay/panel_reset' });
    });
    return {
      ...this.#deps.language,
      state: this.#deps.describe(host),
      view: this.#deps.views.get(host.sessionId),
      messages: [],
      loading: true,
    };
  }

  #goLive(start: number): void {
    if (start !== this.#start || this.#phase !== 'starting') return;
    this.#phase = 'live';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) void this.#channel.send(message);
    this.#detachQuestions = this.#host.attach(this.#peer);
    this.refresh();
    this.#deps.onChange();
  }

  /** From here on nothing is sent until a page says that it is ready. */
  #leave(): void {
    this.#detachQuestions();
    this.#detachQuestions = () => {};
    this.#phase = 'away';
    this.#waiting = this.#waiting.filter(isPanelMessage);
  }

  #changeVisibility(): void {
    // A webview that is hidden has no page any more; when it is shown again a new one says that it is ready.
    if (!this.surface.isVisible()) this.#leave();
    this.#deps.onChange();
  }

  #receive(message: unknown): void {
    const parsed = userMessage.safeParse(message);
    if (!parsed.success) {
      this.#deps.log.warn('the panel sent something that is no message of a person');
      return;
    }
    this.say(parsed.data);
  }

  /** Says it in the session that is shown, for a person. */
  say({ message: said, uuid, priority, belay_input, belay_context }: UserMessage): void {
    this.#say({
      type: 'user',
      message: { role: 'user', content: said.content },
      parent_tool_use_id: null,
      session_id: this.#host.sessionId,
      uuid: uuid ?? crypto.randomUUID(),
      ...(priority === undefined ? {} : { priority }),
      ...(belay_input === undefined ? {} : { belay_input }),
      ...(belay_context === undefined ? {} : { belay_context }),
    });
  }

  /** With what of the editor it names; what is said meanwhile comes behind it. */
  #say(message: UserMessage): void {
    const host = this.#host;
    const text = toText(message);
    const brings = message.belay_input === undefined && findSources(text).length > 0;
    if (!brings && this.#saying === undefined) return host.say(message);
    const saying = (this.#saying ?? Promise.resolve()).then(async () => {
      const attached = brings ? await this.#bringAlong(text) : [];
      host.say(attached.length === 0 ? message : { ...message, belay_attached: [...attached] });
      if (this.#saying === saying) this.#saying = undefined;
    });
    this.#saying = saying;
  }

  /** What can't be had in time is said to be missing: a message is never lost to it, and holds up none behind it. */
  async #bringAlong(text: string): Promise<readonly AttachedText[]> {
    const { actions, bringMs = BRING_MS } = this.#deps;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('It took too long to read.')), bringMs);
    });
    try {
      return await Promise.race([actions.bringAlong(text), late]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#deps.log.warn('what a message names of the editor was not read', { why });
      return [{ title: 'What the message names of the editor', text: `It could not be read: ${why}` }];
    } finally {
      clearTimeout(timer);
    }
  }

  #draw(): void {
    this.surface.setTitle(this.#host.state.title);
  }
}

/** Milliseconds that a message waits for what it brings along. */
const BRING_MS = 5000;

/** Milliseconds in which a conversation may be read without the page being told that this takes a while. */
const READING_MS = 40;

async function isReadySoon(host: SessionHost): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READING_MS);
  });
  const isReady = await Promise.race([host.ready.then(() => true), late]);
  clearTimeout(timer);
  return isReady;
}

/** What was said to the panel itself, not by the agent of a session. */
function isPanelMessage(message: unknown): boolean {
  const subtype = (message as { readonly subtype?: unknown }).subtype;
  return subtype === 'belay/composer_focus' || subtype === 'belay/rewind_ask';
}

/** The place in the conversation that was last looked at, with what is said now. */
function toStart({ conversation }: SessionHost, view: PanelView) {
  const place = view.scroll === null ? undefined : conversation.page({ around: view.scroll.anchor });
  const page = place ?? conversation.page();
  return {
    view,
    messages: [...(page?.messages ?? []), ...conversation.present()],
    earlier: page?.earlier ?? false,
    later: page?.later ?? false,
    todos: conversation.todos(),
  };
}

function toText({ message: { content } }: UserMessage): string {
  if (typeof content === 'string') return content;
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}
