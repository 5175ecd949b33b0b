import { describe, expect, it, vi } from 'vitest';
import { openInProcess } from '../../../src/vscode/agentLink.ts';
import type { Activity } from '../../../src/vscode/attention.ts';
import { OpenSessions, type OpenSessionsDeps } from '../../../src/vscode/openSessions.ts';
import type { PanelActions } from '../../../src/vscode/panelHandlers.ts';
import { createFakeAgent, createFakeSurface, type FakeAgent, silentLog } from './fakes.ts';
import { prompt, result, system } from './messages.ts';

describe('the sessions of a window', () => {
  it('show the session that was shown last, where it is still kept', async () => {
    const { sessions, agents } = setUp({ kept: ['old'], remembered: { 'belay.viewSession': 'old' } });
    const panel = await attach(sessions, createFakeSurface(), null);
    expect(panel.host.sessionId).toBe('old');
    expect(agents.get('old')?.resume).toBe(true);
  });

  it('begin a new session where the last one is gone', async () => {
    const { sessions, memento } = setUp({ remembered: { 'belay.viewSession': 'gone' } });
    const panel = await attach(sessions, createFakeSurface(), null);
    expect(panel.host.sessionId).not.toBe('gone');
    expect(memento.get('belay.viewSession')).toBe(panel.host.sessionId);
  });

  it('may stand on several panels', async () => {
    const { sessions } = setUp({});
    const view = await attach(sessions, createFakeSurface('view'), null);
    const tab = await attach(sessions, createFakeSurface('tab'), view.host.sessionId);
    expect(tab.host).toBe(view.host);
  });

  it('are closed when nothing shows them and nothing runs', async () => {
    const { sessions, agents } = setUp({});
    const panel = await attach(sessions, createFakeSurface(), null);
    const first = panel.host.sessionId;
    await sessions.open(panel, null);
    await vi.waitFor(() => expect(agents.get(first)?.agent.isClosed).toBe(true));
  });

  it('go on behind the scenes until their turn has ended', async () => {
    const { sessions, agents } = setUp({});
    const panel = await attach(sessions, createFakeSurface(), null);
    const first = panel.host;
    first.say(prompt('u1', 'work'));
    await sessions.open(panel, null);
    const { agent } = agents.get(first.sessionId) ?? {};
    expect(agent?.isClosed).toBe(false);
    await agent?.peer.send(system('session_state_changed', { state: 'running' }));
    await agent?.peer.send(system('session_state_changed', { state: 'idle' }));
    await vi.waitFor(() => expect(agent?.isClosed).toBe(true));
  });

  it('tell what waits, and what of it nobody can see', async () => {
    const { sessions, agents, activity } = setUp({});
    const surface = createFakeSurface();
    const panel = await attach(sessions, surface, null);
    const { agent } = agents.get(panel.host.sessionId) ?? {};
    const answer = agent?.peer.request('can_use_tool', { tool_name: 'Bash', input: {}, tool_use_id: 't' });
    answer?.catch(() => undefined);
    await vi.waitFor(() => expect(activity()).toMatchObject({ waiting: 1, unseen: 0 }));
    surface.setVisible(false);
    expect(activity()).toMatchObject({ waiting: 1, unseen: 1 });
    expect(sessions.waiting()).toBe(panel);
    await sessions.close();
  });

  it('mark their panels: running, needs you, failed, and done where nobody has looked', async () => {
    const { sessions, agents } = setUp({});
    const [view, tab] = [createFakeSurface('view'), createFakeSurface('tab')];
    await attach(sessions, view, null);
    const { host } = await attach(sessions, tab, crypto.randomUUID());
    const agent = agents.get(host.sessionId)?.agent;
    const end = async (isError: boolean): Promise<void> => {
      await agent?.peer.send({ ...result(), is_error: isError });
      await agent?.peer.send(system('session_state_changed', { state: 'idle' }));
    };
    await agent?.peer.send(system('session_state_changed', { state: 'running' }));
    await vi.waitFor(() => expect(tab.mark).toEqual({ phase: 'running', waiting: 0 }));
    await agent?.peer.send(system('session_state_changed', { state: 'requires_action' }));
    await vi.waitFor(() => expect(tab.mark).toEqual({ phase: 'needs_you', waiting: 1 }));
    expect(view.mark).toEqual({ phase: undefined, waiting: 1 });
    expect(sessions.phases()).toEqual({ [host.sessionId]: 'needs_you' });
    await end(true);
    await vi.waitFor(() => expect(tab.mark).toEqual({ phase: 'failed', waiting: 0 }));
    tab.setVisible(false);
    await agent?.peer.send(system('session_state_changed', { state: 'running' }));
    await end(false);
    await vi.waitFor(() => expect(tab.mark.phase).toBe('done'));
    tab.setVisible(true);
    expect(tab.mark.phase).toBeUndefined();
    expect(sessions.phases()).toEqual({ [host.sessionId]: 'done' });
    await sessions.close();
  });

  it('let go of a session that is to be deleted, unless something is under way in it', async () => {
    const { sessions, agents } = setUp({});
    const panel = await attach(sessions, createFakeSurface(), null);
    const { sessionId } = panel.host;
    const agent = agents.get(sessionId)?.agent;
    panel.host.say(prompt('u1', 'work'));
    expect(await sessions.release(sessionId)).toBe(false);
    await agent?.peer.send(system('session_state_changed', { state: 'running' }));
    await agent?.peer.send(system('session_state_changed', { state: 'idle' }));
    await vi.waitFor(() => expect(panel.host.isQuiet).toBe(true));
    expect(await sessions.release(sessionId)).toBe(true);
    expect(agent?.isClosed).toBe(true);
    expect(panel.host.sessionId).not.toBe(sessionId);
    expect(await sessions.release('not open')).toBe(true);
  });

  it('watch one that another process has open, until that lets go of it', async () => {
    const held = new Set(['old']);
    let letGo = (_how: string): void => undefined;
    const lost = new Promise<string>((resolve) => {
      letGo = resolve;
    });
    const { sessions, agents } = setUp({
      ...{ kept: ['old'], held },
      watch: () => ({
        ...openInProcess(async (channel) => createFakeAgent('old', channel)),
        ...{ lost, isWatched: true },
      }),
    });
    const { host } = await attach(sessions, createFakeSurface(), 'old');
    expect(host.isWatched).toBe(true);
    await host.ready;
    expect(agents.size).toBe(0);
    held.clear();
    letGo('It was let go.');
    await vi.waitFor(() => expect(agents.get('old')?.resume).toBe(true));
    expect(host.isWatched).toBe(false);
    await vi.waitFor(() =>
      expect(JSON.stringify(host.conversation.messages())).toContain(
        'It was let go. It can be gone on with here.',
      ),
    );
    await sessions.close();
  });

  it('are meant by a command on the panel that is seen and was used last', async () => {
    const { sessions } = setUp({});
    const [left, right] = [createFakeSurface('view'), createFakeSurface('tab')];
    const view = await attach(sessions, left, null);
    const tab = await attach(sessions, right, null);
    expect(sessions.current()).toBe(tab);
    right.setVisible(false);
    expect(sessions.current()).toBe(view);
    left.setVisible(false);
    expect(sessions.current()).toBe(tab);
  });

  it('find the view when it comes', async () => {
    const { sessions } = setUp({});
    const waiting = sessions.view();
    const view = await attach(sessions, createFakeSurface('view'), null);
    expect(await waiting).toBe(view);
    expect(await sessions.view()).toBe(view);
  });

  it('do without a panel that was closed before they were there', async () => {
    const { sessions, agents } = setUp({});
    const surface = createFakeSurface();
    const attaching = sessions.attach(surface, null);
    surface.dispose();
    expect(await attaching).toBeUndefined();
    expect(sessions.current()).toBeUndefined();
    await vi.waitFor(() => expect([...agents.values()].every(({ agent }) => agent.isClosed)).toBe(true));
  });

  it('are all closed with the window', async () => {
    const { sessions, agents } = setUp({});
    await attach(sessions, createFakeSurface('view'), null);
    await attach(sessions, createFakeSurface('tab'), null);
    await sessions.close();
    expect([...agents.values()].map(({ agent }) => agent.isClosed)).toEqual([true, true]);
  });

  it('wait for a session that is being closed before it is opened again', async () => {
    const { sessions, agents } = setUp({ kept: ['old'] });
    const panel = await attach(sessions, createFakeSurface(), 'old');
    const before = agents.get('old')?.agent;
    await sessions.open(panel, null);
    await sessions.open(panel, 'old');
    expect(before?.isClosed).toBe(true);
    expect(agents.get('old')?.agent).not.toBe(before);
  });
});

