import { describe, expect, it, vi } from 'vitest';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import type { Peer } from '../../../src/channel/peer.ts';
import type { PermissionResult } from '../../../src/protocol/permissions.ts';
import type { QueueChange } from '../../../src/protocol/queue.ts';
import type { AgentStart } from '../../../src/vscode/agentLink.ts';
import { SessionHost } from '../../../src/vscode/sessionHost.ts';
import { createFakeAgent, type FakeAgent, silentLog } from './fakes.ts';
import { assistant, prompt, system } from './messages.ts';

describe('a session', () => {
  it('that is resumed is ready when the old conversation is there', async () => {
    const { host, agents } = createHost({ resume: true });
    await host.ready;
    expect(agents[0]?.asked).toEqual(['rewind_files']);
    expect(host.state.canRedoFiles).toBe(true);
  });

  it('is not quiet while a message is on its way to the agent', async () => {
    const { host, agents } = createHost();
    expect(host.isQuiet).toBe(true);
    host.say(prompt('u1', 'hi'));
    expect(host.isQuiet).toBe(false);
    await vi.waitFor(() => expect(agents[0]?.heard).toHaveLength(1));
    await agents[0]?.peer.send(system('session_state_changed', { state: 'running' }));
    await agents[0]?.peer.send(system('session_state_changed', { state: 'idle' }));
    await vi.waitFor(() => expect(host.isQuiet).toBe(true));
  });
});

describe('a session that cannot be started', () => {
  it('says what is wrong, and is tried again with the next message', async () => {
    const { host, agents, failWith, heardBy } = createHost({ failure: 'the disk is full' });
    await vi.waitFor(() => expect(notices(host)).toEqual([expect.stringContaining('the disk is full')]));
    await expect(host.request('interrupt', {})).rejects.toThrow('A message starts it again');
    failWith(undefined);
    host.say(prompt('u1', 'hi'));
    await vi.waitFor(() => expect(heardBy(0)).toEqual(['u1']));
    expect(agents).toHaveLength(1);
  });

  it('keeps what was said to it for the next try', async () => {
    const { host, failWith, heardBy } = createHost({ failure: 'the disk is full' });
    host.say(prompt('u1', 'one'));
    await vi.waitFor(() => expect(notices(host)).toHaveLength(1));
    expect(host.isQuiet).toBe(true);
    failWith(undefined);
    host.say(prompt('u2', 'two'));
    await vi.waitFor(() => expect(heardBy(0)).toEqual(['u1', 'u2']));
  });
});

