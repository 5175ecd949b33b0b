/** What "Allow and remember" would remember, in words. */
import type { PermissionRule, PermissionUpdate } from '../../src/protocol/permissions.ts';
import { assertNever } from '../assertNever.ts';

export function describeSuggestion(update: PermissionUpdate): string {
  const where = WHERE[update.destination];
  switch (update.type) {
    case 'addRules':
    case 'replaceRules':
      return `${BEHAVIOURS[update.behavior]} ${update.rules.map(describeRule).join(', ')}, ${where}`;
    case 'removeRules':
      return `forget the rule for ${update.rules.map(describeRule).join(', ')}, ${where}`;
    case 'setMode':
      return `${MODES[update.mode]}, ${where}`;
    case 'addDirectories':
      return `let Belay work in ${update.directories.join(', ')}, ${where}`;
    case 'removeDirectories':
      return `stop working in ${update.directories.join(', ')}, ${where}`;
    default:
      return assertNever(update) ?? '';
  }
}

const BEHAVIOURS = { allow: 'allow', deny: 'refuse', ask: 'ask before' } as const;

const WHERE = {
  session: 'in this session',
  cliArg: 'in this session',
  localSettings: 'for you in this workspace',
  projectSettings: 'for everybody in this project',
  userSettings: 'in all your workspaces',
} as const;

const MODES = {
  default: 'ask before edits',
  acceptEdits: 'accept all edits of files in the workspace',
  plan: 'only plan',
  dontAsk: 'refuse what is not allowed already',
  bypassPermissions: 'never ask again',
} as const;

function describeRule({ toolName, ruleContent }: PermissionRule): string {
  if (ruleContent === undefined || ruleContent === '') return `every use of ${toolName}`;
  if (toolName === 'Bash') {
    const prefix = /^(.*?):\*$/.exec(ruleContent)?.[1] ?? /^(.*?) \*$/.exec(ruleContent)?.[1];
    return prefix === undefined ? `the command “${ruleContent}”` : `commands that start with “${prefix}”`;
  }
  if (toolName === 'WebFetch') return `fetching from ${ruleContent.replace(/^domain:/, '')}`;
  if (toolName === 'Read') return `reading ${ruleContent}`;
  if (toolName === 'Edit' || toolName === 'Write') return `changing ${ruleContent}`;
  return `${toolName} (${ruleContent})`;
}
