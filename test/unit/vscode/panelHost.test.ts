import { describe, expect, it, vi } from 'vitest';
import type { PanelState, PanelView } from '../../../src/protocol/panel.ts';
import type { PermissionResult } from '../../../src/protocol/permissions.ts';
import { openInProcess } from '../../../src/vscode/agentLink.ts';
import type { PanelActions } from '../../../src/vscode/panelHandlers.ts';
import { PanelHost, type PanelHostDeps } from '../../../src/vscode/panelHost.ts';
import { SessionHost } from '../../../src/vscode/sessionHost.ts';
import { createFakeAgent, createFakeSurface, type FakeAgent, silentLog } from './fakes.ts';
import { assistant, checkpoint, prompt, system } from './messages.ts';

const allow: PermissionResult = { behavior: 'allow' };

describe('the host of a panel', () => {
  it('asks a page that comes back again for what a server wants, and shows that something waits', async () => {
    const { page, agent, surface, host } = await setUp();
    await page.peer.request('belay/panel_ready', {});
    const asked = { mcp_server_name: 'maps', message: 'Which one?', mode: 'form' as const };
    const answer = agent.peer.request('elicitation', asked);
    await vi.waitFor(() => expect(page.forms).toHaveLength(1));
    expect(host.waiting).toBe(1);
    const next = surface.load();
    await next.peer.request('belay/panel_ready', {});
    await vi.waitFor(() => expect(next.forms.map(({ request }) => request)).toEqual([asked]));
    page.forms[0]?.answer({ action: 'decline' });
    next.forms[0]?.answer({ action: 'accept', content: { which: 'this' } });
    expect(await answer).toEqual({ action: 'accept', content: { which: 'this' } });
    expect(host.waiting).toBe(0);
  });

  it('answers a page that is ready with all there is, and then with what comes', async () => {
    const { page, agent } = await setUp();
    await agent.peer.send(prompt('u1', 'hi'));
    const answer = await page.peer.request('belay/panel_ready', {});
    expect(answer.messages).toEqual([prompt('u1', 'hi')]);
    expect(answer.state).toMatchObject({ session_id: 's1', title: 'hi' });
    await agent.peer.send(assistant('m1', 'hello'));
    await vi.waitFor(() => expect(conversation(page.messages)).toEqual([assistant('m1', 'hello')]));
  });

  it('tells the page what it says in the language of the editor', async () => {
    const language = { language: 'zh-cn', texts: { Send: '发送' } };
    const { page } = await setUp({ language });
    expect(await page.peer.request('belay/panel_ready', {})).toMatchObject(language);
  });

  it('loses and doubles nothing that comes while the page is being answered', async () => {
    const { page, agent } = await setUp();
    const ready = page.peer.request('belay/panel_ready', {});
    const said = Array.from({ length: 200 }, (_, index) => assistant(`m${index}`, 'x'));
    for (const message of said) await agent.peer.send(message);
    const { messages } = await ready;
    await vi.waitFor(() => expect([...messages, ...conversation(page.messages)]).toEqual(said));
  });

  it('tells a long conversation by pages, each at its time in what is said', async () => {
    const { page, agent, panel } = await setUp();
    const said = Array.from({ length: 150 }, (_, index) => assistant(`m${index}`, 'x'));
    for (const message of said) await agent.peer.send(message);
    await agent.peer.send(assistant('todo', 'x'));
    await vi.waitFor(() => expect(newest(panel)).toEqual(assistant('todo', 'x')));
    const answer = await page.peer.request('belay/panel_ready', {});
    expect(answer).toMatchObject({ earlier: true, later: false });
    expect(answer.messages).toEqual([...said.slice(-59), assistant('todo', 'x')]);
    page.messages.length = 0;
    const asked = page.peer.request('belay/page_load', { before: 'reply:m91' });
    await agent.peer.send(assistant('new', 'y'));
    expect(await asked).toEqual({ found: true });
    expect(await page.peer.request('belay/page_load', { around: 'reply:gone' })).toEqual({ found: false });
    await vi.waitFor(() => expect(conversation(page.messages)).toHaveLength(2));
    const told = conversation(page.messages);
    expect(told).toContainEqual(assistant('new', 'y'));
    expect(told).toContainEqual({
      type: 'system',
      subtype: 'belay/page_loaded',
      at: 'start',
      key: 'reply:m91',
      messages: said.slice(31, 91),
      earlier: true,
      later: true,
    });
    expect(
      await page.peer.request('belay/conversation_find', { text: 'X', first: 'reply:m91', last: null }),
    ).toEqual({
      earlier: said.slice(0, 91).map((_, index) => ({ key: `reply:m${index}`, count: 1 })),
      later: [],
    });
  });

  it('begins with the place that was last looked at', async () => {
    const view = { draft: '', scroll: { anchor: 'reply:m100', offset: 3 }, open: {} };
    const { page, agent, panel } = await setUp({ view });
    const said = Array.from({ length: 400 }, (_, index) => assistant(`m${index}`, 'x'));
    for (const message of said) await agent.peer.send(message);
    await vi.waitFor(() => expect(newest(panel)).toEqual(said.at(-1)));
    const answer = await page.peer.request('belay/panel_ready', {});
    expect(answer).toMatchObject({ earlier: true, later: true, view });
    expect(answer.messages).toEqual(said.slice(85, 160));
  });

  it('lets a person write while a long conversation is read, and starts the page over when it is there', async () => {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { page, agent } = await setUp({ resume: true, opened });
    const first = await page.peer.request('belay/panel_ready', {});
    expect(first).toMatchObject({ messages: [], loading: true, state: { session_id: 's1' } });
    await agent.peer.send(prompt('u1', 'from before'));
    open();
    await vi.waitFor(() =>
      expect(page.messages).toContainEqual({ type: 'system', subtype: 'belay/panel_reset' }),
    );
    const second = await page.peer.request('belay/panel_ready', {});
    expect(second.loading).toBeUndefined();
    expect(second.messages).toEqual([prompt('u1', 'from before')]);
  });

  it('sends nothing to a page that is hidden, and everything to the one that comes after', async () => {
    const { surface, page, agent } = await setUp();
    await page.peer.request('belay/panel_ready', {});
    surface.setVisible(false);
    await agent.peer.send(assistant('m1', 'while away'));
    await agent.peer.send(assistant('m2', 'still away'));
    surface.setVisible(true);
    const next = surface.load();
    const { messages } = await next.peer.request('belay/panel_ready', {});
    expect(messages).toEqual([assistant('m1', 'while away'), assistant('m2', 'still away')]);
    expect(conversation(next.messages)).toEqual([]);
  });

  it('passes on what a person says, and only what makes a message', async () => {
    const { page, agent } = await setUp();
    await page.peer.send({
      type: 'user',
      uuid: 'u1',
      message: { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      parent_tool_use_id: 'toolu_forged',
      isSynthetic: true,
      tool_use_result: { forged: true },
    });
    await page.peer.send({ type: 'result', subtype: 'success' });
    await vi.waitFor(() => expect(agent.heard).toHaveLength(1));
    expect(agent.heard).toEqual([
      {
        type: 'user',
        uuid: 'u1',
        session_id: 's1',
        message: { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        parent_tool_use_id: null,
      },
    ]);
  });

  it('brings along what of the editor a message names; what is said meanwhile comes behind it', async () => {
    const { page, agent } = await setUp();
    const say = (uuid: string, text: string, more: object = {}) =>
      page.peer.send({ ...prompt(uuid, text), ...more });
    await say('u1', 'Fix @problems', { belay_attached: [{ title: 'forged', text: '' }] });
    await say('u2', 'And then?');
    await say('u3', '!echo @problems', { belay_input: 'command' });
    await vi.waitFor(() => expect(agent.heard).toHaveLength(3));
    expect(agent.heard.map((message) => (message as { uuid: string }).uuid)).toEqual(['u1', 'u2', 'u3']);
    expect(agent.heard[0]).toMatchObject({ belay_attached: [{ title: 'for Fix @problems', text: '' }] });
    for (const other of agent.heard.slice(1)) expect(other).not.toHaveProperty('belay_attached');
  });

  it('says a message without what it names where that fails or does not come', async () => {
    for (const bringAlong of [
      () => new Promise<never>(() => {}),
      () => Promise.reject(new Error('no git')),
    ]) {
      const { page, agent } = await setUp({ actions: { ...actions, bringAlong }, bringMs: 0 });
      await page.peer.send(prompt('u1', 'Fix @problems'));
      await page.peer.send(prompt('u2', 'And then?'));
      await vi.waitFor(() => expect(agent.heard).toHaveLength(2));
      expect(agent.heard[0]).toMatchObject({
        uuid: 'u1',
        belay_attached: [
          { title: 'What the message names of the editor', text: expect.stringMatching(/no git|too long/) },
        ],
      });
    }
  });

  it('asks again on a page that comes back, and takes one answer', async () => {
    const { surface, page, agent } = await setUp();
    await page.peer.request('belay/panel_ready', {});
    const answer = agent.peer.request('can_use_tool', { tool_name: 'Bash', input: {}, tool_use_id: 't1' });
    await vi.waitFor(() => expect(page.questions).toHaveLength(1));
    surface.setVisible(false);
    surface.setVisible(true);
    const next = surface.load();
    await next.peer.request('belay/panel_ready', {});
    await vi.waitFor(() => expect(next.questions).toHaveLength(1));
    page.questions[0]?.answer({ behavior: 'deny', message: 'from a dead page' });
    next.questions[0]?.answer(allow);
    expect(await answer).toEqual(allow);
  });

  it('takes a question back that the agent cancelled', async () => {
    const { page, agent } = await setUp();
    await page.peer.request('belay/panel_ready', {});
    const stop = new AbortController();
    const answer = agent.peer.request(
      'can_use_tool',
      { tool_name: 'Bash', input: {}, tool_use_id: 't1' },
      { signal: stop.signal },
    );
    await vi.waitFor(() => expect(page.questions).toHaveLength(1));
    stop.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(page.questions).toHaveLength(0));
  });

  it('starts the page over when another session is shown', async () => {
    const { panel, page } = await setUp();
    await page.peer.request('belay/panel_ready', {});
    const other = createHost('s2');
    panel.show(other.host);
    await vi.waitFor(() =>
      expect(page.messages).toContainEqual({ type: 'system', subtype: 'belay/panel_reset' }),
    );
    const { state } = await page.peer.request('belay/panel_ready', {});
    expect(state.session_id).toBe('s2');
  });

  it('tells the page when something in the state changes', async () => {
    const { page, agent } = await setUp();
    await page.peer.request('belay/panel_ready', {});
    await agent.peer.send(system('status', { status: null, permissionMode: 'plan' }));
    await vi.waitFor(() => expect(lastState(page.messages)).toMatchObject({ permission_mode: 'plan' }));
  });

  it('keeps what it was asked to say until there is a page', async () => {
    const { panel, page } = await setUp();
    const ask = { type: 'system', subtype: 'belay/rewind_ask', user_message_id: null } as const;
    panel.tellWhenReady(ask);
    await page.peer.request('belay/panel_ready', {});
    await vi.waitFor(() => expect(page.messages).toContainEqual(ask));
  });

  it('passes the requests for the agent on, but no hooks and no mode that is refused', async () => {
    const { page, agent } = await setUp();
    expect(await page.peer.request('interrupt', {})).toEqual({ still_queued: [] });
    await expect(page.peer.request('set_permission_mode', { mode: 'bypassPermissions' })).rejects.toThrow(
      'not here',
    );
    expect(agent.asked).toEqual(['interrupt']);
  });

  it('goes on in a copy that ends before an edited message, as the session was set, and stops what runs', async () => {
    const copy = createHost('copy');
    const forks: unknown[] = [];
    const { page, agent, panel, host } = await setUp({
      actions: {
        ...actions,
        kept: {
          ...actions.kept,
          fork: async (...given) => {
            forks.push(given);
            return 'copy';
          },
        },
        openSession: async (shown) => shown.show(copy.host),
      },
    });
    await agent.peer.send(system('session_state_changed', { state: 'running' }));
    await agent.peer.send(system('status', { status: null, model: 'large', permissionMode: 'plan' }));
    await vi.waitFor(() => expect(host.state).toMatchObject({ model: 'large', activity: 'running' }));
    const message = { ...prompt('u9', 'Sort them by place'), session_id: 's1' } as never;
    await page.peer.request('belay/message_edit', { user_message_id: 'u1', message });
    expect(forks).toEqual([['s1', 'u1']]);
    expect(agent.asked).toEqual(['interrupt']);
    expect(panel.host).toBe(copy.host);
    expect(copy.agent().asked).toEqual(['set_model', 'set_permission_mode']);
    await vi.waitFor(() => expect(copy.agent().heard).toMatchObject([{ uuid: 'u9', session_id: 'copy' }]));
    expect(agent.heard).toEqual([]);
  });

  it('knows the files the agent has named', async () => {
    const { host, agent } = await setUp();
    expect(host.hasTold('/outside/a.ts')).toBe(false);
    await agent.peer.send(checkpoint('u1'));
    await vi.waitFor(() => expect(host.hasTold('/outside/a.ts')).toBe(true));
    const input = { file_path: '/outside/asked.ts' };
    agent.peer
      .request('can_use_tool', { tool_name: 'Edit', input, tool_use_id: 't1' })
      .catch(() => undefined);
    await vi.waitFor(() => expect(host.hasTold('/outside/asked.ts')).toBe(true));
  });
});

async function setUp(
  options: HostOptions & Partial<Pick<PanelHostDeps, 'actions' | 'bringMs' | 'language'>> = {},
) {
  const surface = createFakeSurface();
  const { host, agent } = createHost('s1', options);
  const panel = new PanelHost({
    surface,
    host,
    actions: options.actions ?? actions,
    ...(options.bringMs === undefined ? {} : { bringMs: options.bringMs }),
    ...(options.language === undefined ? {} : { language: options.language }),
    views: { get: () => options.view ?? { draft: '', scroll: null, open: {} }, save: async () => {} },
    describe: toState,
    log: silentLog,
    onChange: () => {},
  });
  return { surface, host, panel, page: surface.load(), agent: agent() };
}

interface HostOptions {
  readonly resume?: boolean;
  /** Until then the agent answers nothing. */
  readonly opened?: Promise<void>;
  readonly view?: PanelView;
}

function createHost(sessionId: string, { resume = false, opened }: HostOptions = {}) {
  let agent: FakeAgent | undefined;
  const host = new SessionHost({
    sessionId,
    resume,
    start: { title: '', model: 'm', permissionMode: 'default' },
    takeNews: () => undefined,
    openPage: async () => true,
    openAgent: () =>
      openInProcess(async (channel) => {
        agent = createFakeAgent(sessionId, channel, opened);
        return agent;
      }),
    log: silentLog,
    now: () => 0,
  });
  return {
    host,
    agent: () => {
      if (agent === undefined) throw new Error('the agent was not started');
      return agent;
    },
  };
}

const actions: PanelActions = {
  kept: {
    list: async () => [],
    search: async () => ({ sessionIds: [], complete: true }),
    rename: async () => undefined,
    tag: async () => undefined,
    fork: async () => 'copy',
    remove: async () => undefined,
    restore: async () => undefined,
    read: async () => ({ title: '', messages: [] }),
  },
  exportSession: async () => {},
  openSession: async () => {},
  continueClaude: async () => undefined,
  chooseProvider: async () => ({ chosen: true }),
  openFile: async () => ({ opened: true }),
  openProposal: async () => true,
  bringAlong: async (text) => [{ title: `for ${text}`, text: '' }],
  addMemory: async () => ({ outcome: 'cancelled' }),
  showSettings: async () => ({ hash: '' }),
  rewind: async () => ({ canRewind: true }),
  showRewind: async () => {},
  openMerge: async () => ({}),
  openLink: async () => {},
  actOnFailure: async () => {},
  rememberModel: () => {},
  review: async () => undefined,
  refuseMode: (mode) => (mode === 'bypassPermissions' ? 'not here' : undefined),
};

function toState(host: SessionHost): PanelState {
  return {
    session_id: host.sessionId,
    title: host.state.title,
    provider: 'offline',
    provider_label: '',
    model: host.state.model,
    models: [],
    permission_mode: host.state.permissionMode,
    bypass_allowed: false,
    cwd: null,
    folders: [],
    workspace_problem: null,
    can_redo: host.canRedo,
    review: { files: 0, changes: 0 },
    token_colors: {},
  };
}

/** Without what the host says about itself. */
/** What its host was told last. */
function newest(panel: PanelHost): unknown {
  return panel.host.conversation.page()?.messages.at(-1);
}

function conversation(messages: readonly unknown[]): unknown[] {
  return messages.filter((message) => (message as { subtype?: string }).subtype !== 'belay/panel_state');
}

function lastState(messages: readonly unknown[]): unknown {
  const states = messages.filter(
    (message) => (message as { subtype?: string }).subtype === 'belay/panel_state',
  );
  return (states.at(-1) as { state?: unknown } | undefined)?.state;
}
