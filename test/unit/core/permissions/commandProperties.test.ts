/** What must hold for whatever is written in bash and whatever rules there are. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decidePermission,
  type LayeredRule,
  type RuleLayer,
} from '../../../../src/core/permissions/decidePermission.ts';
import { parseRule } from '../../../../src/core/permissions/parseRule.ts';
import { quoted, shellProgram } from '../../../support/shellPrograms.ts';

const RUNS = 10_000;
/** Milliseconds. Only for a machine that has much else to do. */
const LIMIT = 600_000;
const workspace = {
  cwd: '/srv/proj',
  roots: ['/srv/proj'],
  home: '/home/u',
  platform: 'linux',
  trusted: true,
  osDescription: 'Linux',
} as const;

type RuleText = readonly [LayeredRule['behavior'], string];

function decide(command: string, texts: readonly RuleText[]): 'allow' | 'ask' | 'deny' {
  const layer: RuleLayer = 'user';
  const rules = texts.map(([behavior, text]): LayeredRule => {
    const rule = parseRule(text);
    if (rule === undefined) throw new Error(`no rule: ${text}`);
    return { ...rule, behavior, layer };
  });
  return decidePermission(
    {
      toolName: 'Bash',
      input: {},
      effects: [{ kind: 'execute', command, cwd: '/srv/proj' }],
      places: new Map(),
    },
    {
      mode: 'default',
      rules,
      workspace,
      realRoots: ['/srv/proj'],
      additionalDirectories: [],
      readableDirectories: [],
    },
  ).behavior;
}

const RANK = { allow: 0, ask: 1, deny: 2 };
const rank = (command: string, rules: readonly RuleText[]): number => RANK[decide(command, rules)];

const words = [
  'a',
  'build',
  '-rf',
  'x y',
  '*.ts',
  '.env',
  '$HOME/.ssh/id',
  'test',
  'push',
  'status',
  '--force',
  '-exec',
  '',
];
const programs = ['echo', 'rm', 'npm', 'git', 'ls', 'cat', 'make', 'find', '/bin/rm', 'c8', 'c9'];
const wrappers = [
  'timeout 5',
  'nice',
  'env',
  'sudo',
  'xargs',
  'command',
  'NODE_ENV=test',
  'FOO=bar',
  'time',
  'nohup',
];
const program = shellProgram({ programs, wrappers, words, isOdd: true });
const scopes = [
  ...[
    'Bash',
    'Bash(echo:*)',
    'Bash(rm:*)',
    'Bash(rm -rf build)',
    'Bash(npm test:*)',
    'Bash(git:*)',
    'Bash(git push:*)',
  ],
  ...[
    'Bash(git status)',
    'Bash(ls *)',
    'Bash(* a)',
    'Bash(make)',
    'Bash(c8:*)',
    'Bash(c9 *)',
    'Bash(find:*)',
    'Bash(cat*)',
  ],
  ...[
    'Bash(echo a *)',
    'Read(.env)',
    'Read(~/.ssh/**)',
    'Edit(out)',
    'Edit(**)',
    'Bash(bash:*)',
    'Bash(xargs:*)',
    'Bash(g *)',
  ],
];
const rule: fc.Arbitrary<RuleText> = fc.tuple(
  fc.constantFrom('allow' as const, 'allow' as const, 'allow' as const, 'deny' as const, 'ask' as const),
  fc.constantFrom(...scopes),
);
const rules = fc.array(rule, { maxLength: 12 });

describe('a command', () => {
  it(
    'that is asked about or denied is not allowed by what is put behind it',
    () => {
      void fc.assert(
        fc.property(program, program, rules, (command, more, given) => {
          if (decide(command, given) !== 'allow')
            expect(decide(`${command}; ${more}`, given)).not.toBe('allow');
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT,
  );

  it(
    'is not judged less strictly for being wrapped',
    () => {
      const wrap = fc.constantFrom<(inner: string) => string>(
        (inner) => `echo $(${inner}\n)`,
        (inner) => `(${inner}\n)`,
        (inner) => `{ ${inner}\n}`,
        (inner) => `if true; then ${inner}\nfi`,
        (inner) => `while false; do ${inner}\ndone`,
        (inner) => `cat <(${inner}\n)`,
      );
      void fc.assert(
        fc.property(program, wrap, rules, (command, wrapped, given) => {
          expect(rank(wrapped(command), given)).toBeGreaterThanOrEqual(rank(command, given));
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT,
  );

  it(
    'is judged the same however its words are quoted',
    () => {
      const list = fc.array(
        fc.constantFrom(...programs, ...words, 'bash', '-c', 'rm x', 'src/a', 'git push'),
        {
          minLength: 1,
          maxLength: 5,
        },
      );
      const twice = list.chain((plain) => {
        const written = fc.tuple(...plain.map(quoted)).map((each) => each.join(' '));
        return fc.tuple(written, written);
      });
      void fc.assert(
        fc.property(twice, rules, ([one, other], given) => {
          expect(decide(one, given)).toBe(decide(other, given));
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT,
  );

  it(
    'is not allowed by taking an allow rule away',
    () => {
      void fc.assert(
        fc.property(program, rules, fc.nat(), (command, given, index) => {
          const allows = given.filter(([behavior]) => behavior === 'allow');
          const gone = allows[index % Math.max(1, allows.length)];
          const fewer = given.filter((each) => each !== gone);
          expect(rank(command, fewer)).toBeGreaterThanOrEqual(rank(command, given));
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT,
  );

  it(
    'is not judged less strictly with a deny rule more',
    () => {
      void fc.assert(
        fc.property(program, rules, fc.constantFrom(...scopes), (command, given, scope) => {
          expect(rank(command, [...given, ['deny', scope]])).toBeGreaterThanOrEqual(rank(command, given));
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT,
  );
});
