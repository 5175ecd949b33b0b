import { describe, expect, it } from 'vitest';
import type { PermissionDecidedLine } from '../../../src/core/sessions/permissionLog.ts';
import { toPermissionLogText } from '../../../src/vscode/permissionLogText.ts';
import { toQuestions } from '../../../src/vscode/permissionQuestions.ts';
import { isRemovable, type ListedRule, toRuleItems } from '../../../src/vscode/ruleItems.ts';

describe('the tree of rules', () => {
  const rule = (
    behavior: ListedRule['behavior'],
    source: string,
    editability: ListedRule['editability'] = 'persistent',
  ): ListedRule => ({ behavior, source, rule: `${behavior} ${source}`, editability });
  const state = { workspaceDirectories: [], originalCwd: '/w', managedOnly: false };

  it('has the strict ones first, then whose they are, the strongest first', () => {
    const allowUser = rule('allow', 'userSettings');
    const allowSession = rule('allow', 'session', 'session');
    const deny = { ...rule('deny', 'projectSettings'), file: '/w/.claude/settings.json' };
    expect(toRuleItems({ ...state, rules: [allowUser, allowSession, deny] })).toEqual([
      {
        kind: 'behavior',
        label: 'Denied',
        icon: 'circle-slash',
        items: [
          {
            kind: 'source',
            label: 'Everyone in this project',
            file: '/w/.claude/settings.json',
            items: [{ kind: 'rule', rule: deny }],
          },
        ],
      },
      {
        kind: 'behavior',
        label: 'Allowed',
        icon: 'check',
        items: [
          {
            kind: 'source',
            label: 'This session',
            file: undefined,
            items: [{ kind: 'rule', rule: allowSession }],
          },
          {
            kind: 'source',
            label: 'You, in all folders',
            file: undefined,
            items: [{ kind: 'rule', rule: allowUser }],
          },
        ],
      },
    ]);
  });

  it('begins with what was left out', () => {
    const problem = {
      behavior: 'allow' as const,
      source: 'userSettings',
      rule: 'Bash(',
      file: '/u',
      line: 3,
    };
    expect(toRuleItems({ ...state, rules: [], problems: [problem] })).toEqual([
      {
        kind: 'behavior',
        label: 'Left out, not understood',
        icon: 'warning',
        items: [{ kind: 'problem', problem }],
      },
    ]);
  });

  it('lets one’s own rules be taken away, and no others', () => {
    expect(isRemovable(rule('allow', 'session', 'session'))).toBe(true);
    expect(isRemovable(rule('allow', 'userSettings'))).toBe(true);
    expect(isRemovable(rule('allow', 'localSettings'))).toBe(true);
    expect(isRemovable(rule('allow', 'userSettings', 'readonly'))).toBe(false);
    expect(isRemovable(rule('deny', 'projectSettings'))).toBe(false);
    expect(isRemovable(rule('deny', 'policySettings', 'readonly'))).toBe(false);
    expect(isRemovable(rule('allow', 'cliArg', 'session'))).toBe(false);
  });
});

describe('what is pasted to be explained', () => {
  it.each([
    ['', []],
    ['  npm test && git push ', ['Bash']],
    ['ls', ['Bash']],
    ['./run.sh --fast', ['Bash']],
    ['cat /etc/passwd', ['Bash']],
    ['/etc/passwd', ['Read', 'Write']],
    ['~/.ssh/id_rsa', ['Read', 'Write']],
    ['src/notes.ts', ['Read', 'Write']],
    ['README.md', ['Read', 'Write']],
    ['C:\\Users\\x', ['Read', 'Write']],
    ['/my notes/a.md', ['Read', 'Write']],
    ['https://example.com/a?b=c', ['WebFetch']],
    ['curl https://example.com', ['Bash']],
  ])('%j is %j', (text, tools) => {
    expect(toQuestions(text).map(({ tool_name }) => tool_name)).toEqual(tools);
  });
});

describe('the permission log as a text', () => {
  const line: PermissionDecidedLine = {
    type: 'belay/permission_decided',
    sessionId: 's',
    timestamp: '2026-01-02T03:04:05.000Z',
    tool_name: 'Bash',
    tool_use_id: 't1',
    subject: 'npm test',
    decision: 'allow',
    who: 'rule',
    reason: 'The rule Bash(npm test) (user) allows it.',
    rule: 'Bash(npm test)',
    layer: 'user',
  };

  it('is a table', () => {
    expect(toPermissionLogText('Sort the notes', [line])).toBe(
      [
        '# Permission log: Sort the notes',
        '',
        '| When (UTC) | Decision | Who | Tool | What | Why |',
        '| --- | --- | --- | --- | --- | --- |',
        '| 2026-01-02 03:04:05 | allowed | rule | Bash | ` npm test ` | The rule Bash(npm test) (user) allows it. |',
        '',
      ].join('\n'),
    );
  });

  it('says so when there is nothing', () => {
    expect(toPermissionLogText('', [])).toBe(
      '# Permission log\n\nNothing has been decided in this session yet.\n',
    );
  });

  it('stays one row a decision, whatever was called', () => {
    const hostile = {
      ...line,
      who: 'person' as const,
      subject: 'echo `a` | b\n| allowed | you |\u202e',
      reason: '[x](command:evil) | <b>\nmore',
      rule: undefined,
      remembered: ['Bash(a*) (userSettings)'],
    };
    const rows = toPermissionLogText('', [hostile]).trimEnd().split('\n').slice(4);
    expect(rows).toEqual([
      '| 2026-01-02 03:04:05 | allowed | you | Bash | `` echo `a` \\| b ⏎ \\| allowed \\| you \\|⟨U+202E⟩ `` | \\[x\\](command:evil) \\| \\<b\\> ⏎ more Remembered: Bash(a\\*) (userSettings) |',
    ]);
  });
});
