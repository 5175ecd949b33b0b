import { describe, expect, it } from 'vitest';
import type { AgentPorts } from '../../../../src/core/agent.ts';
import { createHarness } from '../../../support/agentHarness.ts';

describe('settings that a client changes while the session runs', () => {
  it('are rules that count from then on, and are replaced by the next ones', async () => {
    const { peer } = createHarness({ replies: [] });
    await peer.request('apply_flag_settings', {
      settings: { permissions: { deny: ['Act'], allow: ['Bash(ls)'] } },
    });
    const { state } = await peer.request('list_permission_rules', {});
    expect(state.rules).toEqual([
      { behavior: 'allow', source: 'cliArg', rule: 'Bash(ls)', editability: 'session' },
      { behavior: 'deny', source: 'cliArg', rule: 'Act', editability: 'session' },
    ]);
    await peer.request('apply_flag_settings', { settings: { permissions: null } });
    expect((await peer.request('list_permission_rules', {})).state.rules).toEqual([]);
  });

  it('are refused as a whole when a rule can not be understood', async () => {
    const { peer } = createHarness({ replies: [] });
    const settings = { permissions: { allow: ['Read'], deny: ['Bash('] }, model: 'other' };
    await expect(peer.request('apply_flag_settings', { settings })).rejects.toThrow("can't be understood");
    const { applied, effective } = await peer.request('get_settings', {});
    expect(applied).toEqual({ model: 'claude-opus-5-5', effort: null });
    expect(effective).toMatchObject({ permissions: { allow: [], deny: [] } });
  });

  it('are the model and the effort', async () => {
    const { peer } = createHarness({ replies: [] });
    await peer.request('apply_flag_settings', {
      settings: { model: 'claude-haiku-5-5', effortLevel: 'low' },
    });
    expect((await peer.request('get_settings', {})).applied).toEqual({
      model: 'claude-haiku-5-5',
      effort: 'low',
    });
    await peer.request('apply_flag_settings', { settings: { model: null, effortLevel: null } });
    expect((await peer.request('get_settings', {})).applied).toEqual({
      model: 'claude-opus-5-5',
      effort: null,
    });
  });
});

describe('a session', () => {
  it('gets a title, unless another session is meant', async () => {
    const { peer, transcripts } = createHarness({ replies: [] });
    await peer.request('rename_session', { title: ' About tests ' });
    expect(transcripts.lines('session')).toEqual([
      { type: 'custom-title', customTitle: 'About tests', sessionId: 'session' },
    ]);
    await expect(peer.request('rename_session', { title: 'x', session_id: 'another' })).rejects.toThrow(
      'another',
    );
    await expect(peer.request('rename_session', { title: '  ' })).rejects.toThrow('empty');
  });
});

describe('a file that the client has read', () => {
  it.each([
    ['counts as read', 5000.7, 1],
    ['does not when it was changed since', 6000, 0],
  ])('%s', async (_name, mtimeMs, reads) => {
    let read = 0;
    const files = {
      realPath: async (path: string) => path,
      tracePath: async (path: string) => ({ real: path, hops: [], folding: { case: false, unicode: false } }),
      stat: async () => ({ mtimeMs }),
      readFile: async () => {
        read += 1;
        return new TextEncoder().encode('text');
      },
    } as unknown as AgentPorts['files'];
    const { peer } = createHarness({ replies: [], ports: { files } });
    await peer.request('seed_read_state', { path: '/w/a.txt', mtime: 5000 });
    expect(read).toBe(reads);
  });
});

describe('a bypass that was not allowed', () => {
  it('can not be switched on', async () => {
    const { peer } = createHarness({ replies: [], options: { bypassAllowed: false } });
    await expect(peer.request('set_permission_mode', { mode: 'bypassPermissions' })).rejects.toThrow(
      'leave to bypass',
    );
    const { effective } = await peer.request('get_settings', {});
    expect(effective).toMatchObject({ permissions: { defaultMode: 'default' } });
  });
});
