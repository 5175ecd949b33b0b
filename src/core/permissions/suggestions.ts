/**
 * What "Allow and remember" can add: the narrowest rules that cover a call, and next to them wider ones where a program's
 * habits suggest it. Each is tried out before it is offered: on this call, which it must allow, and on calls that are nearly
 * the same, so that a person sees what else it would allow.
 */
import type { PermissionRule, PermissionUpdate } from '../../protocol/permissions.ts';
import type { Effect } from '../tools/tool.ts';
import {
  decidePermission,
  type LayeredRule,
  type PermissionContext,
  type PermissionDecision,
  type PermissionQuestion,
} from './decidePermission.ts';
import { createRuleIndex } from './ruleIndex.ts';

export interface RuleOffer {
  /** For the session; where else it may be kept is for the person to say. */
  readonly update: PermissionUpdate;
  /** Calls like this one, for a person to read, that would be allowed too, and are not without it. */
  readonly alsoAllows: readonly string[];
  /** It is meant to cover more than this call. A client that takes whatever is suggested is not offered it. */
  readonly isWide: boolean;
}

type Asked = Extract<PermissionDecision, { behavior: 'ask' }>;

/** Empty where remembering would be wrong: a person's own answer, a protected file, a rule that wants to ask. */
export function listOffers(
  question: PermissionQuestion,
  context: PermissionContext,
  { reasons, parts }: Asked,
): readonly RuleOffer[] {
  if (reasons.some(({ type }) => FINAL.has(type)) || question.effects.some(({ kind }) => kind === 'ask'))
    return [];
  const isOutside = reasons.some(({ type }) => type === 'workingDir');
  const uncovered = parts.filter(({ behavior }) => behavior === 'ask').map(({ text }) => text);
  const narrow = question.effects.flatMap((effect) => proposeFor(effect, { isOutside, question, uncovered }));
  const wide = uncovered.flatMap(proposeWide);
  const isSame = JSON.stringify(narrow) === JSON.stringify(wide);
  const offers = [
    ...tryOut(narrow, { question, context, isWide: false }),
    ...(isSame ? [] : tryOut(wide, { question, context, isWide: true })),
  ];
  return isModeEnough(question, context, isOutside) ? [...offers, ACCEPT_EDITS] : offers;
}

/** Reasons that no rule takes away. */
const FINAL: ReadonlySet<string> = new Set(['safetyCheck', 'sandboxOverride', 'rule', 'mode', 'hook']);

