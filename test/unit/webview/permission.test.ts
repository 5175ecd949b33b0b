import { describe, expect, test, vi } from 'vitest';
import type { PermissionUpdate } from '../../../src/protocol/permissions.ts';
import { countHiddenIn, toChange, toExact } from '../../../webview/permission/describeRequest.ts';
import { hasHidden, showHidden } from '../../../webview/permission/hiddenCharacters.ts';
import {
  createPermissionRequests,
  type PermissionRequests,
} from '../../../webview/permission/permissionRequests.ts';
import { isAnswered, parseQuestions, toAnswers } from '../../../webview/permission/questions.ts';
import { describeSuggestion } from '../../../webview/permission/suggestions.ts';

describe('characters that cannot be seen', () => {
  test.each([
    ['\u202e', '⟨U+202E⟩'],
    ['\u200b', '⟨U+200B⟩'],
    ['\u2066', '⟨U+2066⟩'],
    ['\u{e0041}', '⟨U+E0041⟩'],
    ['\u00ad', '⟨U+00AD⟩'],
    ['\u0000', '⟨U+0000⟩'],
    ['\u001b', '⟨U+001B⟩'],
    ['\r', '⟨U+000D⟩'],
    ['\u0085', '⟨U+0085⟩'],
    ['\u00a0', '⟨U+00A0⟩'],
    ['\u3164', '⟨U+3164⟩'],
    ['\ufeff', '⟨U+FEFF⟩'],
    ['\ue000', '⟨U+E000⟩'],
    ['\ufe0f', '⟨U+FE0F⟩'],
  ])('%j is shown by name', (character, shown) => {
    expect(showHidden(`a${character}b`)).toBe(`a${shown}b`);
    expect(hasHidden(`a${character}b`)).toBe(true);
  });

  test('what can be seen stays as it is', () => {
    const text = 'rm -rf "ü" \t 漢字 🙂\n$(x) — é';
    expect(showHidden(text)).toBe(text);
    expect(hasHidden(text)).toBe(false);
  });
});

describe('what would be remembered', () => {
  const rule = (
    toolName: string,
    ruleContent?: string,
    destination: PermissionUpdate['destination'] = 'session',
  ): PermissionUpdate => ({
    type: 'addRules',
    behavior: 'allow',
    destination,
    rules: [ruleContent === undefined ? { toolName } : { toolName, ruleContent }],
  });

  test.each<[PermissionUpdate, string]>([
    [
      rule('Bash', 'npm test:*', 'localSettings'),
      'allow commands that start with “npm test”, for you in this workspace',
    ],
    [rule('Bash', 'npm run *'), 'allow commands that start with “npm run”, in this session'],
    [rule('Bash', 'ls -la'), 'allow the command “ls -la”, in this session'],
    [
      rule('WebFetch', 'domain:example.com', 'userSettings'),
      'allow fetching from example.com, in all your workspaces',
    ],
    [rule('Edit', '/src/**', 'projectSettings'), 'allow changing /src/**, for everybody in this project'],
    [rule('mcp__x__y'), 'allow every use of mcp__x__y, in this session'],
    [
      { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
      'accept all edits of files in the workspace, in this session',
    ],
    [
      { type: 'addDirectories', directories: ['/tmp'], destination: 'session' },
      'let Belay work in /tmp, in this session',
    ],
  ])('%j in words', (update, words) => {
    expect(describeSuggestion(update)).toBe(words);
  });
});

describe('what is shown for the decision', () => {
  const request = { tool_name: 'Bash', tool_use_id: 't1', input: { command: 'ls', timeout: 5 } };

  test('is the command, the change, or everything', () => {
    expect(toExact(request)).toBe('ls');
    expect(toExact({ ...request, input: { query: 'x' } })).toBe('{\n  "query": "x"\n}');
    expect(toChange(request)).toBeNull();
    expect(toChange({ ...request, preview: { path: 'a', before: null, after: null } })).toBeNull();
    expect(toChange({ ...request, preview: { path: 'a', before: null, after: 'x\n' } })).toMatchObject({
      insertions: 1,
      deletions: 0,
    });
  });

  test('is every file of a change of several, each behind its path', () => {
    const previews = [
      { path: '/w/a.ts', before: 'old\n', after: 'new\n' },
      { path: '/w/b\u202e.ts', before: null, after: null },
    ];
    const change = toChange({ ...request, previews }, ['/w']);
    expect(change).toMatchObject({ insertions: 1, deletions: 1 });
    expect(change?.lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'gap a.ts',
      'removed old',
      'added new',
      'gap b⟨U+202E⟩.ts: too much to be shown',
    ]);
  });

  test('counts what stands behind "show all"', () => {
    const long = { ...request, input: { command: Array.from({ length: 15 }, () => 'x').join('\n') } };
    expect(countHiddenIn(request, null)).toBe(0);
    expect(countHiddenIn(long, null)).toBe(3);
    expect(countHiddenIn({ ...request, input: { command: 'x'.repeat(5_000) } }, null)).toBe(1);
    const preview = { path: 'a', before: null, after: 'x\n'.repeat(40) };
    expect(countHiddenIn(request, toChange({ ...request, preview }))).toBe(10);
  });
});

function listPermissions(requests: PermissionRequests) {
  return requests.get().filter((each) => each.kind === 'permission');
}

describe('requests that wait', () => {
  const request = { tool_name: 'Bash', tool_use_id: 't1', input: {} };
  const open = (): AbortSignal => new AbortController().signal;

  test('are answered once, with the digest', async () => {
    const requests = createPermissionRequests();
    const heard = vi.fn();
    requests.subscribe(heard);
    const answer = requests.ask({ ...request, digest: 'd' }, open());
    const [first] = listPermissions(requests);
    first?.answer({ behavior: 'deny', message: 'no' });
    first?.answer({ behavior: 'allow' });
    expect(await answer).toEqual({ behavior: 'deny', message: 'no', digest: 'd' });
    expect(requests.get()).toEqual([]);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  test('go away when they are taken back; a late answer does nothing', async () => {
    const requests = createPermissionRequests();
    const controller = new AbortController();
    const answer = requests.ask(request, controller.signal);
    const other = requests.ask({ ...request, tool_use_id: 't2' }, open());
    const [first, second] = listPermissions(requests);
    controller.abort(new Error('cancelled'));
    await expect(answer).rejects.toThrow('cancelled');
    first?.answer({ behavior: 'allow' });
    expect(requests.get()).toEqual([second]);
    second?.answer({ behavior: 'allow' });
    expect(await other).toEqual({ behavior: 'allow' });
  });
});

describe('questions', () => {
  const input = {
    questions: [
      {
        question: 'Which?',
        header: 'W',
        multiSelect: true,
        options: [{ label: 'A', description: 'a' }, 'B'],
      },
      { question: 'Why?' },
    ],
  };

  test('are read from whatever the model wrote', () => {
    expect(parseQuestions(input)).toEqual([
      {
        question: 'Which?',
        header: 'W',
        allowsSeveral: true,
        options: [
          { label: 'A', description: 'a' },
          { label: 'B', description: '' },
        ],
      },
      { question: 'Why?', header: '', allowsSeveral: false, options: [] },
    ]);
    expect(parseQuestions('nonsense')).toEqual([]);
  });

  test('are answered by choices and words', () => {
    const answers = [
      { chosen: ['A', 'B'], typed: ' and C ' },
      { chosen: [], typed: '' },
    ];
    expect(toAnswers(parseQuestions(input), answers)).toEqual({ 'Which?': 'A, B, and C', 'Why?': '' });
    expect(answers.map(isAnswered)).toEqual([true, false]);
  });
});
