import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decidePermission,
  type LayeredRule,
  type PermissionContext,
  type PermissionQuestion,
} from '../../../../src/core/permissions/decidePermission.ts';
import { createPermissionState } from '../../../../src/core/permissions/permissionState.ts';
import { listOffers } from '../../../../src/core/permissions/suggestions.ts';
import type { Workspace } from '../../../../src/core/ports.ts';
import type { Effect } from '../../../../src/core/tools/tool.ts';
import type { PermissionMode } from '../../../../src/protocol/permissions.ts';

const workspace: Workspace = {
  cwd: '/w',
  roots: ['/w', '/second'],
  home: '/home/u',
  platform: 'linux',
  trusted: true,
  osDescription: 'Linux',
};

function context(mode: PermissionMode = 'default', rules: readonly LayeredRule[] = []): PermissionContext {
  return {
    mode,
    rules,
    workspace,
    realRoots: ['/w', '/second'],
    additionalDirectories: [],
    readableDirectories: ['/records'],
  };
}

function question(
  toolName: string,
  effects: readonly Effect[],
  realPaths: Record<string, string> = {},
): PermissionQuestion {
  const folding = { case: false, unicode: false };
  const places = Object.entries(realPaths).map(
    ([path, real]) => [path, { real, hops: [], folding }] as const,
  );
  return { toolName, input: {}, effects, places: new Map(places) };
}

const suggestionsOf = (...asked: Parameters<typeof listOffers>) =>
  listOffers(...asked).flatMap(({ update, isWide }) => (isWide ? [] : [update]));

const rule = (behavior: LayeredRule['behavior'], toolName: string, ruleContent?: string): LayeredRule => ({
  behavior,
  toolName,
  layer: 'user',
  ...(ruleContent === undefined ? {} : { ruleContent }),
});

const read = (path: string): Effect => ({ kind: 'read', path });
const write = (path: string): Effect => ({ kind: 'write', path });
const run = (command: string): Effect => ({ kind: 'execute', command, cwd: '/w' });

describe('without a rule', () => {
  it.each([
    ['reads within the workspace', 'Read', read('/w/a.ts'), 'allow'],
    ['reads within the second folder', 'Read', read('/second/a.ts'), 'allow'],
    ['reads its own records', 'Read', read('/records/out.txt'), 'allow'],
    ['asks to read outside', 'Read', read('/etc/passwd'), 'ask'],
    ['asks to read a folder whose name only starts like the workspace', 'Read', read('/w2/a.ts'), 'ask'],
    ['asks to write', 'Write', write('/w/a.ts'), 'ask'],
    ['asks to run a command', 'Bash', run('make'), 'ask'],
    ['runs a command that only looks', 'Bash', run('ls'), 'allow'],
    ['asks to fetch', 'WebFetch', { kind: 'fetch', url: 'https://example.com/' } as Effect, 'ask'],
  ])('it %s', (_, tool, effect, behavior) => {
    expect(decidePermission(question(tool, [effect]), context()).behavior).toBe(behavior);
  });

  it('asks to read what lies inside but leads outside', () => {
    const asked = question('Read', [read('/w/link')], { '/w/link': '/home/u/.ssh/id_rsa' });
    expect(decidePermission(asked, context()).behavior).toBe('ask');
  });

  it('lets a tool without effects run', () => {
    expect(decidePermission(question('TodoWrite', []), context()).behavior).toBe('allow');
  });
});

describe('modes', () => {
  it('acceptEdits lets edits through, but no commands, nothing outside and nothing protected', () => {
    const judge = (effect: Effect) =>
      decidePermission(question('Edit', [effect]), context('acceptEdits')).behavior;
    expect(
      [
        write('/w/a.ts'),
        run('make'),
        write('/etc/hosts'),
        write('/w/.git/hooks/pre-commit'),
        write('/w/.VSCODE/tasks.json'),
      ].map(judge),
    ).toEqual(['allow', 'ask', 'ask', 'ask', 'ask']);
  });

  it('plan asks before edits and commands whatever the allow rules say', () => {
    const rules = [rule('allow', 'Edit'), rule('allow', 'Bash')];
    expect(decidePermission(question('Edit', [write('/w/a')]), context('plan', rules)).behavior).toBe('ask');
    expect(decidePermission(question('Bash', [run('make')]), context('plan', rules)).behavior).toBe('ask');
    expect(decidePermission(question('Bash', [run('ls')]), context('plan', rules)).behavior).toBe('allow');
    expect(decidePermission(question('Read', [read('/w/a')]), context('plan', rules)).behavior).toBe('allow');
  });

  it('bypassPermissions lets everything through but what a deny rule names and what only a person can answer', () => {
    const rules = [rule('deny', 'Bash', 'rm -rf build')];
    const judge = (effect: Effect) =>
      decidePermission(question('Bash', [effect]), context('bypassPermissions', rules)).behavior;
    expect(
      [run('ls'), write('/etc/hosts'), run('rm -rf build'), { kind: 'ask', what: 'question' } as Effect].map(
        judge,
      ),
    ).toEqual(['allow', 'allow', 'deny', 'ask']);
  });

  it('dontAsk denies what would be asked', () => {
    expect(decidePermission(question('Bash', [run('make')]), context('dontAsk')).behavior).toBe('deny');
    expect(
      decidePermission(question('Bash', [run('make')]), context('dontAsk', [rule('allow', 'Bash')])).behavior,
    ).toBe('allow');
  });
});

