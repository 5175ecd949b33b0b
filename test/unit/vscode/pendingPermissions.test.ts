import { describe, expect, it } from 'vitest';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import { createPeer } from '../../../src/channel/peer.ts';
import { refuseHookCallback } from '../../../src/channel/refuseHookCallback.ts';
import type { PermissionResult, PermissionUpdate } from '../../../src/protocol/permissions.ts';
import {
  createPendingPermissions,
  type PermissionQuestion,
  type ReviewAnswer,
} from '../../../src/vscode/pendingPermissions.ts';
import type { QuestionPanel } from '../../../src/vscode/pendingQuestions.ts';

const allow: PermissionResult = { behavior: 'allow', digest: 'd1' };

describe('permissions that wait for a person', () => {
  it('are answered by the panel that shows them', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    (await panel.next()).answer(allow);
    expect(await answer).toEqual(allow);
    expect(pending.waiting()).toEqual([]);
  });

  it('wait while no panel is there, and are asked when one comes', async () => {
    const { pending, changes } = setUp();
    const answer = pending.ask(question(), new AbortController().signal);
    expect(pending.waiting()).toEqual([question()]);
    const panel = createPanel();
    pending.attach(panel.peer);
    const shown = await panel.next();
    expect(shown.question).toEqual(question());
    shown.answer(allow);
    await answer;
    expect(changes()).toBe(2);
  });

  it('are asked again by a panel that comes back, and the card that was there is withdrawn', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    const detach = pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    const first = await panel.next();
    detach();
    await first.withdrawn;
    pending.attach(panel.peer);
    const second = await panel.next();
    first.answer({ behavior: 'deny', message: 'too late' });
    second.answer(allow);
    expect(await answer).toEqual(allow);
  });

  it('stand on every panel, and the first answer counts', async () => {
    const { pending } = setUp();
    const [left, right] = [createPanel(), createPanel()];
    pending.attach(left.peer);
    pending.attach(right.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    const [onLeft, onRight] = [await left.next(), await right.next()];
    onLeft.answer({ behavior: 'deny', message: 'no' });
    expect(await answer).toEqual({ behavior: 'deny', message: 'no' });
    await onRight.withdrawn;
    onRight.answer(allow);
    expect(pending.waiting()).toEqual([]);
  });

  it('are withdrawn when the agent cancels', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const controller = new AbortController();
    const answer = pending.ask(question(), controller.signal);
    const shown = await panel.next();
    controller.abort(new Error('stopped'));
    await expect(answer).rejects.toThrow('stopped');
    await shown.withdrawn;
    expect(pending.waiting()).toEqual([]);
  });

  it('go on waiting when their only panel goes away', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    await panel.next();
    panel.peer.close();
    await panel.peer.closed;
    expect(pending.waiting()).toEqual([question()]);
    const other = createPanel();
    pending.attach(other.peer);
    (await other.next()).answer(allow);
    expect(await answer).toEqual(allow);
  });

  it('are denied when what was approved is not what was asked', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    (await panel.next()).answer({ behavior: 'allow', digest: 'of something else' });
    expect(await answer).toMatchObject({ behavior: 'deny' });
  });

  it('are denied when the answer is no answer', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    (await panel.next()).answer({ behavior: 'perhaps' } as unknown as PermissionResult);
    expect(await answer).toMatchObject({ behavior: 'deny' });
  });

  it('remember what was suggested and nothing else', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const suggested = { type: 'setMode', mode: 'acceptEdits', destination: 'session' } as const;
    const invented = { type: 'setMode', mode: 'bypassPermissions', destination: 'session' } as const;
    const answer = pending.ask(
      { ...question(), permission_suggestions: [suggested] },
      new AbortController().signal,
    );
    (await panel.next()).answer({ ...allow, updatedPermissions: [suggested, invented] });
    expect(await answer).toEqual({ ...allow, updatedPermissions: [suggested] });
  });

  it('remember an offered rule in the places that were offered for it', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const update = (destination: PermissionUpdate['destination'], ruleContent: string): PermissionUpdate => ({
      type: 'addRules',
      rules: [{ toolName: 'Bash', ruleContent }],
      behavior: 'allow',
      destination,
    });
    const offer = {
      update: update('session', 'npm test'),
      also_allows: [],
      destinations: ['session' as const, 'localSettings' as const],
    };
    const answer = pending.ask({ ...question(), rule_offers: [offer] }, new AbortController().signal);
    const given = [
      update('localSettings', 'npm test'),
      update('projectSettings', 'npm test'),
      update('localSettings', 'npm:*'),
    ];
    (await panel.next()).answer({ ...allow, updatedPermissions: given });
    expect(await answer).toEqual({ ...allow, updatedPermissions: given.slice(0, 1) });
  });
});

