// A panel's two neighbours, as small as can be: the page behind a surface, and an agent behind a channel.
import type { Channel } from '../../../src/channel/channel.ts';
import { createMessageQueue } from '../../../src/channel/messageQueue.ts';
import { createPeer, type Handlers, type Peer } from '../../../src/channel/peer.ts';
import { refuseHookCallback } from '../../../src/channel/refuseHookCallback.ts';
import type { Agent } from '../../../src/core/agent.ts';
import type { Log } from '../../../src/core/ports.ts';
import type { RequestOf } from '../../../src/protocol/control.ts';
import type { ElicitationAnswer } from '../../../src/protocol/mcp.ts';
import type { PermissionResult } from '../../../src/protocol/permissions.ts';
import type { PanelSurface, SurfaceMark } from '../../../src/vscode/panelSurface.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface FakeSurface extends PanelSurface {
  mark: SurfaceMark;
  title: string;
  setVisible(isVisible: boolean): void;
  dispose(): void;
  /** Loads the page anew: the one before is dead from then on. */
  load(): FakePage;
}

export interface FakePage {
  readonly peer: Peer;
  /** Everything the host sent that is no control traffic, in order. */
  readonly messages: unknown[];
  /** Questions that stand on the page. */
  readonly questions: {
    readonly request: RequestOf<'can_use_tool'>;
    answer(result: PermissionResult): void;
  }[];
  /** The same of what MCP servers ask. */
  readonly forms: {
    readonly request: RequestOf<'elicitation'>;
    answer(result: ElicitationAnswer): void;
  }[];
}

export function createFakeSurface(place: 'view' | 'tab' = 'view'): FakeSurface {
  const visibility = createEvent();
  const activation = createEvent();
  const disposal = createEvent();
  let isVisible = true;
  let isOpen = true;
  let toPage: (envelope: unknown) => void = () => {};
  let toHost: (data: unknown) => void = () => {};
  return {
    place,
    mark: { phase: undefined, waiting: 0 },
    title: '',
    post: (envelope) => toPage(structuredClone(envelope)),
    listen(onPosted) {
      toHost = onPosted;
    },
    isOpen: () => isOpen,
    isVisible: () => isVisible,
    onDidChangeVisibility: visibility.event,
    onDidActivate: activation.event,
    onDidDispose: disposal.event,
    reveal() {},
    setTitle(title) {
      this.title = title;
    },
    setMark(mark) {
      this.mark = mark;
    },
    setVisible(next) {
      isVisible = next;
      if (!next) toPage = () => {};
      visibility.fire();
    },
    dispose() {
      isOpen = false;
      disposal.fire();
    },
    load() {
      const incoming = createMessageQueue<unknown>();
      // As the real page does, it takes nothing for the conversation before its first answer has come.
      let isAnswered = false;
      toPage = (envelope) => {
        for (const message of (envelope as { batch: { type: string }[] }).batch) {
          isAnswered ||= message.type === 'control_response';
          if (isAnswered || message.type.startsWith('control_')) incoming.push(message);
        }
      };
      return createPage({
        messages: incoming,
        send: async (message) => toHost({ belay: 1, batch: [structuredClone(message)] }),
        close: () => incoming.end(),
      });
    },
  };
}

function createPage(channel: Channel): FakePage {
  const messages: unknown[] = [];
  const questions: FakePage['questions'] = [];
  const forms: FakePage['forms'] = [];
  const peer = createPeer<'client'>(channel, {
    handlers: {
      hook_callback: refuseHookCallback,
      can_use_tool: (request, { signal }) =>
        new Promise((resolve) => {
          const question = { request, answer: resolve };
          questions.push(question);
          signal.addEventListener('abort', () => questions.splice(questions.indexOf(question), 1));
        }),
      'belay/mcp_sample': async () => ({ action: 'decline' }),
      elicitation: (request, { signal }) =>
        new Promise((resolve) => {
          const form = { request, answer: resolve };
          forms.push(form);
          signal.addEventListener('abort', () => forms.splice(forms.indexOf(form), 1));
        }),
    },
    onMessage: (message) => messages.push(message),
    onProblem: () => {},
  });
  return { peer, messages, questions, forms };
}

export interface FakeAgent extends Agent {
  readonly peer: Peer;
  /** What the client said that is no control traffic. */
  readonly heard: unknown[];
  /** Requests it was asked, by subtype. */
  readonly asked: string[];
  isClosed: boolean;
}

/** Answers every request with an empty object, once it has been opened. */
export function createFakeAgent(
  sessionId: string,
  channel: Channel,
  opened: Promise<void> = Promise.resolve(),
): FakeAgent {
  const heard: unknown[] = [];
  const asked: string[] = [];
  const handlers = new Proxy({} as Handlers<'agent'>, {
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
    get: (_target, subtype) => async () => {
      asked.push(String(subtype));
      await opened;
      return ANSWERS[String(subtype)] ?? {};
    },
  });
  const peer = createPeer<'agent'>(channel, {
    handlers,
    onMessage: (message) => heard.push(message),
    onProblem: () => {},
  });
  return {
    sessionId,
    peer,
    heard,
    asked,
    isClosed: false,
    async close() {
      this.isClosed = true;
      peer.close();
      await peer.closed;
    },
    interrupt: async () => false,
    idle: async () => undefined,
    done: peer.closed,
  };
}

const ANSWERS: Readonly<Record<string, object>> = {
  rewind_files: { canRewind: true, canRedo: true },
  interrupt: { still_queued: [] },
  cancel_async_message: { cancelled: true },
  'belay/queue_change': { changed: true },
};

function createEvent() {
  const listeners = new Set<() => void>();
  return {
    fire: () => {
      for (const listener of [...listeners]) listener();
    },
    event: (listener: (value: undefined) => void) => {
      const call = (): void => listener(undefined);
      listeners.add(call);
      return { dispose: () => listeners.delete(call) };
    },
  };
}
