/** What the executable does beside running the agent: judging calls by rules, and checkpoints of sessions that have ended. */
import { symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ended, runProgram, STREAM, startProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { playTwoTurns } from '../support/conformance/twoTurns.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

describe('permissions test', () => {
  async function judge(...cases: readonly (object | string)[]): Promise<Ended> {
    const program = startProgram(world, ['permissions', 'test']);
    for (const each of cases) program.write(`${typeof each === 'string' ? each : JSON.stringify(each)}\n`);
    program.closeInput();
    return program.ended;
  }

  async function decide(...cases: readonly object[]): Promise<readonly unknown[]> {
    const { code, messages, stderr } = await judge(...cases);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return messages.map(({ decision }) => decision);
  }

  it('answers each case on a line of its own, in order, with the reasons', async () => {
    const { code, messages } = await judge(
      { rules: { deny: ['Edit(.env)'] }, tool: 'Edit', path: '.env' },
      { rules: { allow: ['Bash(npm test)'] }, tool: 'Bash', command: 'npm test' },
      { tool: 'Bash', command: 'npm test' },
    );
    expect(code).toBe(0);
    expect(messages).toEqual([
      { decision: 'deny', reasons: ['The rule Edit(.env) (cliArg) forbids it.'] },
      { decision: 'allow', reasons: ['The rule Bash(npm test) (cliArg) allows it.'] },
      { decision: 'ask', reasons: ['It runs a command.'] },
    ]);
  });

  it('knows every built-in tool by what it touches, and the tools of servers by their names', async () => {
    expect(
      await decide(
        { tool: 'Read', path: 'a.txt' },
        { tool: 'Write', path: 'a.txt' },
        { tool: 'Write', path: 'a.txt', mode: 'acceptEdits' },
        { tool: 'NotebookEdit', path: 'a.ipynb', rules: { deny: ['Edit(*.ipynb)'] } },
        { tool: 'Glob', path: '/etc' },
        { tool: 'Grep', path: '.' },
        {
          tool: 'WebFetch',
          url: 'https://example.com/x',
          rules: { allow: ['WebFetch(domain:example.com)'] },
        },
        { tool: 'TodoWrite', input: { todos: [] } },
        { tool: 'mcp__files__read' },
        { tool: 'mcp__files__read', rules: { allow: ['mcp__files'] } },
        { tool: 'Edit', input: { file_path: 'a', old_string: 'x', new_string: 'y' }, mode: 'plan' },
        { tool: 'Bash', command: 'make', mode: 'dontAsk' },
        { tool: 'Bash', command: 'make', mode: 'bypassPermissions' },
        { tool: 'Bash', command: 'ls', mode: 'dontAsk' },
      ),
    ).toEqual([
      ...['allow', 'ask', 'allow', 'deny', 'ask', 'allow', 'allow', 'allow', 'ask', 'allow'],
      ...['ask', 'deny', 'allow', 'allow'],
    ]);
  });

  it('looks from the folder, the home and the platform that the case names', async () => {
    expect(
      await decide(
        { tool: 'Read', path: '/srv/app/x', cwd: '/srv/app' },
        { tool: 'Read', path: '/srv/app/x' },
        { tool: 'Read', path: '~/.ssh/id', home: '/home/ada', rules: { deny: ['Read(//home/ada/.ssh/**)'] } },
        { tool: 'Read', path: 'C:\\App\\SRC\\x', cwd: 'c:\\app', platform: 'win32' },
        { tool: 'Read', path: 'D:\\x', cwd: 'C:\\app', platform: 'win32' },
        { tool: 'Write', path: 'con', cwd: 'C:\\app', platform: 'win32', mode: 'acceptEdits' },
      ),
    ).toEqual(['allow', 'ask', 'deny', 'allow', 'ask', 'deny']);
  });

  it('follows links on the disk', async () => {
    await symlink('/etc', world.at('link'));
    expect(await decide({ tool: 'Read', path: 'link/hosts' })).toEqual(['ask']);
  });

  it('counts settings as those of the user, and reads no file', async () => {
    await world.write('.claude/settings.json', '{"permissions": {"deny": ["Read"]}}');
    const settings = { permissions: { ask: ['Read(a.txt)'], defaultMode: 'acceptEdits' } };
    expect(
      await decide(
        { tool: 'Read', path: 'a.txt' },
        { tool: 'Read', path: 'a.txt', settings },
        { tool: 'Write', path: 'b.txt', settings },
        { tool: 'Read', path: '/srv/x', settings: { permissions: { additionalDirectories: ['/srv'] } } },
        { tool: 'Bash', command: 'make', settings: { permissions: { defaultMode: 'bypassPermissions' } } },
      ),
    ).toEqual(['allow', 'ask', 'allow', 'allow', 'ask']);
  });

  it.each([
    ['no JSON', '{"tool":', 'not JSON'],
    ['no object', '[]', 'no case'],
    ['no tool', '{}', 'tool'],
    ['an unknown tool', { tool: 'Teleport' }, 'Teleport'],
    ['an unknown mode', { tool: 'Read', path: 'a', mode: 'yolo' }, 'mode'],
    ['a list of rules with a wrong name', { tool: 'Read', path: 'a', rules: { denied: ['Read'] } }, 'denied'],
    ['a deny rule that is none', { tool: 'Read', path: 'a', rules: { deny: ['Re ad('] } }, 'Re ad('],
    ['input that is missing', { tool: 'Read' }, 'file_path'],
    ['input of another tool', { tool: 'Bash', path: 'a' }, 'Bash has no'],
    ['a folder that is not absolute', { tool: 'Read', path: 'a', cwd: 'src' }, 'cwd'],
    ['a home nobody knows', { tool: 'Read', path: '~/a', cwd: 'C:\\a', platform: 'win32' }, 'home'],
  ])('answers a line with %s with an error, the others all the same, and ends with 1', async (...row) => {
    const [, bad, words] = row;
    const good = { tool: 'Read', path: 'a.txt' };
    const { code, messages } = await judge(good, bad, good);
    expect(code).toBe(1);
    expect(messages).toMatchObject([
      { decision: 'allow' },
      { error: expect.stringContaining(words) },
      { decision: 'allow' },
    ]);
    expect(Object.keys(messages[1] ?? {})).toEqual(['error']);
  });

  it('answers while more is to come, and the last line without an end', async () => {
    const program = startProgram(world, ['permissions', 'test']);
    program.say({ tool: 'Read', path: 'a' });
    await program.until(({ decision }) => decision === 'allow');
    program.write('{"tool": "Bash", "command": "make"}');
    program.closeInput();
    const { code, messages } = await program.ended;
    expect({ code, last: messages.at(-1) }).toMatchObject({ code: 0, last: { decision: 'ask' } });
  });
});

describe('checkpoints', () => {
  let first: string;
  let second: string;

  /** Two turns: a.txt is changed in both, b.txt is made in the second. `leaveOpen`: the session goes on running. */
  async function change({ leaveOpen = false } = {}): Promise<string> {
    const turns = await playTwoTurns(world);
    ({ first, second } = turns);
    if (!leaveOpen) await turns.session.end();
    return turns.sessionId;
  }

  const run = (...args: string[]): Promise<Ended> => runProgram(world, ['checkpoints', ...args]);

  it('are listed, oldest first, of the newest session or the one that is named', async () => {
    const sessionId = await change();
    const { code, messages } = await run('list');
    expect(code).toBe(0);
    expect(messages.map(({ user_message_id, files, origin }) => [user_message_id, files, origin])).toEqual([
      [first, [world.at('a.txt')], 'tool'],
      [second, [world.at('a.txt')], 'tool'],
      [second, [world.at('b.txt')], 'tool'],
    ]);
    world.server.script([text('Nothing.')]);
    await world.ask('Nothing.');
    expect((await run('list')).messages).toEqual([]);
    expect((await run('list', '--session', sessionId)).messages).toEqual(messages);
  });

  it('show a file, or all of them, before and after', async () => {
    await change();
    const hunk = { old_start: 1, old_lines: 1, new_start: 1, new_lines: 1, lines: ['-zero', '+two'] };
    const hunks = [{ id: expect.any(String), ...hunk }];
    const texts = { before: 'zero\n', after: 'two\n', binary: false, hunks };
    const ids = { before_id: expect.any(String), after_id: expect.any(String) };
    const a = { path: world.at('a.txt'), ...texts, ...ids };
    const made = { before: null, after: 'made\n', binary: false, hunks: [] };
    const b = { path: world.at('b.txt'), ...made, ...ids, before_id: null };
    expect((await run('diff', first, 'a.txt')).messages).toEqual([a]);
    const all = (await run('diff', first)).messages;
    expect(all).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining([a, b]));
    const none = await run('diff', second, 'c.txt');
    expect(none).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('c.txt') });
  });

  it('are gone back to and forth again, and the transcript says so', async () => {
    const sessionId = await change();
    const dry = await run('rewind', second, '--dry-run');
    expect(dry).toMatchObject({ code: 0, messages: [{ canRewind: true, insertions: 1, deletions: 2 }] });
    expect(await world.content('a.txt')).toBe('two\n');
    const { code, messages } = await run('rewind', second);
    expect(code).toBe(0);
    expect(messages).toMatchObject([{ canRewind: true, canRedo: true }]);
    expect(messages[0]?.files).toEqual(
      expect.arrayContaining([
        { path: world.at('a.txt'), outcome: 'restored', change: 'modified', insertions: 1, deletions: 1 },
        { path: world.at('b.txt'), outcome: 'restored', change: 'deleted', insertions: 0, deletions: 1 },
      ]),
    );
    expect([await world.content('a.txt'), await world.isThere('b.txt')]).toEqual(['one\n', false]);
    expect(await run('redo', '--dry-run')).toMatchObject({ code: 0, messages: [{ canRewind: true }] });
    expect(await world.content('a.txt')).toBe('one\n');
    expect(await run('redo')).toMatchObject({ code: 0, messages: [{ canRewind: true, canRedo: false }] });
    expect([await world.content('a.txt'), await world.content('b.txt')]).toEqual(['two\n', 'made\n']);
    const transcript = await readTranscript(sessionId);
    expect(transcript.filter(({ subtype }) => subtype === 'belay/files_rewound')).toMatchObject([
      { user_message_id: second, redo: false, can_redo: true, session_id: sessionId },
      { user_message_id: second, redo: true, can_redo: false, session_id: sessionId },
    ]);
    expect(await run('redo')).toMatchObject({ code: 1, messages: [{ canRewind: false }] });
  });

  it('leave the session fit to go on with', async () => {
    const sessionId = await change();
    await run('rewind', first);
    world.server.script([text('Here again.')]);
    const { result } = await world.ask('And now?', { resume: sessionId });
    expect(result).toMatchObject({ subtype: 'success', result: 'Here again.' });
  });

  it('give back the files that are named, alone', async () => {
    await change();
    expect(await run('rewind', first, '--path', 'b.txt')).toMatchObject({ code: 0 });
    expect([await world.content('a.txt'), await world.isThere('b.txt')]).toEqual(['two\n', false]);
    expect(await run('rewind', first, '--path', 'a.txt', '--path', 'b.txt')).toMatchObject({ code: 0 });
    expect(await world.content('a.txt')).toBe('zero\n');
  });

  it('are gone back to by the call or by the checkpoint, and single changes are', async () => {
    await change();
    const [, second_ = {}] = (await run('list')).messages;
    expect(second_).toMatchObject({
      changes: [
        { path: world.at('a.txt'), change: 'modified', insertions: 1, deletions: 1, taken_back: false },
      ],
      taken_back: false,
    });
    expect(await run('diff', '--tool-use', String(second_.tool_use_id), 'a.txt', '--alone')).toMatchObject({
      messages: [{ before: 'one\n', after: 'two\n' }],
    });
    const [diff = {}] = (await run('diff', first, 'a.txt')).messages;
    const [hunk] = diff.hunks as { id: string }[];
    expect(await run('rewind', first, '--hunk', `a.txt:${hunk?.id}`)).toMatchObject({ code: 0 });
    expect([await world.content('a.txt'), await world.isThere('b.txt')]).toEqual(['zero\n', true]);
    await run('redo');
    await run('rewind', '--tool-use', String(second_.tool_use_id));
    expect([await world.content('a.txt'), await world.isThere('b.txt')]).toEqual(['one\n', false]);
    const list = (await run('list')).messages;
    expect(list[1]).toMatchObject({ id: second_.id, taken_back: true });
    await run('rewind', '--checkpoint', String(list.at(-1)?.id));
    expect([await world.content('a.txt'), await world.isThere('b.txt')]).toEqual(['two\n', true]);
  });

  it('take back or keep what somebody else has changed as a person says for each file', async () => {
    await change();
    await world.write('a.txt', 'mine\n');
    await world.write('b.txt', 'mine\n');
    expect(await run('rewind', first, '--take', 'a.txt', '--keep', 'b.txt')).toMatchObject({ code: 0 });
    expect([await world.content('a.txt'), await world.content('b.txt')]).toEqual(['zero\n', 'mine\n']);
  });

  it('leave alone what somebody else has changed, unless told otherwise', async () => {
    await change();
    await world.write('a.txt', 'mine\n');
    const { code, messages } = await run('rewind', first, '--path', 'a.txt');
    expect(code).toBe(0);
    expect(messages[0]?.files).toMatchObject([
      { path: world.at('a.txt'), outcome: 'conflicted', reason: expect.stringContaining('changed since') },
    ]);
    expect(await world.content('a.txt')).toBe('mine\n');
    await run('rewind', first, '--path', 'a.txt', '--overwrite');
    expect(await world.content('a.txt')).toBe('zero\n');
  });

  it('of a session that runs are shown, and not gone back to', async () => {
    await change({ leaveOpen: true });
    expect(await run('list')).toMatchObject({ code: 0, messages: [{}, {}, {}] });
    expect(await run('rewind', second, '--dry-run')).toMatchObject({ code: 0 });
    for (const args of [['rewind', second], ['redo']]) {
      const refused = await run(...args);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(/^belay: The session .* is running elsewhere\./);
    }
    expect(await world.content('a.txt')).toBe('two\n');
  });

  it('of a session that runs without checkpoints are not gone back to, either', async () => {
    const sessionId = await change();
    const program = startProgram(world, [...STREAM, '--resume', sessionId]);
    await program.until(({ subtype }) => subtype === 'session_state_changed');
    const refused = await run('rewind', second);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('running elsewhere') });
    program.closeInput();
    await program.ended;
    expect(await run('rewind', second)).toMatchObject({ code: 0 });
  });

  it('that are not there are an error', async () => {
    expect(await run('list')).toMatchObject({ code: 1, stderr: expect.stringContaining('No session') });
    await change();
    const unknown = await run('list', '--session', crypto.randomUUID());
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('No session') });
    const message = await run('rewind', crypto.randomUUID());
    expect(message).toMatchObject({ code: 1, messages: [{ canRewind: false, error: expect.any(String) }] });
  });

  it('were recorded by a prompt of the command line, too', async () => {
    world.server.script([toolUse('Write', { file_path: 'new.txt', content: 'x' })], [text('Done.')]);
    await runProgram(world, ['-p', 'Go.', '--permission-mode', 'acceptEdits'], {
      CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: '1',
    });
    const [listed] = (await run('list')).messages;
    await run('rewind', String(listed?.user_message_id));
    expect(await world.isThere('new.txt')).toBe(false);
  });

  async function readTranscript(sessionId: string): Promise<readonly Record<string, unknown>[]> {
    const name = world.folder.replace(/[^a-zA-Z0-9]/g, '-');
    const lines = (await world.content(`../config/projects/${name}/${sessionId}.jsonl`)).trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
});

