import { describe, expect, it } from 'vitest';
import type { AgentOptions, AgentPorts } from '../../../../src/core/agent.ts';
import type { LayeredRule } from '../../../../src/core/permissions/decidePermission.ts';
import { FileError, type FileSystem } from '../../../../src/core/ports.ts';
import { readPermissionLog } from '../../../../src/core/sessions/permissionLog.ts';
import { createBuiltinTools } from '../../../../src/core/tools/builtinTools.ts';
import type { PermissionUpdate } from '../../../../src/protocol/permissions.ts';
import { createHarness, fakeTool, type HarnessOptions } from '../../../support/agentHarness.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { reply } from '../../../support/scriptedModel.ts';

const npmTest = (destination: PermissionUpdate['destination']): PermissionUpdate => ({
  type: 'addRules',
  behavior: 'allow',
  destination,
  rules: [{ toolName: 'Act' }],
});

describe('a rule that a person wants kept', () => {
  it('is written to the file, counts at once, and is told', async () => {
    const { peer, disk, harness } = setUp({ settingsDir: '/config' });
    await harness.ask('go');
    expect(await peer.request('belay/permission_change', { update: npmTest('localSettings') })).toEqual({});
    expect(JSON.parse(disk.get('/w/.claude/settings.local.json') ?? '')).toEqual({
      permissions: { allow: ['Act'] },
    });
    const { state } = await peer.request('list_permission_rules', {});
    expect(state.rules).toEqual([
      {
        behavior: 'allow',
        source: 'localSettings',
        rule: 'Act',
        editability: 'persistent',
        file: '/w/.claude/settings.local.json',
      },
    ]);
    expect(harness.ofType('system').map(({ subtype }) => subtype)).toContain(
      'belay/permission_rules_changed',
    );
  });

  it('counts for the session when the file is broken, which is told', async () => {
    const { peer, disk, harness } = setUp({ settingsDir: '/config' });
    disk.set('/config/settings.json', '{ oh no');
    const { problem } = await peer.request('belay/permission_change', { update: npmTest('userSettings') });
    expect(problem).toMatch(/counts for this session only: .*\/config\/settings\.json are not JSON/);
    expect(disk.get('/config/settings.json')).toBe('{ oh no');
    expect((await peer.request('list_permission_rules', {})).state.rules).toEqual([
      { behavior: 'allow', source: 'session', rule: 'Act', editability: 'session' },
    ]);
    const told = await harness.until(
      (message): message is Extract<typeof message, { subtype: 'informational' }> =>
        message.type === 'system' && message.subtype === 'informational',
    );
    expect(told.content).toBe(problem);
  });

  it('is not written where the session keeps none', async () => {
    const { peer, disk } = setUp({});
    await peer.request('belay/permission_change', { update: npmTest('localSettings') });
    expect([...disk]).toEqual([]);
  });

  it('is a rule, and no way around what the mode may be', async () => {
    const { peer } = setUp({ bypassAllowed: false });
    const update = { type: 'setMode', mode: 'bypassPermissions', destination: 'session' } as const;
    await expect(peer.request('belay/permission_change', { update })).rejects.toThrow('Only rules');
    const { effective } = await peer.request('get_settings', {});
    expect(effective).toMatchObject({ permissions: { defaultMode: 'default' } });
  });

  it('is forgotten in its own place alone', async () => {
    const { peer } = setUp({ settingsDir: '/config' });
    await peer.request('belay/permission_change', { update: npmTest('userSettings') });
    await peer.request('belay/permission_change', { update: npmTest('session') });
    const update = { ...npmTest('userSettings'), type: 'removeRules' } as PermissionUpdate;
    await peer.request('belay/permission_change', { update });
    const { state } = await peer.request('list_permission_rules', {});
    expect(state.rules.map(({ source }) => source)).toEqual(['session']);
  });

  it('can be kept in the user’s file alone where the folder is not trusted', async () => {
    const effects = [{ kind: 'fetch', url: 'https://example.com/' }] as const;
    const fetch = fakeTool({ name: 'WebFetch', effects, run: async () => 'page' });
    const { harness } = setUp(
      { settingsDir: '/config' },
      { tools: [fetch], trusted: false, calls: 'WebFetch' },
    );
    await harness.ask('go');
    expect(harness.questions[0]?.rule_offers?.[0]?.destinations).toEqual(['session', 'userSettings']);
  });
});