const ACCEPT_EDITS: RuleOffer = {
  update: { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
  alsoAllows: ['changes of all other files in the workspace'],
  isWide: false,
};

function isModeEnough(
  { effects }: PermissionQuestion,
  { mode }: PermissionContext,
  isOutside: boolean,
): boolean {
  return (
    !isOutside && mode === 'default' && effects.length > 0 && effects.every(({ kind }) => kind === 'write')
  );
}

interface Proposing {
  readonly isOutside: boolean;
  readonly question: PermissionQuestion;
  readonly uncovered: readonly string[];
}

function proposeFor(
  effect: Effect,
  { isOutside, question, uncovered }: Proposing,
): readonly PermissionRule[] {
  switch (effect.kind) {
    case 'execute':
      return uncovered.map((text) => ({ toolName: 'Bash', ruleContent: escapeCommand(text) }));
    case 'fetch':
      return URL.canParse(effect.url)
        ? [{ toolName: 'WebFetch', ruleContent: `domain:${new URL(effect.url).hostname}` }]
        : [];
    case 'write':
      return isOutside ? [{ toolName: 'Edit', ruleContent: toAbsoluteScope(effect.path) }] : [];
    case 'read':
      return isOutside ? [{ toolName: 'Read', ruleContent: toAbsoluteScope(effect.path) }] : [];
    case 'mcp':
      return [{ toolName: question.toolName }];
    case 'ask':
      return [];
    default:
      return effect satisfies never;
  }
}

/** Programs whose first words say what is done, and how many do. */
const HEADS: readonly (readonly [RegExp, number])[] = [
  [/^(?:npm|pnpm|yarn|bun|deno) run [\w:.-]+(?= |$)/, 3],
  [
    /^(?:npm|pnpm|yarn|bun|cargo|go|git|docker|kubectl|gh|dotnet|terraform|poetry|uv|pip|pip3|brew|gradle|mvn|make) [a-z][\w-]*(?= |$)/,
    2,
  ],
  [/^(?:npx|bunx) [a-z][\w-]*(?= |$)/, 2],
  [/^(?:pytest|vitest|jest|eslint|tsc|prettier|biome|mocha|ruff|mypy|rubocop|phpunit)(?= |$)/, 1],
];

/** Words after which anything is too much. */
const NEVER_WIDE =
  /^(?:git (?:push|reset|clean|checkout|restore|rebase|config|filter-branch)|npm (?:publish|exec)|docker (?:run|exec)|gh api)\b/;

function proposeWide(command: string): readonly PermissionRule[] {
  const head = HEADS.map(([pattern]) => pattern.exec(command)?.[0]).find((found) => found !== undefined);
  if (head === undefined || NEVER_WIDE.test(command))
    return [{ toolName: 'Bash', ruleContent: escapeCommand(command) }];
  return [{ toolName: 'Bash', ruleContent: `${head}:*` }];
}

interface Trial {
  readonly question: PermissionQuestion;
  readonly context: PermissionContext;
  readonly isWide: boolean;
}

function tryOut(
  rules: readonly PermissionRule[],
  { question, context, isWide }: Trial,
): readonly RuleOffer[] {
  if (rules.length === 0) return [];
  const layered = rules.map((rule): LayeredRule => ({ ...rule, behavior: 'allow', layer: 'session' }));
  const { workspace, additionalDirectories } = context;
  const wider: PermissionContext = {
    ...context,
    rules: [...context.rules, ...layered],
    index: createRuleIndex([...context.rules, ...layered], workspace, additionalDirectories),
  };
  if (decidePermission(question, wider).behavior !== 'allow') return [];
  const alsoAllows = listNearMisses(question).filter(
    ({ near }) =>
      decidePermission(near, wider).behavior === 'allow' &&
      decidePermission(near, context).behavior !== 'allow',
  );
  const update: PermissionUpdate = {
    type: 'addRules',
    rules: [...rules],
    behavior: 'allow',
    destination: 'session',
  };
  return [{ update, alsoAllows: alsoAllows.map(({ text }) => text), isWide }];
}

interface NearMiss {
  /** For a person. */
  readonly text: string;
  readonly near: PermissionQuestion;
}

/** Calls that differ in one thing: more arguments, others, another program behind it, the file beside. */
function listNearMisses(question: PermissionQuestion): readonly NearMiss[] {
  return question.effects.flatMap((effect): readonly NearMiss[] => {
    const near = (text: string, other: Effect): NearMiss => ({
      text,
      near: { ...question, effects: [other], places: new Map() },
    });
    switch (effect.kind) {
      case 'execute':
        return listNearCommands(effect.command).map((command) => near(command, { ...effect, command }));
      case 'read':
      case 'write': {
        const folder = effect.path.replace(/[^\\/]*$/, '');
        return [`${effect.path}.bak`, `${folder}other`].map((path) => near(path, { ...effect, path }));
      }
      case 'fetch': {
        if (!URL.canParse(effect.url)) return [];
        const { origin, hostname } = new URL(effect.url);
        return [`${origin}/any/other/page`, `https://sub.${hostname}/`].map((url) =>
          near(url, { ...effect, url }),
        );
      }
      case 'mcp':
        return [near(`${question.toolName} with any other input`, effect)];
      case 'ask':
        return [];
      default:
        return effect satisfies never;
    }
  });
}

function listNearCommands(command: string): readonly string[] {
  const text = command.trim();
  const words = text.split(/[ \t]+/);
  const shorter = words.slice(0, -1).join(' ');
  return [
    ...new Set([
      `${text} --any-other-option`,
      ...(shorter === '' ? [] : [shorter, `${shorter} anything-else`]),
      ...(words.length > 2 ? [`${words.slice(0, 2).join(' ')} anything-else`] : []),
      `${words[0] ?? ''} anything-else`,
      `${text} && rm -rf build`,
      `${text} > out.txt`,
    ]),
  ].filter((each) => each !== text);
}

/** An asterisk of the command stays one. */
function escapeCommand(command: string): string {
  return command.trim().replace(/\*/g, '\\*');
}

/** A rule that covers exactly this path: the pattern's own characters are escaped. */
function toAbsoluteScope(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/[*?[\]{}!]/g, '\\$&');
  return slashed.startsWith('/') ? `/${slashed}` : `//${slashed}`;
}
