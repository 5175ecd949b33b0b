/**
 * The panel's side of the protocol: connects, asks for everything there is to show, feeds the store, and starts over when
 * the host shows another session, or has read the one it shows.
 */
import type { Channel } from '../src/channel/channel.ts';
import { createPeer, type Peer } from '../src/channel/peer.ts';
import { refuseHookCallback } from '../src/channel/refuseHookCallback.ts';
import type { ResponseOf } from '../src/protocol/control.ts';
import type { PanelView } from '../src/protocol/panel.ts';
import { setLanguage } from './l10n/texts.ts';
import type { PermissionRequests } from './permission/permissionRequests.ts';
import type { PanelModel } from './state/panelModel.ts';
import type { Store } from './state/store.ts';

export interface ConnectionOptions {
  readonly channel: Channel;
  readonly store: Store;
  readonly permissions: PermissionRequests;
  /** Called after each (re)start, with the view to bring back. `isSame`: the session that was shown before it, too. */
  readonly onView: (view: PanelView, isSame: boolean) => void;
  readonly onProblem: (problem: string, cause?: unknown) => void;
}

export function createConnection(options: ConnectionOptions): Peer {
  const { channel, store, permissions, onProblem } = options;
  const peer = createPeer<'client'>(channel, {
    handlers: {
      can_use_tool: (request, { signal }) => permissions.ask(request, signal),
      elicitation: (request, { signal }) => permissions.elicit(request, signal),
      'belay/mcp_sample': (request, { signal }) => permissions.sample(request, signal),
      hook_callback: refuseHookCallback,
    },
    onMessage: receive,
    onProblem,
  });
  /** Counts the starts, so that an answer to an earlier one is not taken for the latest. */
  let start = 0;
  /** What comes between a reset and its answer belongs to neither. */
  let isReady = false;
  void connect();

  function receive(message: unknown): void {
    if (isReset(message)) void connect();
    else if (isReady) store.receive(message);
  }

  async function connect(): Promise<void> {
    start += 1;
    const mine = start;
    isReady = false;
    try {
      const answer = await peer.request('belay/panel_ready', {});
      if (mine !== start) return;
      setLanguage(answer);
      const isSame = store.get().host?.session_id === answer.state.session_id;
      store.reset(toStart(answer), answer.messages);
      // The newest todo list may stand above or below what these messages tell.
      store.update((model) => ({
        ...model,
        hasLater: answer.later === true,
        todos: answer.todos ?? model.todos,
      }));
      isReady = true;
      options.onView(answer.view, isSame);
    } catch (error) {
      if (mine === start) onProblem('the panel could not connect to its host', error);
    }
  }

  return peer;
}

function toStart({ state, loading, earlier }: ResponseOf<'belay/panel_ready'>): Partial<PanelModel> {
  return { host: state, isLoading: loading === true, hasEarlier: earlier === true };
}

function isReset(message: unknown): boolean {
  return (message as { readonly subtype?: unknown } | null)?.subtype === 'belay/panel_reset';
}