describe('rules', () => {
  it('a Read deny also stops a read through a link', () => {
    const asked = question('Read', [read('/w/key')], { '/w/key': '/home/u/.ssh/id_rsa' });
    expect(decidePermission(asked, context('default', [rule('deny', 'Read', '~/.ssh/**')])).behavior).toBe(
      'deny',
    );
  });

  it('an allow rule for a path counts only when every spelling matches', () => {
    const rules = [rule('allow', 'Edit', 'src/**')];
    const judge = (real: string) =>
      decidePermission(question('Edit', [write('/w/src/a')], { '/w/src/a': real }), context('default', rules))
        .behavior;
    expect([judge('/w/src/a'), judge('/w/other/a')]).toEqual(['allow', 'ask']);
  });

  it('a rule for commands is none for files', () => {
    const judge = (behavior: LayeredRule['behavior'], scope: string) =>
      decidePermission(
        question('Bash', [run('cat /etc/passwd')]),
        context('default', [rule(behavior, 'Bash', scope)]),
      ).behavior;
    expect([judge('allow', '//etc/**'), judge('deny', '//etc/**'), judge('deny', 'cat:*')]).toEqual([
      'ask',
      'ask',
      'deny',
    ]);
  });

  it('an Edit rule also covers Write', () => {
    expect(
      decidePermission(
        question('Write', [write('/w/src/a')]),
        context('default', [rule('allow', 'Edit', 'src/**')]),
      ).behavior,
    ).toBe('allow');
  });

  it('a prefix rule stops at a word and at anything that starts another command', () => {
    const rules = [rule('allow', 'Bash', 'npm run test:*')];
    const judge = (command: string) =>
      decidePermission(question('Bash', [run(command)]), context('default', rules)).behavior;
    expect(
      [
        'npm run test',
        'npm run test -- -w',
        'npm run test:unit',
        'npm run test; rm -rf /',
        'npm run test $(rm x)',
        'npm run test\nrm x',
      ].map(judge),
    ).toEqual(['allow', 'allow', 'ask', 'ask', 'ask', 'ask']);
  });

  it('a host rule covers that host only', () => {
    const rules = [rule('allow', 'WebFetch', 'domain:example.com')];
    const judge = (url: string) =>
      decidePermission(question('WebFetch', [{ kind: 'fetch', url }]), context('default', rules)).behavior;
    expect(
      ['https://example.com/a', 'https://example.com.evil.example/', 'https://sub.example.com/'].map(judge),
    ).toEqual(['allow', 'ask', 'ask']);
  });

  it('a rule for a kind of subagent is about that kind, by the older name too', () => {
    const judge = (input: PermissionQuestion['input'], mode: PermissionMode, ...rules: LayeredRule[]) =>
      decidePermission({ ...question('Agent', []), input }, context(mode, rules)).behavior;
    const reviewer = { subagent_type: 'reviewer' };
    expect(judge(reviewer, 'default', rule('ask', 'Agent', 'reviewer'))).toBe('ask');
    expect(judge(reviewer, 'bypassPermissions', rule('deny', 'Task', 'reviewer'))).toBe('deny');
    expect(judge(reviewer, 'dontAsk', rule('ask', 'Agent', 'reviewer'))).toBe('deny');
    expect(judge({ subagent_type: 'planner' }, 'default', rule('ask', 'Agent', 'reviewer'))).toBe('allow');
    expect(judge({}, 'default', rule('ask', 'Agent', 'general-purpose'))).toBe('ask');
    expect(judge(reviewer, 'default', rule('ask', 'Agent'))).toBe('ask');
  });

  it('none spares the question for a command of PowerShell, and one that forbids holds', () => {
    const windows = { ...workspace, cwd: 'C:\\w', roots: ['C:\\w'], platform: 'win32' } as const;
    const judge = (command: string, mode: PermissionMode, ...rules: LayeredRule[]) =>
      decidePermission(question('Bash', [{ kind: 'execute', command, cwd: 'C:\\w' }]), {
        ...context(mode, rules),
        workspace: windows,
      }).behavior;
    const allows = [
      rule('allow', 'Bash'),
      rule('allow', 'Bash', 'dir'),
      rule('allow', 'Bash', 'git status:*'),
    ];
    for (const command of ['dir', 'git status', 'ls', 'echo a'])
      for (const mode of ['default', 'acceptEdits', 'plan'] as const)
        expect(judge(command, mode, ...allows), `${command} (${mode})`).toBe('ask');
    expect(judge('dir', 'dontAsk', ...allows)).toBe('deny');
    expect(judge('dir; Remove-Item x', 'bypassPermissions', rule('deny', 'Bash', 'Remove-Item:*'))).toBe(
      'deny',
    );
  });

  it('an ask rule asks even where the mode would not', () => {
    const decision = decidePermission(
      question('Edit', [write('/w/a')]),
      context('acceptEdits', [rule('ask', 'Edit')]),
    );
    expect(decision).toMatchObject({ behavior: 'ask', reasons: [{ type: 'rule' }] });
  });

  it('one part that asks makes the whole call ask', () => {
    const asked = question('Odd', [read('/w/a'), read('/etc/passwd')]);
    expect(decidePermission(asked, context())).toMatchObject({ behavior: 'ask', blockedPath: '/etc/passwd' });
  });

  it('never get weaker by a deny rule more, nor stronger by an allow rule less', () => {
    const effects = fc.array(
      fc.oneof(
        fc.constantFrom('/w/a', '/etc/x', '/w/.git/config').map(read),
        fc.constantFrom('/w/a', '/etc/x', '/w/.git/config').map(write),
        fc.constantFrom('ls', 'npm test', 'rm -rf /').map(run),
      ),
      { maxLength: 4 },
    );
    const rules = fc.array(
      fc.record({
        behavior: fc.constantFrom('allow' as const, 'deny' as const, 'ask' as const),
        toolName: fc.constantFrom('Bash', 'Edit', 'Read'),
        ruleContent: fc.constantFrom('ls', 'npm test', '//etc/**', '**'),
        layer: fc.constant('user' as const),
      }),
      { maxLength: 5 },
    );
    const mode = fc.constantFrom<PermissionMode>(
      'default',
      'acceptEdits',
      'plan',
      'dontAsk',
      'bypassPermissions',
    );
    const rank = { allow: 0, ask: 1, deny: 2 };
    void fc.assert(
      fc.property(effects, rules, mode, fc.nat(), (someEffects, someRules, someMode, index) => {
        const asked = question('Bash', someEffects);
        const before = rank[decidePermission(asked, context(someMode, someRules)).behavior];
        const stricter = [...someRules, rule('deny', 'Edit', '//etc/**')];
        expect(rank[decidePermission(asked, context(someMode, stricter)).behavior]).toBeGreaterThanOrEqual(
          before,
        );
        const allows = someRules.filter(({ behavior }) => behavior === 'allow');
        const gone = allows[index % Math.max(1, allows.length)];
        const fewer = someRules.filter((one) => one !== gone);
        expect(rank[decidePermission(asked, context(someMode, fewer)).behavior]).toBeGreaterThanOrEqual(
          before,
        );
      }),
    );
  });
});

