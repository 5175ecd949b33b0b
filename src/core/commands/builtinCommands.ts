/** The commands that Belay answers itself. */
import type { SlashCommand } from '../../protocol/commands.ts';

export type BuiltinName = 'clear' | 'compact' | 'context' | 'cost';

export const BUILTIN_COMMANDS: readonly (SlashCommand & { readonly name: BuiltinName })[] = [
  {
    name: 'clear',
    description: 'Start over: the model forgets the conversation so far',
    argumentHint: '',
    builtin: true,
  },
  {
    name: 'compact',
    description: 'Replace the conversation so far by a summary, towards the model',
    argumentHint: '<what to keep in the summary>',
    builtin: true,
  },
  { name: 'context', description: 'Show how full the context window is', argumentHint: '', builtin: true },
  { name: 'cost', description: 'Show what the session has cost', argumentHint: '', builtin: true },
];

export function toBuiltinName(name: string): BuiltinName | undefined {
  return BUILTIN_COMMANDS.find((command) => command.name === name)?.name;
}
