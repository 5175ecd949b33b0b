import { describe, expect, it } from 'vitest';
import {
  decidePermission,
  type LayeredRule,
  type PermissionContext,
  type PermissionQuestion,
} from '../../../../src/core/permissions/decidePermission.ts';
import { listOffers } from '../../../../src/core/permissions/suggestions.ts';
import type { PermissionMode } from '../../../../src/protocol/permissions.ts';

interface Asked {
  readonly mode?: PermissionMode;
  readonly rules?: readonly LayeredRule[];
  readonly changed?: boolean;
}

function decide({ mode = 'default', rules = [], changed = false }: Asked) {
  const question: PermissionQuestion = {
    toolName: 'mcp__my_server__do_it',
    input: {},
    effects: [{ kind: 'mcp', server: 'my server', tool: 'do it', changed }],
    places: new Map(),
  };
  const context: PermissionContext = {
    mode,
    rules,
    workspace: {
      cwd: '/w',
      roots: ['/w'],
      home: '/home/u',
      platform: 'linux',
      trusted: true,
      osDescription: 'Linux',
    },
    realRoots: ['/w'],
    additionalDirectories: [],
    readableDirectories: [],
  };
  const decision = decidePermission(question, context);
  if (decision.behavior !== 'ask') return decision;
  return { ...decision, suggestions: listOffers(question, context, decision).map(({ update }) => update) };
}

const rule = (behavior: LayeredRule['behavior'], toolName: string, ruleContent?: string): LayeredRule => ({
  behavior,
  toolName,
  layer: 'user',
  ...(ruleContent === undefined ? {} : { ruleContent }),
});

const names = ['mcp__my_server__do_it', 'mcp__my_server', 'mcp__my_server__*'];

describe('a call to an MCP server', () => {
  it.each(['default', 'acceptEdits', 'plan'] as const)('is asked for in the mode %s', (mode) => {
    expect(decide({ mode }).behavior).toBe('ask');
  });

  it('is denied where nobody is asked, and allowed where nobody is to be asked', () => {
    expect(decide({ mode: 'dontAsk' }).behavior).toBe('deny');
    expect(decide({ mode: 'bypassPermissions' }).behavior).toBe('allow');
  });

  it.each(names)('is decided by the rule %s', (name) => {
    expect(decide({ rules: [rule('allow', name)] }).behavior).toBe('allow');
    expect(decide({ rules: [rule('allow', name)], mode: 'dontAsk' }).behavior).toBe('allow');
    expect(decide({ rules: [rule('allow', name)], mode: 'plan' }).behavior).toBe('ask');
    expect(decide({ rules: [rule('ask', name), rule('allow', name)] }).behavior).toBe('ask');
    expect(decide({ rules: [rule('deny', name)], mode: 'bypassPermissions' }).behavior).toBe('deny');
  });

  it.each(['mcp__my', 'mcp__my_server__do', 'mcp__my_server__other', 'my server', 'Bash', 'mcp__*'])(
    'is not allowed by the rule %s',
    (name) => {
      expect(decide({ rules: [rule('allow', name)] }).behavior).toBe('ask');
    },
  );

  it('is denied by a rule for all servers', () => {
    expect(decide({ rules: [rule('deny', 'mcp__*')] }).behavior).toBe('deny');
  });

  it('is never allowed by a rule with a scope, but denied by one', () => {
    expect(decide({ rules: [rule('allow', 'mcp__my_server', 'x')] }).behavior).toBe('ask');
    expect(decide({ rules: [rule('deny', 'mcp__my_server', 'x')] }).behavior).toBe('deny');
  });

  it('can be remembered for the session, this tool alone', () => {
    expect(decide({})).toMatchObject({
      suggestions: [
        {
          type: 'addRules',
          rules: [{ toolName: 'mcp__my_server__do_it' }],
          behavior: 'allow',
          destination: 'session',
        },
      ],
    });
  });

  it('is asked for anew, and not remembered, when the server has made something else of the tool', () => {
    expect(decide({ rules: [rule('allow', 'mcp__my_server')], changed: true })).toMatchObject({
      behavior: 'ask',
      reasons: [
        {
          type: 'safetyCheck',
          text: 'The MCP server "my server" has changed this tool since the session began.',
        },
      ],
      suggestions: [],
    });
  });
});
