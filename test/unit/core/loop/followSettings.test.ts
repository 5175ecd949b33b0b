import { describe, expect, it } from 'vitest';
import type { AgentOptions } from '../../../../src/core/agent.ts';
import type { LayeredRule } from '../../../../src/core/permissions/decidePermission.ts';
import type {
  LiveSettings,
  SettingsChange,
  SettingsInForce,
} from '../../../../src/core/settings/liveSettings.ts';
import { createHarness, fakeTool } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';

const rule = (behavior: LayeredRule['behavior'], layer: LayeredRule['layer'] = 'user'): LayeredRule => ({
  ...{ toolName: 'Act', behavior, layer },
});
const NOTHING: SettingsInForce = {
  rules: [],
  ruleProblems: [],
  hooks: {},
  hookProblems: [],
  policy: { mayBypass: true, managedRulesOnly: false },
};

describe('a session that follows its settings', () => {
  it('judges anew what a person is being asked, and tells what changed', async () => {
    const settings = createSettings(NOTHING);
    const { harness } = setUp(settings, {}, async (signal) => {
      settings.change({ ...NOTHING, rules: [rule('deny')] }, { text: 'A rule came.', level: 'notice' });
      // The question is withdrawn: an answer would come too late.
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    await harness.ask('go');
    expect(harness.ofType('result').at(-1)?.permission_denials).toMatchObject([{ tool_name: 'Act' }]);
    expect(told(harness)).toEqual(['notice: A rule came.']);
  });

  it('lets a call through that a rule has come to allow, and none once the rule is gone', async () => {
    const settings = createSettings({ ...NOTHING, rules: [rule('allow')] });
    const { harness } = setUp(settings);
    await harness.ask('go');
    expect(harness.questions).toEqual([]);
    settings.change(NOTHING);
    await harness.ask('again');
    expect(harness.questions).toHaveLength(1);
  });

  it('keeps the rules of its command line', async () => {
    const settings = createSettings(NOTHING);
    const { harness } = setUp(settings, { rules: [rule('allow', 'cliArg')] });
    settings.change({ ...NOTHING, rules: [rule('allow')] });
    await harness.ask('go');
    settings.change(NOTHING);
    await harness.ask('again');
    expect(harness.questions).toEqual([]);
  });

  it('tells what waits, when it begins and when that changes, and passes on a person’s leave', async () => {
    const settings = createSettings(NOTHING);
    const waits = { file: '/w/.claude/settings.json', hash: 'abc', waiting: ['other hooks'] };
    settings.pending.push({ ...waits, before: 'old', after: 'new' });
    const { harness } = setUp(settings);
    await harness.peer.request('get_settings', {});
    expect(pendingIn(harness)).toEqual([[waits]]);
    expect(await harness.peer.request('belay/settings_diff', { file: waits.file })).toEqual({
      ...{ hash: 'abc', before: 'old', after: 'new' },
    });
    await expect(harness.peer.request('belay/settings_diff', { file: '/etc/passwd' })).rejects.toThrow();
    expect(await harness.peer.request('belay/settings_approve', { file: waits.file, hash: 'x' })).toEqual({
      problem: 'not this one',
    });
    expect(await harness.peer.request('belay/settings_approve', { file: waits.file, hash: 'abc' })).toEqual(
      {},
    );
    settings.change(NOTHING);
    await harness.peer.request('get_settings', {});
    expect(pendingIn(harness)).toEqual([[waits], []]);
  });

  it('names rules that can not be understood once', async () => {
    const ruleProblems = [
      { rule: 'Bash(ls', behavior: 'allow', layer: 'user', file: '/s.json', line: 3 },
    ] as const;
    const settings = createSettings({ ...NOTHING, ruleProblems });
    const { harness } = setUp(settings);
    settings.change({ ...NOTHING, ruleProblems });
    await harness.peer.request('get_settings', {});
    expect(told(harness)).toEqual([
      `warning: The allow rule "Bash(ls" in /s.json, line 3, can't be understood and is left out.`,
    ]);
  });
});

describe('hooks that can not be used', () => {
  it('are named when they come, once, and not again when the session began with them', async () => {
    const settings = createSettings({ ...NOTHING, hookProblems: ['The first.'] });
    const { harness } = setUp(settings, { hookProblems: ['The first.'] });
    settings.change({ ...NOTHING, hookProblems: ['The first.', 'The second.'] });
    settings.change({ ...NOTHING, hookProblems: ['The first.', 'The second.'] });
    await harness.peer.request('get_settings', {});
    expect(told(harness)).toEqual(['warning: The first.', 'warning: The second.']);
  });
});

describe('a policy', () => {
  const strict: SettingsInForce = { ...NOTHING, policy: { mayBypass: false, managedRulesOnly: true } };

  it('ends the bypassing of permissions, and nobody gets it back', async () => {
    const settings = createSettings(NOTHING);
    const { harness } = setUp(settings, { permissionMode: 'bypassPermissions' });
    await harness.ask('go');
    expect(harness.questions).toEqual([]);
    settings.change(strict);
    await expect(harness.peer.request('set_permission_mode', { mode: 'bypassPermissions' })).rejects.toThrow(
      'do not allow to bypass',
    );
    await harness.ask('again');
    expect(harness.questions).toHaveLength(1);
    expect((await harness.peer.request('list_permission_rules', {})).state.managedOnly).toBe(true);
  });

  it('lets no other file or flag allow, but everybody deny', async () => {
    const settings = createSettings({ ...strict, rules: [rule('allow')] });
    const { harness } = setUp(settings, { rules: [rule('allow', 'cliArg')] });
    await harness.ask('go');
    expect(harness.questions).toHaveLength(1);
    settings.change({ ...strict, rules: [rule('allow', 'policy')] });
    await harness.ask('again');
    expect(harness.questions).toHaveLength(1);
    settings.change({ ...strict, rules: [rule('allow', 'policy'), rule('deny')] });
    await harness.ask('once more');
    expect(harness.ofType('result').at(-1)?.permission_denials).toHaveLength(1);
  });
});

function createSettings(first: SettingsInForce) {
  const listeners = new Set<(change: SettingsChange) => void>();
  let now = first;
  const pending: LiveSettings['pending'][number][] = [];
  return {
    get now() {
      return now;
    },
    pending,
    onChange(listener: (change: SettingsChange) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    approve: async (file: string, hash: string) => {
      const index = pending.findIndex((each) => each.file === file && each.hash === hash);
      if (index === -1) return 'not this one';
      pending.splice(index, 1);
      return undefined;
    },
    acceptChange: async () => {},
    close: async () => {},
    change(next: SettingsInForce, ...notices: SettingsChange['notices']) {
      now = next;
      for (const listener of listeners) listener({ now, pending: [...pending], notices });
    },
  } satisfies LiveSettings & Record<string, unknown>;
}

type Harness = ReturnType<typeof createHarness>;

function setUp(
  settings: LiveSettings,
  options: Partial<AgentOptions> = {},
  onQuestion?: (signal: AbortSignal) => Promise<void>,
) {
  const act = fakeTool({
    ...{ name: 'Act', readOnly: false },
    effects: [{ kind: 'fetch', url: 'https://example.com/' }],
    run: async () => 'done',
  });
  const turn = (id: string) => [
    reply([{ type: 'tool_use', id, name: 'Act', input: {} }]),
    reply([{ type: 'text', text: 'Done.' }]),
  ];
  const harness = createHarness({
    replies: [...turn('a'), ...turn('b'), ...turn('c')],
    tools: [act],
    options: { rules: settings.now.rules, ...options },
    ports: { settings },
    onQuestion: async (_question, signal) => {
      await onQuestion?.(signal);
      return { behavior: 'allow' };
    },
  });
  return { harness };
}

function told(harness: Harness): string[] {
  return harness
    .ofType('system')
    .flatMap((message) =>
      message.subtype === 'informational' ? [`${message.level}: ${message.content}`] : [],
    );
}

function pendingIn(harness: Harness): unknown[] {
  return harness
    .ofType('system')
    .flatMap((message) => (message.subtype === 'belay/settings_pending' ? [message.files] : []));
}