describe('the command line', () => {
  it('names the subcommands, and each explains itself', async () => {
    const { stdout } = await runProgram(world, ['--help']);
    expect(stdout).toContain('belay permissions test');
    expect(stdout).toContain('belay checkpoints list|diff|rewind|redo');
    for (const [args, word] of [
      [['permissions', '--help'], 'rules'],
      [['permissions', 'test', '-h'], 'rules'],
      [['checkpoints', '--help'], '--overwrite'],
      [['checkpoints', 'rewind', '--help'], '--overwrite'],
    ] as const) {
      expect(await runProgram(world, args)).toMatchObject({ code: 0, stdout: expect.stringContaining(word) });
    }
  });

  it.each([
    [['permissions'], 'test'],
    [['permissions', 'tset'], 'tset'],
    [['permissions', 'test', 'more'], 'more'],
    [['checkpoints'], 'list, diff, rewind, redo'],
    [['checkpoints', 'undo'], 'undo'],
    [['checkpoints', 'rewind'], 'id of a message'],
    [['checkpoints', 'diff'], 'id of a message'],
    [['checkpoints', 'list', 'more'], 'more'],
    [['checkpoints', 'list', '--dry-run'], '--dry-run'],
    [['checkpoints', 'redo', '--path', 'a.txt'], '--path'],
    [['checkpoints', 'rewind', '--tool-use', 'x', 'more'], 'more'],
    [['checkpoints', 'rewind', '--tool-use', 'x', '--checkpoint', 'y'], 'Only one'],
    [['checkpoints', 'rewind', 'x', '--hunk', 'a.txt'], '<file>:<id>'],
    [['checkpoints', 'rewind', 'x', '--force'], '--force'],
  ])('%j ends with 2 and says what is wrong', async (args, words) => {
    const { code, stdout, stderr } = await runProgram(world, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).toContain(`Try belay ${args[0]} --help.`);
  });

  it('takes the same words behind a flag, or with others in one argument, for a prompt', async () => {
    world.server.script([text('One.')], [text('Two.')]);
    expect(await runProgram(world, ['-p', 'permissions', 'test'])).toMatchObject({
      code: 0,
      stdout: 'One.\n',
    });
    expect(await runProgram(world, ['checkpoints list'])).toMatchObject({ code: 0, stdout: 'Two.\n' });
  });
});
