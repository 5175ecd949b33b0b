import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createUnkeptApprovals, openApprovals } from '../../../../src/core/settings/approvals.ts';
import { createLiveSettings, type SettingsChange } from '../../../../src/core/settings/liveSettings.ts';
import { SettingsReader } from '../../../../src/core/settings/readSettings.ts';
import { SettingsError } from '../../../../src/core/settings/settingsFile.ts';
import { toInForce } from '../../../../src/core/settings/toInForce.ts';
import { readTextFile } from '../../../../src/node/readTextFile.ts';
import { createNodeStorage } from '../../../../src/node/storage.ts';
import { watchFiles } from '../../../../src/node/watchFiles.ts';
import { temporaryFolder } from '../../node/temporaryFolder.ts';

const USER = 'config/settings.json';
const PROJECT = 'project/.claude/settings.json';
const LOCAL = 'project/.claude/settings.local.json';
const SERVERS = 'project/.mcp.json';
const POLICY = 'policy/managed-settings.json';

const rules = (permissions: object) => ({ permissions });
const hook = (command: string) => ({ Stop: [{ hooks: [{ type: 'command', command }] }] });

describe('a settings file that changes while a session runs', () => {
  it('counts at once, and what changed is told with its file', async () => {
    const { write, open, at } = await setUp();
    await write(USER, rules({ allow: ['Bash(ls)'] }));
    const { listed, told } = await open();
    await write(USER, rules({ allow: ['Bash(ls)'], deny: ['Bash(rm:*)'], ask: ['Edit'] }));
    await vi.waitFor(() => expect(listed()).toEqual(['allow Bash(ls)', 'ask Edit', 'deny Bash(rm:*)']));
    expect(told()).toEqual([
      `notice: ${at(USER)} has changed: deny rule Bash(rm:*) added; ask rule Edit added.`,
    ]);
  });

  it.each([USER, PROJECT, LOCAL, POLICY])('may come where no folder was: %s', async (path) => {
    const { write, open } = await setUp({ trusted: false });
    const { listed } = await open();
    await write(path, rules({ deny: ['Bash(rm:*)'] }));
    await vi.waitFor(() => expect(listed()).toEqual(['deny Bash(rm:*)']));
  });

  it('may be replaced as a whole, with its folder too', async () => {
    const { write, open, at } = await setUp({ trusted: false });
    await write(PROJECT, rules({ deny: ['A'] }));
    const { listed } = await open();
    await write('new.json', rules({ deny: ['B'] }));
    await rename(at('new.json'), at(PROJECT));
    await vi.waitFor(() => expect(listed()).toEqual(['deny B']));
    await write('other/settings.json', rules({ deny: ['C'] }));
    await rename(at('project/.claude'), at('gone'));
    await rename(at('other'), at('project/.claude'));
    await vi.waitFor(() => expect(listed()).toEqual(['deny C']));
    await write(PROJECT, rules({ deny: ['D'] }));
    await vi.waitFor(() => expect(listed()).toEqual(['deny D']));
  });

  it('keeps what forbids and asks while it is broken, drops what it allowed, and counts again when mended', async () => {
    const { write, open, at } = await setUp();
    const whole = {
      ...rules({ allow: ['Read'], deny: ['Bash(rm:*)'], ask: ['Edit'] }),
      hooks: hook('guard'),
    };
    await write(USER, whole);
    const { listed, told, live } = await open();
    await write(USER, JSON.stringify(whole).replace('"deny"', 'oh no'));
    await vi.waitFor(() => expect(listed()).toEqual(['ask Edit', 'deny Bash(rm:*)']));
    expect(Object.keys(live.now.hooks)).toEqual(['Stop']);
    expect(told()).toEqual([
      expect.stringMatching(
        /^warning: The settings in .*config\/settings\.json are not JSON: .*position 33.* still counts/,
      ),
    ]);
    await write(USER, whole);
    await vi.waitFor(() => expect(listed()).toEqual(['allow Read', 'ask Edit', 'deny Bash(rm:*)']));
    expect(told().at(-1)).toBe(`notice: ${at(USER)} has changed: it counts again; allow rule Read added.`);
  });

  it('is as good as broken when it is gone with rules that kept somebody safe', async () => {
    const { write, open, at } = await setUp();
    await write(USER, rules({ allow: ['Read'], deny: ['Bash(rm:*)'] }));
    const { listed, told } = await open();
    await rm(at(USER));
    await vi.waitFor(() => expect(listed()).toEqual(['deny Bash(rm:*)']));
    expect(told()).toEqual([expect.stringContaining(`${at(USER)} is gone.`)]);
    await write(USER, '{}');
    await vi.waitFor(() => expect(listed()).toEqual([]));
  });

  it('that has come to hold a deny rule nobody can read is broken, with the line', async () => {
    const { write, open } = await setUp();
    await write(USER, rules({ allow: ['Read'], deny: ['Bash(rm:*)'] }));
    const { listed, told } = await open();
    await write(USER, '{\n"permissions": {\n"deny": [\n"Bash(rm:*"]}}');
    await vi.waitFor(() => expect(listed()).toEqual(['deny Bash(rm:*)']));
    expect(told()).toEqual([expect.stringMatching(/deny rule "Bash\(rm:\*" in .*settings\.json, line 4,/)]);
  });

  it('names an allow rule nobody can read with its line, and leaves it out', async () => {
    const { write, open, at } = await setUp();
    const { live, listed } = await open();
    await write(USER, '{\n"permissions": { "allow": ["Read",\n "Bash(ls"]}}');
    await vi.waitFor(() => expect(listed()).toEqual(['allow Read']));
    expect(live.now.ruleProblems).toEqual([
      { rule: 'Bash(ls', behavior: 'allow', layer: 'user', file: at(USER), line: 3 },
    ]);
  });

  it('stops a session from being opened when it was broken before', async () => {
    const { write, open } = await setUp();
    await write(POLICY, '{');
    await expect(open()).rejects.toBeInstanceOf(SettingsError);
  });
});

