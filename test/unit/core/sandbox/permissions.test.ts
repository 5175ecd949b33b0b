import { describe, expect, it } from 'vitest';
import {
  decidePermission,
  type LayeredRule,
  type PermissionContext,
  type PermissionQuestion,
} from '../../../../src/core/permissions/decidePermission.ts';
import { parseRule } from '../../../../src/core/permissions/parseRule.ts';
import { listOffers } from '../../../../src/core/permissions/suggestions.ts';
import type { Effect } from '../../../../src/core/tools/tool.ts';

type Sandbox = Extract<Effect, { kind: 'execute' }>['sandbox'];

interface Case {
  readonly command?: string;
  readonly mode?: PermissionContext['mode'];
  readonly rules?: readonly (readonly [LayeredRule['behavior'], string])[];
  readonly hook?: 'allow' | 'ask';
}

function decide(sandbox: Sandbox, { command = 'npm test', mode = 'default', rules = [], hook }: Case = {}) {
  const layered = rules.map(([behavior, text]): LayeredRule => {
    const rule = parseRule(text);
    if (rule === undefined) throw new Error(text);
    return { ...rule, behavior, layer: 'user' };
  });
  const workspace = {
    cwd: '/w',
    roots: ['/w'],
    home: '/home/u',
    platform: 'linux',
    trusted: true,
    osDescription: 'Linux',
  } as const;
  const question: PermissionQuestion = {
    toolName: 'Bash',
    input: { command },
    effects: [{ kind: 'execute', command, cwd: '/w', ...(sandbox && { sandbox }) }],
    places: new Map(),
    hook: hook && { behavior: hook, reason: 'A hook says so.' },
  };
  const context: PermissionContext = {
    mode,
    rules: layered,
    workspace,
    realRoots: ['/w'],
    additionalDirectories: [],
    readableDirectories: [],
  };
  const decision = decidePermission(question, context);
  if (decision.behavior !== 'ask') return decision;
  return { ...decision, suggestions: listOffers(question, context, decision).map(({ update }) => update) };
}

describe('a command that asks to leave the sandbox', () => {
  it.each<[string, Case]>([
    ['in the default mode', {}],
    ['where edits are accepted', { mode: 'acceptEdits' }],
    ['where a rule allows the command', { rules: [['allow', 'Bash(npm test)']] }],
    ['where a rule allows every command', { rules: [['allow', 'Bash']] }],
    ['where a hook allows it', { hook: 'allow' }],
  ])('is asked for %s', (_, how) => {
    const decision = decide('outside', how);
    expect(decision).toMatchObject({
      behavior: 'ask',
      reasons: [{ type: 'sandboxOverride', text: 'It runs a command outside the sandbox.' }],
    });
  });

  it('is denied where nobody is to be asked, or a rule denies the command', () => {
    expect(decide('outside', { mode: 'dontAsk' }).behavior).toBe('deny');
    expect(decide('outside', { rules: [['deny', 'Bash(npm:*)']] }).behavior).toBe('deny');
  });

  it('runs where permissions are bypassed, unless a rule denies or asks', () => {
    expect(decide('outside', { mode: 'bypassPermissions' }).behavior).toBe('allow');
    const denied = { mode: 'bypassPermissions', rules: [['deny', 'Bash(npm:*)']] } as const;
    expect(decide('outside', denied).behavior).toBe('deny');
  });
});

describe('a command in the sandbox', () => {
  it('is asked for like any other, unless the user wants no question', () => {
    expect(decide('inside').behavior).toBe('ask');
    expect(decide('allowed').behavior).toBe('allow');
  });

  it.each<[string, Case, string]>([
    ['a deny rule', { rules: [['deny', 'Bash(npm test)']] }, 'deny'],
    ['an ask rule', { rules: [['ask', 'Bash(npm test)']] }, 'ask'],
    ['the plan mode', { mode: 'plan' }, 'ask'],
    ['a hook that asks', { hook: 'ask' }, 'ask'],
  ])('is held by %s all the same', (_, how, behavior) => {
    expect(decide('allowed', how).behavior).toBe(behavior);
  });

  it('is remembered as a rule for the command', () => {
    const decision = decide('inside');
    expect(decision.behavior === 'ask' && decision.suggestions).toHaveLength(2);
  });
});
