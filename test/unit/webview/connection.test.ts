import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import type { PanelView } from '../../../src/protocol/panel.ts';
import { createConnection } from '../../../webview/connection.ts';
import { createPermissionRequests } from '../../../webview/permission/permissionRequests.ts';
import { createPostMessageChannel } from '../../../webview/postMessageChannel.ts';
import { getThread } from '../../../webview/state/panelModel.ts';
import { createStore, type Store } from '../../../webview/state/store.ts';
import { createViewMemory } from '../../../webview/view/viewMemory.ts';
import * as say from '../../support/panelHarness/conversation.ts';
import { createScriptedHost, type ScriptedHost } from '../../support/panelHarness/scriptedHost.ts';

describe('a panel and its host', () => {
  const view: PanelView = { draft: 'd', scroll: null, open: {} };
  let host: ScriptedHost;
  let store: Store;
  let frames: (() => void)[];
  let views: PanelView[];
  let isSameSession: boolean[];
  const keys = (): readonly string[] => getThread(store.get(), '').items.map(({ key }) => key);
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  beforeEach(async () => {
    const [near, far] = createInProcessPair();
    host = createScriptedHost(far, { state: say.buildState(), view, messages: [say.userSays('one', 'u1')] });
    frames = [];
    views = [];
    isSameSession = [];
    store = createStore({ schedule: (flush) => frames.push(flush), now: () => 0, onProblem: () => {} });
    createConnection({
      channel: near,
      store,
      permissions: createPermissionRequests(),
      onView: (restored, isSame) => {
        views.push(restored);
        isSameSession.push(isSame);
      },
      onProblem: () => {},
    });
    await settle();
  });

  test('begin with everything there is', () => {
    expect(host.asked).toEqual([{ subtype: 'belay/panel_ready', request: {} }]);
    expect(store.get().host).toEqual(say.buildState());
    expect(keys()).toEqual(['user:u1']);
    expect(views).toEqual([view]);
  });

  test('go on with what comes, one model for each frame', async () => {
    const heard = vi.fn();
    store.subscribe(heard);
    host.send(say.userSays('two', 'u2'), say.userSays('three', 'u3'));
    await settle();
    expect(keys()).toEqual(['user:u1']);
    expect(frames.length).toBe(1);
    frames.shift()?.();
    expect(keys()).toEqual(['user:u1', 'user:u2', 'user:u3']);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('start over when another session is shown; nothing of the old one comes after', async () => {
    host.send(say.userSays('late', 'u2'));
    host.snapshot.messages = [say.userSays('other', 'u9')];
    host.send({ type: 'system', subtype: 'belay/panel_reset' }, say.userSays('between', 'u3'));
    await settle();
    for (const flush of frames.splice(0)) flush();
    expect(keys()).toEqual(['user:u9']);
    expect(views.length).toBe(2);
  });

  test('say that a conversation is being read, and show it once it is', async () => {
    const answer = { ...host.snapshot, messages: [], loading: true };
    Object.assign(host.snapshot, answer);
    host.send({ type: 'system', subtype: 'belay/panel_reset' });
    await settle();
    expect(store.get().isLoading).toBe(true);
    Object.assign(host.snapshot, { messages: [say.userSays('old', 'u1')], loading: false });
    host.send({ type: 'system', subtype: 'belay/panel_reset' });
    await settle();
    expect(store.get().isLoading).toBe(false);
    expect(keys()).toEqual(['user:u1']);
    expect(isSameSession).toEqual([false, true, true]);
  });
});

describe('the channel of a webview', () => {
  const origin = 'vscode-webview://abc';
  function build() {
    const target = Object.assign(new EventTarget(), { origin }) as unknown as Window;
    const posted: unknown[] = [];
    const channel = createPostMessageChannel(
      { postMessage: (data) => posted.push(data), getState: () => undefined, setState: () => {} },
      target,
    );
    const receive = (data: unknown, from = origin): void => {
      target.dispatchEvent(Object.assign(new Event('message'), { data, origin: from }));
    };
    return { channel, posted, receive };
  }

  test('carries envelopes of messages, in order, and nothing else', async () => {
    const { channel, posted, receive } = build();
    await channel.send({ type: 'x' });
    expect(posted).toEqual([{ belay: 1, batch: [{ type: 'x' }] }]);
    receive({ belay: 1, batch: ['a', 'b'] });
    for (const other of [
      null,
      'text',
      { type: 'permissionResponse' },
      { belay: 2, batch: ['no'] },
      { belay: 1, batch: 'no' },
    ])
      receive(other);
    receive({ belay: 1, batch: ['forged'] }, 'https://evil.example');
    receive({ belay: 1, batch: ['c'] });
    channel.close();
    receive({ belay: 1, batch: ['too late'] });
    await channel.send({ type: 'too late' });
    const got: unknown[] = [];
    for await (const message of channel.messages) got.push(message);
    expect(got).toEqual(['a', 'b', 'c']);
    expect(posted.length).toBe(1);
  });
});

describe('what the panel remembers', () => {
  test('is saved once changes rest, or at once when asked', () => {
    vi.useFakeTimers();
    try {
      const saved: PanelView[] = [];
      const memory = createViewMemory({ delayMs: 400, save: (view) => saved.push(view) });
      memory.change({ draft: 'a' });
      memory.change({ draft: 'ab' });
      expect(saved).toEqual([]);
      vi.advanceTimersByTime(400);
      expect(saved).toEqual([{ draft: 'ab', scroll: null, open: {} }]);
      memory.change({ open: { t1: true } });
      memory.flush();
      memory.flush();
      expect(saved.length).toBe(2);
      memory.change({ draft: 'lost' });
      memory.restore({ draft: 'from the host', scroll: null, open: {} });
      vi.advanceTimersByTime(1_000);
      expect(saved.length).toBe(2);
      expect(memory.get().draft).toBe('from the host');
    } finally {
      vi.useRealTimers();
    }
  });
});