describe('what a trusted project has come to hold', () => {
  it('waits, but for what narrows, until the text that was seen is approved', async () => {
    const { write, open, at } = await setUp();
    await write(PROJECT, { ...rules({ allow: ['Read', 'Glob'] }), hooks: hook('old') });
    const { live, listed } = await open();
    expect(live.pending).toEqual([]);
    await write(PROJECT, {
      ...rules({ allow: ['Read', 'Bash(curl:*)'], deny: ['Edit'] }),
      hooks: hook('new'),
      env: { A: 'b' },
    });
    await vi.waitFor(() => expect(live.pending).toHaveLength(1));
    expect(listed()).toEqual(['allow Read', 'deny Edit']);
    expect(JSON.stringify(live.now.hooks)).toContain('old');
    const [waiting] = live.pending;
    expect(waiting).toMatchObject({
      file: at(PROJECT),
      waiting: ['the allow rule Bash(curl:*)', 'other hooks', 'another environment'],
      before: expect.stringContaining('old'),
      after: expect.stringContaining('new'),
    });
    const { hash = '', file = '' } = waiting ?? {};
    expect(await live.approve(file, 'another hash')).toContain('has changed since you looked at it');
    expect(await live.approve(at(LOCAL), hash)).toContain('Nothing in');
    expect(listed()).not.toContain('allow Bash(curl:*)');
    expect(await live.approve(file, hash)).toBeUndefined();
    expect(listed()).toEqual(['allow Bash(curl:*)', 'allow Read', 'deny Edit']);
    expect(JSON.stringify(live.now.hooks)).toContain('new');
    expect(live.pending).toEqual([]);
    expect((await open()).live.pending).toEqual([]);
  });

  it('is held against the text of this moment, not of the last look', async () => {
    const { write, open, at } = await setUp();
    const { live, listed } = await open({ watched: false });
    await write(PROJECT, rules({ allow: ['Bash(ls)'] }));
    await live.approve(at(PROJECT), '');
    const [{ hash = '' } = {}] = live.pending;
    await write(PROJECT, rules({ allow: ['Bash(curl:*)'] }));
    expect(await live.approve(at(PROJECT), hash)).toContain('has changed since');
    expect(listed()).toEqual([]);
  });

  it('waits also when it came while no session ran, and for other sessions until one is told', async () => {
    const { write, open, at } = await setUp();
    await (await open()).live.close();
    await write(LOCAL, rules({ allow: ['Bash(ls)'] }));
    await write(SERVERS, { mcpServers: { maps: { command: 'maps' } } });
    const [one, other] = [await open(), await open()];
    expect(one.first.servers).toBeUndefined();
    expect(one.live.pending.map(({ file, waiting }) => [file, waiting])).toEqual([
      [at(LOCAL), ['the allow rule Bash(ls)']],
      [at(SERVERS), ['the server maps']],
    ]);
    for (const { file, hash } of one.live.pending) expect(await one.live.approve(file, hash)).toBeUndefined();
    await vi.waitFor(() => expect(other.listed()).toEqual(['allow Bash(ls)']));
    expect(other.live.pending).toEqual([]);
    expect((await open()).first.servers?.text).toContain('maps');
  });

  it('loses no rule that forbids, no hook and no sandbox before somebody has seen it', async () => {
    const { write, open, at } = await setUp();
    await write(PROJECT, {
      ...rules({ deny: ['A', 'B'], ask: ['C'] }),
      hooks: hook('guard'),
      sandbox: { enabled: true },
    });
    const { live, listed } = await open();
    await rm(at(PROJECT));
    await vi.waitFor(() => expect(live.pending).toHaveLength(1));
    expect(live.pending[0]?.waiting).toEqual([
      'the end of the deny rule A',
      'the end of the deny rule B',
      'the end of the ask rule C',
      'other hooks',
      'another sandbox',
    ]);
    expect(listed()).toEqual(['ask C', 'deny A', 'deny B']);
    expect(JSON.stringify(live.now.hooks)).toContain('guard');
    await write(PROJECT, {
      ...rules({ deny: ['B', 'A'], ask: ['C'] }),
      sandbox: { enabled: true },
      hooks: hook('guard'),
    });
    await vi.waitFor(() => expect(live.pending).toEqual([]));
  });

  it('does not come into force by being broken', async () => {
    const { write, open } = await setUp();
    await write(PROJECT, { hooks: hook('old') });
    const { live, told } = await open();
    await write(PROJECT, { ...rules({ allow: ['Bash'] }), hooks: hook('evil') });
    await vi.waitFor(() => expect(live.pending).toHaveLength(1));
    await write(PROJECT, '{');
    await vi.waitFor(() => expect(told().join()).toContain('are not JSON'));
    expect(JSON.stringify(live.now.hooks)).toContain('old');
    expect(JSON.stringify(live.now)).not.toContain('evil');
    expect(live.now.rules).toEqual([]);
  });

  it('may come back narrower without a word, but not wide again', async () => {
    const { write, open } = await setUp();
    await write(PROJECT, rules({ allow: ['A', 'B'] }));
    const { live, listed } = await open();
    await write(PROJECT, rules({ allow: ['A'], deny: ['C'] }));
    await vi.waitFor(() => expect(listed()).toEqual(['allow A', 'deny C']));
    expect(live.pending).toEqual([]);
    await write(PROJECT, rules({ allow: ['A', 'B'] }));
    await vi.waitFor(() =>
      expect(live.pending[0]?.waiting).toEqual(['the allow rule B', 'the end of the deny rule C']),
    );
    expect(listed()).toEqual(['allow A', 'deny C']);
  });

  it('needs no leave where a person has had it written, and is not told to them; what came beside it still waits', async () => {
    const { write, open, at } = await setUp();
    await write(LOCAL, { hooks: hook('mine') });
    const { live, listed, told } = await open();
    await write(LOCAL, { hooks: hook('evil') });
    await vi.waitFor(() => expect(live.pending).toHaveLength(1));
    const before = told();
    const add = (text: string): string =>
      JSON.stringify({ ...JSON.parse(text), ...rules({ allow: ['Read'] }) });
    await live.acceptChange(at(LOCAL), add, async () => write(LOCAL, add(await readFile(at(LOCAL), 'utf8'))));
    await vi.waitFor(() => expect(listed()).toEqual(['allow Read']));
    expect(told()).toEqual(before);
    expect(live.pending.map(({ waiting }) => waiting)).toEqual([['other hooks']]);
    expect(JSON.stringify(live.now.hooks)).not.toContain('evil');
  });

  it('is all new where the record of what was seen is damaged', async () => {
    const { write, open, record } = await setUp();
    await write(PROJECT, rules({ allow: ['Read'] }));
    await open();
    await writeFile((await record()).file ?? '', '{ "files": {');
    const { live, listed } = await open();
    expect(listed()).toEqual([]);
    expect(live.pending).toHaveLength(1);
  });

  it('counts at once for who trusts the folder anew, and for one session for who only names it', async () => {
    const { write, open } = await setUp();
    await (await open()).live.close();
    await write(PROJECT, rules({ allow: ['Read'] }));
    expect((await open({ unkept: true })).listed()).toEqual(['allow Read']);
    expect((await open()).listed()).toEqual([]);
    expect((await open({ approvesNow: true })).listed()).toEqual(['allow Read']);
    expect((await open()).listed()).toEqual(['allow Read']);
  });
});