describe('a session whose agent is lost', () => {
  it('goes on with another one, from the transcript, and says so behind it', async () => {
    const { host, starts, agents, lose, observer } = createHost();
    host.observe(observer);
    await agents[0]?.peer.send(prompt('u1', 'hi'));
    await agents[0]?.peer.send(system('session_state_changed', { state: 'running' }));
    await vi.waitFor(() => expect(host.state.activity).toBe('running'));
    lose('It was killed.');
    await vi.waitFor(() => expect(agents).toHaveLength(2));
    expect(observer.onReset).toHaveBeenCalledTimes(1);
    expect(host.state.activity).toBe('idle');
    expect(starts).toMatchObject([{ resume: false }, { resume: true }]);
    await agents[1]?.peer.send(prompt('u1', 'hi'));
    await vi.waitFor(() => expect(notices(host)).toHaveLength(1));
    expect(notices(host)[0]).toContain('It was killed. The session goes on in a new one.');
  });

  it('takes back what it had asked, and fails what it was asked', async () => {
    const { host, agents, lose } = createHost({ opened: new Promise(() => {}) });
    const asked = host.request('interrupt', {});
    agents[0]?.peer
      .request('can_use_tool', { tool_name: 'Bash', input: {}, tool_use_id: 't1' })
      .catch(() => undefined);
    await vi.waitFor(() => expect(host.permissions.waiting()).toHaveLength(1));
    lose('It was killed.');
    await expect(asked).rejects.toThrow('closed');
    await vi.waitFor(() => expect(host.permissions.waiting()).toHaveLength(0));
  });

  it('opens a page that a server asks for once a person has said so, and counts what was not opened as cancelled', async () => {
    const openPage = vi.fn<(url: string) => Promise<boolean>>(async (url) => url.endsWith('/in'));
    const { host, agents } = createHost({ openPage });
    let action: 'accept' | 'decline' = 'accept';
    host.attach({ request: (async () => ({ action, content: { a: 1 } })) as unknown as Peer['request'] });
    const ask = (asked: object) =>
      agents[0]?.peer.request('elicitation', { mcp_server_name: 'maps', message: 'Please', ...asked });
    const page = (url: string) => ask({ mode: 'url', url });
    expect(await page('https://example.com/in')).toEqual({ action: 'accept' });
    expect(await page('https://example.com/out')).toEqual({ action: 'cancel' });
    expect(await ask({ mode: 'form', requested_schema: {} })).toEqual({ action, content: { a: 1 } });
    action = 'decline';
    expect(await page('https://example.com/in')).toEqual({ action: 'decline', content: { a: 1 } });
    expect(openPage.mock.calls).toEqual([['https://example.com/in'], ['https://example.com/out']]);
  });

  it('asks a person whether a server may ask the model, and withdraws that with the agent', async () => {
    const { host, agents, lose } = createHost();
    const asked = { mcp_server_name: 'maps', messages: [], model: 'm', max_tokens: 10 };
    const detach = host.attach({
      request: (async () => ({ action: 'accept' })) as unknown as Peer['request'],
    });
    expect(await agents[0]?.peer.request('belay/mcp_sample', asked)).toEqual({ action: 'accept' });
    detach();
    const waiting = agents[0]?.peer.request('belay/mcp_sample', asked);
    await vi.waitFor(() => expect(host.waiting).toBe(1));
    expect(host.phase).toBe('needs_you');
    lose('It was killed.');
    await expect(waiting).rejects.toThrow('closed');
    await vi.waitFor(() => expect(host.waiting).toBe(0));
  });

  it('knows of which changes a person has seen all and allowed them', async () => {
    const { host, agents } = createHost();
    const answers = new Map<string, PermissionResult>();
    host.permissions.attach({
      request: (async (_subtype: string, { tool_use_id }: { readonly tool_use_id: string }) =>
        answers.get(tool_use_id)) as unknown as Peer['request'],
    });
    const change = { path: '/w/a.txt', before: 'a', after: 'b' };
    const ask = async (id: string, shown: object, answer: PermissionResult = { behavior: 'allow' }) => {
      answers.set(id, answer);
      const call = { tool_name: 'Write', input: {}, tool_use_id: id };
      await agents[0]?.peer.request('can_use_tool', { ...call, ...shown });
      return host.hasAgreed(id);
    };
    expect(await ask('shown', { preview: change })).toBe(true);
    expect(await ask('all shown', { previews: [change, { ...change, before: null }] })).toBe(true);
    expect(await ask('some shown', { previews: [change, { ...change, before: null, after: null }] })).toBe(
      false,
    );
    expect(await ask('a command', {})).toBe(false);
    expect(await ask('denied', { preview: change }, { behavior: 'deny', message: 'No.' })).toBe(false);
    expect(host.hasAgreed('never asked')).toBe(false);
  });

  it('says again what was not taken up, in its order, and not what was', async () => {
    const { host, agents, lose, heardBy } = createHost();
    for (const id of ['u1', 'u2', 'u3']) host.say(prompt(id, id));
    await vi.waitFor(() => expect(heardBy(0)).toEqual(['u1', 'u2', 'u3']));
    await agents[0]?.peer.send({ ...prompt('u1', 'u1'), isReplay: true });
    await vi.waitFor(() => expect(host.state.title).toBe('u1'));
    lose('It was killed.');
    await vi.waitFor(() => expect(heardBy(1)).toEqual(['u2', 'u3']));
    expect(host.isQuiet).toBe(false);
  });

  it('does not say a third time what two of them did not survive', async () => {
    const { host, agents, lose, heardBy } = createHost();
    host.say(prompt('u1', 'poison'));
    lose('It was killed.');
    await vi.waitFor(() => expect(heardBy(1)).toEqual(['u1']));
    lose('It was killed.');
    await vi.waitFor(() => expect(agents).toHaveLength(3));
    await host.ready;
    await agents[2]?.peer.send(assistant('m1', 'here'));
    await vi.waitFor(() =>
      expect(host.conversation.page()?.messages).toContainEqual(assistant('m1', 'here')),
    );
    expect(heardBy(2)).toEqual([]);
    expect(host.isQuiet).toBe(true);
  });

  it('does not say again what a person has taken back', async () => {
    const { host, agents, lose, heardBy } = createHost();
    host.say(prompt('u1', 'one'));
    host.say(prompt('u2', 'two'));
    await host.request('cancel_async_message', { message_uuid: 'u1' });
    await vi.waitFor(() => expect(heardBy(0)).toEqual(['u1', 'u2']));
    lose('It was killed.');
    await vi.waitFor(() => expect(agents).toHaveLength(2));
    await vi.waitFor(() => expect(heardBy(1)).toEqual(['u2']));
  });

  it('knows whether what was said was taken up, or was taken back before', async () => {
    const { host, agents } = createHost();
    for (const id of ['u1', 'u2']) host.say(prompt(id, id));
    const fates = Promise.all(['u1', 'u2'].map((id) => host.isTakenUp(id)));
    await agents[0]?.peer.send({ ...prompt('u1', 'u1'), isReplay: true });
    await host.request('cancel_async_message', { message_uuid: 'u2' });
    expect(await fates).toEqual([true, false]);
    expect(await host.isTakenUp('u1')).toBe(true);
  });

  it('says what a person has changed as it was changed, in the order they chose', async () => {
    const { host, agents, lose } = createHost();
    for (const id of ['u1', 'u2', 'u3']) host.say(prompt(id, id));
    const change = (message_uuid: string, what: QueueChange) =>
      host.request('belay/queue_change', { message_uuid, change: what });
    await change('u2', { kind: 'text', text: 'two' });
    await change('u3', { kind: 'place', before: 'u1' });
    await change('u2', { kind: 'now' });
    lose('It was killed.');
    await vi.waitFor(() => expect(agents).toHaveLength(2));
    await vi.waitFor(() =>
      expect(agents[1]?.heard).toMatchObject([
        { uuid: 'u2', priority: 'now', message: { content: [{ type: 'text', text: 'two' }] } },
        { uuid: 'u3' },
        { uuid: 'u1' },
      ]),
    );
  });

  it('keeps the mode and the model it had', async () => {
    const { host, agents, lose, starts } = createHost();
    await agents[0]?.peer.send(
      system('status', { status: null, permissionMode: 'acceptEdits', model: 'other' }),
    );
    await vi.waitFor(() => expect(host.state.permissionMode).toBe('acceptEdits'));
    lose('It was killed.');
    await vi.waitFor(() => expect(starts).toHaveLength(2));
    expect(starts[1]).toMatchObject({ permissionMode: 'acceptEdits', model: 'other' });
  });

  it('is not started again once it is closed', async () => {
    const { host, lose, starts } = createHost();
    await host.close();
    lose('It was killed.');
    await host.ready;
    expect(starts).toHaveLength(1);
  });
});