async function attach(sessions: OpenSessions, ...surface: Parameters<OpenSessions['attach']>) {
  const panel = await sessions.attach(...surface);
  if (panel === undefined) throw new Error('the surface is closed');
  return panel;
}

interface SetUp {
  readonly kept?: readonly string[];
  readonly remembered?: Readonly<Record<string, string>>;
  /** Sessions that another process has open. */
  readonly held?: ReadonlySet<string>;
  /** Called with the session that is watched. */
  readonly watch?: OpenSessionsDeps['watch'];
}

const noWatch = () => {
  throw new Error('not here');
};

function setUp({ kept = [], remembered = {}, held = new Set(), watch = noWatch }: SetUp) {
  const agents = new Map<string, { readonly agent: FakeAgent; readonly resume: boolean }>();
  const store = new Map<string, unknown>(Object.entries(remembered));
  let latest: Activity = { running: 0, waiting: 0, unseen: 0, canRedo: false };
  const memento = {
    keys: () => [...store.keys()],
    get: <T>(key: string) => store.get(key) as T,
    update: async (key: string, value: unknown) => void store.set(key, value),
  };
  const sessions = new OpenSessions({
    transcripts: {
      open: () => Promise.reject(new Error('not here')),
      openToRead: () => Promise.reject(new Error('not here')),
      list: async () =>
        kept.map((sessionId) => ({
          ...{ sessionId, lastModified: 0, fileSize: 0 },
          ...(held.has(sessionId) ? { isHeld: true as const } : {}),
        })),
      listAllIds: async () => new Set(),
      remove: () => Promise.reject(new Error('not here')),
      restore: () => Promise.reject(new Error('not here')),
      peek: () => Promise.reject(new Error('not here')),
    },
    watch,
    start: () => ({ title: '', model: 'm', permissionMode: 'default' }),
    chooseAgentOpener:
      () =>
      ({ sessionId, resume }) =>
        openInProcess(async (channel) => {
          const agent = createFakeAgent(sessionId, channel);
          agents.set(sessionId, { agent, resume });
          return agent;
        }),
    describe: () => {
      throw new Error('no page asks here');
    },
    actions: {} as PanelActions,
    views: { get: () => ({ draft: '', scroll: null, open: {} }), save: async () => {} },
    memento,
    log: silentLog,
    onRulesChange: () => undefined,
    onCheckpointsChange: () => undefined,
    onFilesChange: () => undefined,
    onServersChange: () => undefined,
    takeNews: () => undefined,
    openPage: async () => true,
    onActivity: (activity) => {
      latest = activity;
    },
  });
  return { sessions, agents, memento, activity: () => latest };
}