describe('the policy of the machine', () => {
  it('forbids what it says for everybody: other rules that allow, other hooks, to bypass permissions', async () => {
    const { write, open } = await setUp();
    await write(USER, {
      ...rules({ allow: ['Bash'], deny: ['Edit'] }),
      hooks: hook('user'),
      disableAllHooks: true,
    });
    const { live, listed } = await open();
    expect(live.now.policy).toEqual({ mayBypass: true, managedRulesOnly: false });
    await write(POLICY, {
      permissions: { deny: ['WebFetch'], disableBypassPermissionsMode: 'disable' },
      hooks: hook('policy'),
      allowManagedHooksOnly: true,
      allowManagedPermissionRulesOnly: true,
    });
    await vi.waitFor(() => expect(live.now.policy).toEqual({ mayBypass: false, managedRulesOnly: true }));
    expect(listed()).toEqual(['allow Bash', 'deny Edit', 'deny WebFetch']);
    expect(JSON.stringify(live.now.hooks)).toContain('policy');
    expect(JSON.stringify(live.now.hooks)).not.toContain('user');
  });

  it('is read whatever sources a client names, and only an administrator’s files are one', async () => {
    const { write, open } = await setUp();
    await write(POLICY, rules({ deny: ['WebFetch'] }));
    await write(PROJECT, { ...rules({ allow: ['Read'] }), allowManagedPermissionRulesOnly: true });
    const { live, listed } = await open({ sources: [] });
    expect(listed()).toEqual(['deny WebFetch']);
    expect(live.now.rules[0]?.layer).toBe('policy');
    expect((await open()).live.now.policy.managedRulesOnly).toBe(false);
  });
});

