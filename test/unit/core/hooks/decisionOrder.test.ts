/**
 * The order of PROTOCOL.md, as a table over all combinations: hooks, deny rules, ask rules, mode, allow rules, then the
 * client. The expected outcome is told by a few sentences, not by the code that is tested.
 */
import { describe, expect, it } from 'vitest';
import { mergeOutputs } from '../../../../src/core/hooks/mergeOutputs.ts';
import {
  decidePermission,
  type HookVerdict,
  type LayeredRule,
  type PermissionContext,
} from '../../../../src/core/permissions/decidePermission.ts';
import type { Effect } from '../../../../src/core/tools/tool.ts';
import type { HookOutput } from '../../../../src/protocol/hooks.ts';
import type { PermissionMode } from '../../../../src/protocol/permissions.ts';

type Decision = 'allow' | 'deny' | 'ask' | 'defer';

const said = (permissionDecision?: Decision, updatedInput?: Record<string, unknown>): HookOutput => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    ...(permissionDecision === undefined ? {} : { permissionDecision }),
    ...(updatedInput === undefined ? {} : { updatedInput }),
  },
});

const DECISIONS = [undefined, 'allow', 'ask', 'defer', 'deny'] as const;

describe('what several hooks say', () => {
  const triples = DECISIONS.flatMap((first) =>
    DECISIONS.flatMap((second) => DECISIONS.map((third) => [first, second, third] as const)),
  );

  it.each(triples)('%s, %s and %s come to the strictest of them', (...decisions) => {
    const strictest = DECISIONS[Math.max(...decisions.map((decision) => DECISIONS.indexOf(decision)))];
    const merged = mergeOutputs(
      'PreToolUse',
      decisions.map((decision) => said(decision)),
    );
    expect(merged.permission?.behavior).toBe(strictest);
  });

  it('takes the last replacement of the input', () => {
    const outputs = [said('allow', { a: 1 }), said(undefined, { a: 2 }), said('allow')];
    expect(mergeOutputs('PreToolUse', outputs).updatedInput).toEqual({ a: 2 });
  });

  it('counts an allow only for the input that the hook has seen or written', () => {
    const changed = { a: 2 };
    expect(mergeOutputs('PreToolUse', [said('allow'), said(undefined, changed)]).permission).toBeUndefined();
    expect(mergeOutputs('PreToolUse', [said('allow', { a: 1 }), said(undefined, changed)]).permission).toBe(
      undefined,
    );
    expect(mergeOutputs('PreToolUse', [said(), said('allow', changed)]).permission?.behavior).toBe('allow');
    expect(mergeOutputs('PreToolUse', [said('deny'), said('allow', changed)]).permission?.behavior).toBe(
      'deny',
    );
  });

  it('stops when one says so, and gives every reason once', () => {
    const outputs: HookOutput[] = [
      { continue: false, stopReason: 'late' },
      { continue: true },
      { continue: false, stopReason: 'late' },
      { continue: false, stopReason: 'costly' },
    ];
    expect(mergeOutputs('Stop', outputs).stop).toEqual({ reason: 'late\ncostly' });
  });

  it('denies a permission request when one denies, whatever the others allow', () => {
    const allow: HookOutput = {
      hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'allow' } },
    };
    const deny: HookOutput = {
      hookSpecificOutput: {
        hookEventName: 'PermissionRequest',
        decision: { behavior: 'deny', message: 'no' },
      },
    };
    expect(mergeOutputs('PermissionRequest', [allow, deny, allow]).answer).toEqual({
      behavior: 'deny',
      message: 'no',
      interrupt: false,
    });
    expect(
      mergeOutputs('PermissionRequest', [{ decision: 'block', reason: 'no' }, allow]).answer,
    ).toMatchObject({
      behavior: 'deny',
      message: 'no',
    });
    expect(mergeOutputs('PermissionRequest', [{ decision: 'approve' }]).answer).toBeUndefined();
  });
});