describe('an explanation', () => {
  it('says what would be decided about each part, and runs nothing', async () => {
    const rules: LayeredRule[] = [
      {
        toolName: 'Bash',
        ruleContent: 'npm test:*',
        behavior: 'allow',
        layer: 'user',
        source: { file: '/u.json' },
      },
    ];
    const { peer } = setUp({ rules, tools: builtin });
    const request = { tool_name: 'Bash', input: { command: 'npm test && git push' } };
    expect(await peer.request('belay/permission_explain', request)).toEqual({
      behavior: 'ask',
      mode: 'default',
      reasons: [{ type: 'other', text: 'It runs a command.' }],
      parts: [
        { text: 'npm test', behavior: 'allow', reason: 'The rule Bash(npm test:*) (user) allows it.' },
        { text: 'git push', behavior: 'ask', reason: 'It runs a command.' },
      ],
    });
    const allowed = await peer.request('belay/permission_explain', {
      tool_name: 'Bash',
      input: { command: 'npm test' },
    });
    expect(allowed.reasons).toEqual([
      {
        type: 'rule',
        text: 'The rule Bash(npm test:*) (user) allows it.',
        rule: { behavior: 'allow', source: 'userSettings', rule: 'Bash(npm test:*)', file: '/u.json' },
      },
    ]);
  });

  it('is refused for a tool that is not there', async () => {
    const { peer } = setUp({ tools: builtin });
    await expect(
      peer.request('belay/permission_explain', { tool_name: 'Nothing', input: {} }),
    ).rejects.toThrow('no tool named "Nothing"');
  });
});

describe('the permission log', () => {
  it('has a line for each decision, which the model never sees', async () => {
    const transcripts = createMemoryTranscripts();
    const { harness } = setUp({}, { transcripts });
    await harness.ask('go');
    expect(await readPermissionLog(transcripts, 'session')).toEqual([
      {
        type: 'belay/permission_decided',
        sessionId: 'session',
        timestamp: '1970-01-01T00:00:00.000Z',
        tool_name: 'Act',
        tool_use_id: 'call',
        subject: '',
        decision: 'allow',
        who: 'belay',
        reason: '',
      },
    ]);
    expect(JSON.stringify(harness.model.requests)).not.toContain('permission_decided');
    expect(JSON.stringify(harness.messages)).not.toContain('permission_decided');
  });

  it.each<[string, Parameters<typeof setUp>[0], Partial<HarnessOptions>, object]>([
    [
      'a rule',
      { rules: [{ toolName: 'Bash', ruleContent: 'make:*', behavior: 'deny', layer: 'user' }] },
      {},
      { decision: 'deny', who: 'rule', rule: 'Bash(make:*)', layer: 'user' },
    ],
    ['the mode', { permissionMode: 'bypassPermissions' }, {}, { decision: 'allow', who: 'mode' }],
    ['the mode that never asks', { permissionMode: 'dontAsk' }, {}, { decision: 'deny', who: 'mode' }],
    ['nobody', { interactive: false }, {}, { decision: 'deny', who: 'nobody' }],
    [
      'a person',
      {},
      { onQuestion: async () => ({ behavior: 'deny', message: 'No.' }) },
      { decision: 'deny', who: 'person', reason: 'No.' },
    ],
    [
      'a person who has a rule remembered',
      {},
      { onQuestion: async () => ({ behavior: 'allow', updatedPermissions: [npmTest('session')] }) },
      { decision: 'allow', who: 'person', remembered: ['Act (session)'] },
    ],
  ])('says that %s decided', async (_, options, more, expected) => {
    const transcripts = createMemoryTranscripts();
    const effects = [{ kind: 'execute', command: 'make', cwd: '/w' }] as const;
    const act = fakeTool({ name: 'Act', readOnly: false, effects, run: async () => 'done' });
    const { harness } = setUp({ ...options }, { ...more, tools: [act], transcripts });
    await harness.ask('go');
    const [line] = await readPermissionLog(transcripts, 'session');
    expect(line).toMatchObject(expected);
  });
});

const workspace: AgentPorts['workspace'] = {
  cwd: '/w',
  roots: ['/w'],
  home: '/home/u',
  platform: 'linux',
  trusted: true,
  osDescription: 'Linux',
};
const builtin = createBuiltinTools({ workspace, shellName: 'bash' });

interface More extends Partial<Omit<HarnessOptions, 'options' | 'replies'>> {
  readonly trusted?: boolean;
  /** The tool that the model calls; default: Act. */
  readonly calls?: string;
}

/** A session in which the model calls a tool once. `disk`: the files it could read and write, by path. */
function setUp(options: Partial<AgentOptions>, { trusted = true, calls = 'Act', ...more }: More = {}) {
  const disk = new Map<string, string>();
  const tools = [fakeTool({ name: 'Act', run: async () => 'done' })];
  const harness = createHarness({
    tools,
    replies: [
      reply([{ type: 'tool_use', id: 'call', name: calls, input: {} }]),
      reply([{ type: 'text', text: 'Done.' }]),
    ],
    ...more,
    options,
    ports: { workspace: { ...workspace, trusted }, files: createFiles(disk) },
  });
  return { harness, peer: harness.peer, disk };
}

function createFiles(disk: Map<string, string>): FileSystem {
  const files: Partial<FileSystem> = {
    realPath: async (path) => path,
    tracePath: async (path) => ({ real: path, hops: [], folding: { case: false, unicode: false } }),
    hasUnsavedChanges: async () => false,
    stat: async () => undefined,
    makeDirectory: async () => [],
    async readFile(path) {
      const text = disk.get(path);
      if (text === undefined) throw new FileError('ENOENT', path, 'not there');
      return new TextEncoder().encode(text);
    },
    async writeFile(path, bytes) {
      disk.set(path, new TextDecoder().decode(bytes));
      return { bytes, changedOnSave: false };
    },
  };
  return files as FileSystem;
}