describe('a session that is renewed', () => {
  it('waits until nothing is under way, and until the agent before has closed', async () => {
    const { host, agents, starts } = createHost();
    host.say(prompt('u1', 'hi'));
    host.renew('acceptEdits');
    expect(starts).toHaveLength(1);
    await agents[0]?.peer.send({ ...prompt('u1', 'hi'), isReplay: true });
    await agents[0]?.peer.send(system('session_state_changed', { state: 'idle' }));
    await vi.waitFor(() => expect(starts).toHaveLength(2));
    expect(agents[0]?.isClosed).toBe(true);
    expect(starts[1]).toMatchObject({ resume: true, permissionMode: 'acceptEdits' });
  });

  it('leaves the mode alone that a person has chosen', async () => {
    const { host, agents, starts } = createHost();
    await agents[0]?.peer.send(system('status', { status: null, permissionMode: 'plan' }));
    await vi.waitFor(() => expect(host.state.permissionMode).toBe('plan'));
    host.renew(undefined);
    await vi.waitFor(() => expect(starts).toHaveLength(2));
    expect(starts[1]?.permissionMode).toBe('plan');
  });

  it('hears what is said meanwhile', async () => {
    const { host, heardBy } = createHost();
    host.renew(undefined);
    host.say(prompt('u1', 'hi'));
    await vi.waitFor(() => expect(heardBy(1)).toEqual(['u1']));
  });
});

interface HostOptions {
  readonly resume?: boolean;
  /** Until then an agent answers nothing. */
  readonly opened?: Promise<void>;
  /** Why agents can't be started. */
  readonly failure?: string;
  readonly openPage?: (url: string) => Promise<boolean>;
}

function createHost({ resume = false, opened, failure: initial, openPage }: HostOptions = {}) {
  let failure = initial;
  const agents: FakeAgent[] = [];
  const starts: AgentStart[] = [];
  const losses: ((how: string) => void)[] = [];
  const host = new SessionHost({
    sessionId: 's1',
    resume,
    start: { title: '', model: 'm', permissionMode: 'default' },
    takeNews: () => undefined,
    openPage: openPage ?? (async () => true),
    openAgent: (start) => {
      const [agentEnd, hostEnd] = createInProcessPair();
      starts.push(start);
      const lost = new Promise<string>((resolve) => losses.push(resolve));
      if (failure !== undefined) {
        const started = Promise.reject(new Error(failure));
        return { channel: hostEnd, started, lost, close: async () => {} };
      }
      const agent = createFakeAgent('s1', agentEnd, opened);
      agents.push(agent);
      return { channel: hostEnd, started: Promise.resolve(), lost, close: () => agent.close() };
    },
    log: silentLog,
    now: () => 0,
  });
  return {
    host,
    agents,
    starts,
    observer: { onMessage: () => {}, onChange: () => {}, onReset: vi.fn<() => void>() },
    failWith: (next: string | undefined) => {
      failure = next;
    },
    lose: (how: string) => losses.at(-1)?.(how),
    heardBy: (index: number) => agents[index]?.heard.map((message) => (message as { uuid: string }).uuid),
  };
}

function notices(host: SessionHost): string[] {
  const messages = (host.conversation.page()?.messages ?? []) as {
    readonly subtype?: string;
    readonly content: string;
  }[];
  return messages.filter(({ subtype }) => subtype === 'informational').map(({ content }) => content);
}