interface Opening {
  readonly sources?: readonly ('user' | 'project' | 'local')[];
  readonly approvesNow?: boolean;
  readonly unkept?: boolean;
  readonly watched?: boolean;
}

async function setUp({ trusted = true }: { readonly trusted?: boolean } = {}) {
  const base = await temporaryFolder();
  const at = (path: string): string => join(base, path);
  await mkdir(at('project'));
  const record = () => openApprovals(createNodeStorage(at('storage')), at('project'));
  const write = async (path: string, content: string | object): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const log = { warn: vi.fn(), error: vi.fn() };
  async function open({ sources, approvesNow = false, unkept = false, watched = true }: Opening = {}) {
    const reader = new SettingsReader({
      ...{ configDir: at('config'), cwd: at('project'), platform: 'linux', approvesNow },
      sources: sources ?? ['user', 'project', 'local'],
      isTrusted: () => trusted,
      readText: readTextFile,
      approvals: unkept ? createUnkeptApprovals() : await record(),
      policyFiles: [at(POLICY)],
    });
    const first = await reader.read();
    const live = createLiveSettings({
      ...{ reader, first, log },
      toInForce: (read) => toInForce(read, { environment: {}, log }),
      watch: watched ? (files, onChange) => watchFiles(files, { onChange, log }) : undefined,
    });
    const changes: SettingsChange[] = [];
    live.onChange((change) => changes.push(change));
    onTestFinished(async () => {
      await live.close();
      expect(log.error.mock.calls).toEqual([]);
    });
    const listed = (): string[] =>
      live.now.rules
        .map(({ behavior, toolName, ruleContent }) => {
          return `${behavior} ${toolName}${ruleContent === undefined ? '' : `(${ruleContent})`}`;
        })
        .sort();
    const told = (): string[] =>
      changes.flatMap(({ notices }) => notices.map(({ level, text }) => `${level}: ${text}`));
    return { first, live, listed, told };
  }
  return { at, write, open, record };
}