describe('a command line', () => {
  const decide = (command: string, ...rules: readonly LayeredRule[]) =>
    decidePermission(question('Bash', [run(command)]), context('default', rules)).behavior;

  it('that a narrow rule allows is allowed with a wide one beside it too', () => {
    const narrow = rule('allow', 'Bash', 'bash:*');
    const deny = rule('deny', 'Edit', 'out');
    expect(decide("bash -c 'echo'", narrow, deny)).toBe('allow');
    expect(decide("bash -c 'echo'", narrow, deny, rule('allow', 'Bash'))).toBe('allow');
    // The wide one alone could be a way around the rule that denies.
    expect(decide("bash -c 'echo'", deny, rule('allow', 'Bash'))).toBe('ask');
  });

  it.each([
    "((cat <<'EOF'\nrm x\nEOF\n) | cat)",
    "echo $((cat <<'EOF'\nrm x\nEOF\n) | cat)",
    "(\\\n(cat <<'EOF'\nrm x\nEOF\n) | cat)",
  ])('is asked about where bash may run the lines of a here-document: %j', (command) => {
    const looks = [rule('allow', 'Bash', 'cat:*'), rule('allow', 'Bash', 'echo:*')];
    expect(decide(command, ...looks)).toBe('ask');
    expect(decide(command, ...looks, rule('deny', 'Bash', 'rm:*'))).toBe('deny');
    expect(decide(command.replace(/\(\\?\n?\(/, '( ('), ...looks)).toBe('allow');
  });
});

describe('what can be remembered', () => {
  it('is the narrowest thing that covers the call', () => {
    const suggest = (tool: string, effect: Effect) => {
      const decision = decidePermission(question(tool, [effect]), context());
      return decision.behavior === 'ask' ? suggestionsOf(question(tool, [effect]), context(), decision) : [];
    };
    expect(suggest('Bash', run('npm test'))).toEqual([
      {
        type: 'addRules',
        rules: [{ toolName: 'Bash', ruleContent: 'npm test' }],
        behavior: 'allow',
        destination: 'session',
      },
    ]);
    expect(suggest('Write', write('/w/a'))).toEqual([
      { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
    ]);
    expect(suggest('Write', write('/w/.git/config'))).toEqual([]);
    expect(suggest('ExitPlanMode', { kind: 'ask', what: 'plan' })).toEqual([]);
  });

  it('covers the same call afterwards, and nothing beside it', () => {
    const asked = [
      question('Bash', [run('npm test')]),
      question('Read', [read('/etc/a[1].txt')]),
      question('WebFetch', [{ kind: 'fetch', url: 'https://example.com/x' }]),
    ];
    for (const one of asked) {
      const state = createPermissionState({
        mode: 'default',
        rules: [],
        place: context(),
        onModeChange: () => undefined,
      });
      const decision = decidePermission(one, state.context());
      if (decision.behavior !== 'ask') throw new Error('expected a question');
      state.apply(suggestionsOf(one, state.context(), decision));
      expect(decidePermission(one, state.context()).behavior).toBe('allow');
      expect(decidePermission(question('Bash', [run('npm test && rm x')]), state.context()).behavior).toBe(
        'ask',
      );
      expect(decidePermission(question('Read', [read('/etc/a1.txt')]), state.context()).behavior).toBe('ask');
    }
  });
});

describe('a command that is more than can be looked into', () => {
  const judge = (command: string, rules: readonly LayeredRule[], mode: PermissionMode = 'default') =>
    decidePermission(question('Bash', [run(command)]), context(mode, rules)).behavior;
  const nest = (command: string, levels: number) =>
    `${'echo $('.repeat(levels)}${command}${')'.repeat(levels)}`;
  const bash = rule('allow', 'Bash');

  it('is asked about where it is nested deeper than anybody looks, whatever the rules allow', () => {
    expect(judge(nest('rm -rf ~', 2), [bash])).toBe('ask');
    expect(judge(nest('rm -rf ~', 40), [bash])).toBe('ask');
    expect(judge(nest('make', 2), [bash])).toBe('allow');
  });

  it('is asked about in the sandbox too, where it holds what does not show', () => {
    const inSandbox = (command: string) =>
      decidePermission(question('Bash', [{ ...run(command), sandbox: 'allowed' } as Effect]), context())
        .behavior;
    expect(['make', 'make \u202e', nest('make', 40)].map(inSandbox)).toEqual(['allow', 'ask', 'ask']);
  });

  it('is forbidden where a rule forbids a command of it, however deep an expression in it is', () => {
    const sum = `echo $((${'1+'.repeat(4_900)}1))`;
    expect(judge(sum, [bash])).toBe('ask');
    expect(judge(`${sum}; rm a`, [bash, rule('deny', 'Bash', 'rm:*')])).toBe('deny');
    expect(judge(`${sum}; rm a`, [rule('deny', 'Bash', 'rm:*')], 'bypassPermissions')).toBe('deny');
  });

  it('is forbidden where its grammar is not understood, also behind a redirect', () => {
    const hidden = (inner: string) => `echo $((g); case a in *) ${inner}\n;; esac\n)`;
    const forbidden = [bash, rule('deny', 'Bash', 'rm:*')];
    for (const inner of ['rm a', '! 2>&1 rm a', '{ >f rm a\n}', '&>f rm a', 'x 2>&1& rm a', '2>&1 < f rm a'])
      expect([inner, judge(hidden(inner), forbidden)]).toEqual([inner, 'deny']);
  });

  it('is asked about where it has hundreds of commands, and forbidden by the last of them', () => {
    const many = (count: number) => 'make; '.repeat(count);
    expect(judge(many(256), [bash])).toBe('allow');
    expect(judge(many(257), [bash])).toBe('ask');
    expect(judge(`${many(1_000)}rm a`, [bash, rule('deny', 'Bash', 'rm:*')])).toBe('deny');
  });

  it('is held against the rules each time a command in it is spelt as before and means something else', () => {
    const rules = [rule('deny', 'Read', '//secret/**'), rule('deny', 'Bash', 'rm:*'), bash];
    for (const command of [
      'cat key; cd /secret; cat key',
      'bash -c "cat key"; cd /secret; bash -c "cat key"',
      'bash -c "cd /secret; cat a"; bash -c "cd /a; cat a"; bash -c "cd /secret; cat key"',
      'cat <<A\nx\nA\ncat <<A\n$(rm a)\nA\n',
      'bash <<A\nls\nA\nbash <<A\nrm a\nA\n',
      'cat /a//../secret/./key; cat /secret/key',
    ])
      expect([command, judge(command, rules)]).toEqual([command, 'deny']);
  });

  it('says once of a command why it is asked about', () => {
    const decision = decidePermission(question('Bash', [run('make >.bashrc >.bashrc >.bashrc')]), context());
    const reason = '.bashrc is protected: what stands there is run or obeyed by other programs.';
    expect(decision.behavior === 'ask' && decision.parts).toEqual([
      {
        text: 'make >.bashrc >.bashrc >.bashrc',
        behavior: 'ask',
        reason: `It runs a command. ${reason}`,
      },
    ]);
  });

  it('counts the folder it went to last, however many there were before', () => {
    const folders = Array.from({ length: 100 }, (_, index) => `cd /folder${index}; `).join('');
    const deny = rule('deny', 'Read', '//secret/**');
    expect(judge(`${folders}cd /secret; cat key`, [deny], 'bypassPermissions')).toBe('deny');
    expect(judge(`${folders}cat key`, [deny, bash])).toBe('deny');
  });

  it('is forbidden where it went to more folders than are remembered, and a rule forbids files', () => {
    const folders = Array.from({ length: 9 }, (_, index) => `cd /folder${index}; `).join('');
    const deny = rule('deny', 'Read', '//secret/**');
    expect(judge(`cd /secret; ${folders}cat key`, [deny], 'bypassPermissions')).toBe('deny');
    expect(judge(`cd /secret; ${folders}cat key`, [], 'bypassPermissions')).toBe('allow');
  });
});

describe('rules for commands', () => {
  it('the strongest that covers a command is named, however it is written', () => {
    const layered = (content: string, layer: LayeredRule['layer']): LayeredRule => ({
      ...rule('deny', 'Bash', content),
      layer,
    });
    const name = (...rules: readonly LayeredRule[]) =>
      decidePermission(question('Bash', [run('npm run a')]), context('default', rules)).reasons[0]?.rule
        ?.ruleContent;
    expect(
      name(layered('npm run a', 'user'), layered('npm * a', 'project'), layered('npm run *', 'local')),
    ).toBe('npm run *');
    expect(
      name(layered('npm run *', 'user'), layered('npm * a', 'project'), layered('npm run a', 'local')),
    ).toBe('npm run a');
    expect(
      name(layered('npm run a', 'user'), layered('npm run *', 'project'), layered('npm * a', 'local')),
    ).toBe('npm * a');
  });

  it('find a program that is named by a path from the home or the working folder', () => {
    const judge = (command: string) =>
      decidePermission(
        question('Bash', [run(command)]),
        context('bypassPermissions', [rule('deny', 'Bash', 'rm -rf:*')]),
      ).behavior;
    for (const path of ['/bin/rm', '~/bin/rm', '$HOME/bin/rm', '"$PWD"/rm'])
      for (const command of [`${path} -rf b`, `sudo ${path} -rf b`])
        expect([command, judge(command)]).toEqual([command, 'deny']);
  });

  it('hold a file against rules that is spelt as the value of another argument is, which means another file', () => {
    const rules = [rule('allow', 'Bash', 'tool:*'), rule('deny', 'Read', '.env')];
    const judge = (command: string) =>
      decidePermission(question('Bash', [run(command)]), context('default', rules)).behavior;
    expect(judge(`tool y='".envs"'`)).toBe('allow');
    expect(judge(`tool ".env"`)).toBe('ask');
    expect(judge(`tool ".env" y='".env"'`)).toBe('ask');
  });
});