const workspace = {
  cwd: '/w',
  roots: ['/w'],
  home: '/home/u',
  platform: 'linux' as const,
  trusted: true,
  osDescription: 'Linux',
};
const MODES: readonly PermissionMode[] = ['default', 'acceptEdits', 'plan', 'dontAsk', 'bypassPermissions'];
const HOOKS: readonly (HookVerdict['behavior'] | undefined)[] = [undefined, 'allow', 'ask'];
const RULES = ['deny', 'ask', 'allow'] as const;
const ruleSets = RULES.reduce<(typeof RULES)[number][][]>(
  (sets, rule) => sets.concat(sets.map((set) => set.concat(rule))),
  [[]],
);
const EFFECTS = {
  command: [{ kind: 'execute', command: 'make', cwd: '/w' }],
  'protected file': [{ kind: 'write', path: '/w/.git/config' }],
  question: [{ kind: 'ask', what: 'question' }],
} as const satisfies Record<string, readonly Effect[]>;

interface Case {
  readonly what: keyof typeof EFFECTS;
  readonly mode: PermissionMode;
  readonly rules: readonly (typeof RULES)[number][];
  readonly hook: HookVerdict['behavior'] | undefined;
}

const cases = MODES.flatMap((mode) =>
  ruleSets.flatMap((rules) =>
    HOOKS.flatMap((hook) =>
      (Object.keys(EFFECTS) as (keyof typeof EFFECTS)[]).map((what) => ({ what, mode, rules, hook })),
    ),
  ),
);

function decide({ what, mode, rules, hook }: Case): string {
  const layered: LayeredRule[] = rules.map((behavior) => ({ toolName: 'T', behavior, layer: 'user' }));
  const context: PermissionContext = {
    mode,
    rules: layered,
    workspace,
    realRoots: ['/w'],
    additionalDirectories: [],
    readableDirectories: [],
  };
  return decidePermission(
    {
      toolName: 'T',
      input: {},
      effects: EFFECTS[what],
      places: new Map(),
      hook: hook === undefined ? undefined : { behavior: hook, reason: 'a hook' },
    },
    context,
  ).behavior;
}

describe('hooks among rules and modes', () => {
  const named = cases.map((entry) => [JSON.stringify(entry), entry] as const);

  it.each(named.filter(([, { rules }]) => rules.includes('deny')))('a deny rule holds: %s', (_, entry) => {
    expect(decide(entry)).toBe('deny');
  });

  it.each(
    named.filter(
      ([, { rules, hook }]) => !rules.includes('deny') && (rules.includes('ask') || hook === 'ask'),
    ),
  )('an ask rule, and a hook that asks, hold: %s', (_, entry) => {
    expect(decide(entry)).toBe(entry.mode === 'dontAsk' ? 'deny' : 'ask');
  });

  it.each(
    named.filter(
      ([, { rules, hook, what }]) =>
        !rules.includes('deny') && !rules.includes('ask') && hook === 'allow' && what === 'command',
    ),
  )('a hook that allows stands in for the person whom only the mode would ask: %s', (_, entry) => {
    expect(decide(entry)).toBe('allow');
  });

  it.each(named.filter(([, { hook, what }]) => hook === 'allow' && what !== 'command'))(
    'a hook that allows changes nothing for what is protected or for a person to answer: %s',
    (_, entry) => {
      expect(decide(entry)).toBe(decide({ ...entry, hook: undefined }));
    },
  );

  it.each(named)('a hook never makes an answer less strict but from ask to allow: %s', (_, entry) => {
    const without = decide({ ...entry, hook: undefined });
    const withAllow = decide({ ...entry, hook: 'allow' });
    if (without === 'allow') expect(withAllow).toBe('allow');
    if (without === 'deny' && entry.mode !== 'dontAsk') expect(withAllow).toBe('deny');
    expect(['ask', 'deny']).toContain(decide({ ...entry, hook: 'ask' }));
  });
});