describe('answers that are given elsewhere in the editor', () => {
  it('settle the question, and its card is withdrawn', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    const shown = await panel.next();
    const [waiting] = pending.waiting();
    if (waiting === undefined) throw new Error('nothing waits');
    const belay_accepted = { content: 'mine\n', before: null };
    pending.answer(waiting, { ...allow, belay_accepted });
    expect(await answer).toEqual({ ...allow, belay_accepted });
    await shown.withdrawn;
    pending.answer(waiting, { behavior: 'deny', message: 'too late' });
    expect(pending.waiting()).toEqual([]);
  });

  it('are no answers to a question that looks the same', () => {
    const { pending } = setUp();
    void pending.ask(question(), new AbortController().signal);
    pending.answer(question(), allow);
    expect(pending.waiting()).toHaveLength(1);
  });
});

describe('what a panel has answered', () => {
  it('brings no text for a file', async () => {
    const { pending } = setUp();
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    const belay_accepted = { content: 'not from the editor', before: null };
    (await panel.next()).answer({ ...allow, belay_accepted });
    expect(await answer).toEqual(allow);
  });

  it('counts as it was reviewed, and is asked for again when the panel has shown something else', async () => {
    const belay_accepted = { content: 'mine\n', before: null };
    const { pending } = setUp((_question, answer) =>
      answer.behavior === 'allow' && answer.belay_proposal === 2 ? { ...allow, belay_accepted } : undefined,
    );
    const panel = createPanel();
    pending.attach(panel.peer);
    const answer = pending.ask(question(), new AbortController().signal);
    (await panel.next()).answer({ ...allow, belay_proposal: 1 });
    (await panel.next()).answer({ ...allow, belay_proposal: 2 });
    expect(await answer).toEqual({ ...allow, belay_accepted });
  });
});

function setUp(review?: ReviewAnswer) {
  let count = 0;
  const pending = createPendingPermissions(() => {
    count += 1;
  }, review);
  return { pending, changes: () => count };
}

function question(): PermissionQuestion {
  return { tool_name: 'Bash', input: { command: 'ls' }, tool_use_id: 'toolu_1', digest: 'd1' };
}

interface ShownQuestion {
  readonly question: PermissionQuestion;
  readonly answer: (result: PermissionResult) => void;
  readonly withdrawn: Promise<void>;
}

/** A panel on the far side of a real channel. `next` resolves with the next question it is asked. */
function createPanel() {
  const [hostEnd, panelEnd] = createInProcessPair();
  const shown: ShownQuestion[] = [];
  const waiting: ((question: ShownQuestion) => void)[] = [];
  createPeer<'client'>(panelEnd, {
    handlers: {
      hook_callback: refuseHookCallback,
      elicitation: async () => ({ action: 'decline' }),
      'belay/mcp_sample': async () => ({ action: 'decline' }),
      can_use_tool: (asked, { signal }) =>
        new Promise((resolve) => {
          const withdrawn = new Promise<void>((done) =>
            signal.addEventListener('abort', () => done(), { once: true }),
          );
          const entry = { question: asked, answer: resolve, withdrawn };
          const waiter = waiting.shift();
          if (waiter === undefined) shown.push(entry);
          else waiter(entry);
        }),
    },
    onMessage: () => {},
    onProblem: () => {},
  });
  const peer: QuestionPanel & { close(): void; closed: Promise<void> } = createPeer<never>(hostEnd, {
    handlers: {},
    onMessage: () => {},
    onProblem: () => {},
  });
  const next = (): Promise<ShownQuestion> => {
    const entry = shown.shift();
    return entry === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(entry);
  };
  return { peer, next };
}
