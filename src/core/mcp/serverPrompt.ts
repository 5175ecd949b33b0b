/** Prompts of MCP servers: commands that a person calls as `/mcp__<server>__<prompt>`. */
import * as z from 'zod';
import type { SlashCommand } from '../../protocol/commands.ts';
import { splitArguments } from '../commands/slash.ts';
import { toNamePart, toServerPrefix } from './mcpNames.ts';

const promptDefinition = z.looseObject({
  name: z.string().min(1),
  title: z.string().optional(),
  description: z.string().optional(),
  arguments: z.array(z.looseObject({ name: z.string(), required: z.boolean().optional() })).default([]),
});
export type PromptDefinition = z.infer<typeof promptDefinition>;

/** What a server made of a prompt: messages, whose content is read like that of a result. */
export const promptResult = z.looseObject({
  messages: z.array(z.looseObject({ content: z.looseObject({ type: z.string() }) })),
});
export type PromptResult = z.infer<typeof promptResult>;

/** What does not fit is left out. */
export function parsePrompts(listed: readonly unknown[]): readonly PromptDefinition[] {
  return listed.flatMap((item) => promptDefinition.safeParse(item).data ?? []);
}

export function toPromptName(server: string, prompt: string): string {
  return `${toServerPrefix(server)}${toNamePart(prompt)}`;
}

const MAX_DESCRIPTION = 1024;

export function toPromptCommand(server: string, prompt: PromptDefinition): SlashCommand {
  const { name, title = name, description = title } = prompt;
  return {
    name: toPromptName(server, name),
    description: `${description.slice(0, MAX_DESCRIPTION)} (${server})`,
    argumentHint: prompt.arguments
      .map((argument) => (argument.required === true ? `<${argument.name}>` : `[${argument.name}]`))
      .join(' '),
  };
}

/** By their places; the last one takes all that is left. `missing`: what the server needs and was not given. */
export function fillArguments(
  prompt: PromptDefinition,
  args: string,
): { readonly filled: Readonly<Record<string, string>>; readonly missing: readonly string[] } {
  const words = splitArguments(args);
  const { length } = prompt.arguments;
  const values =
    words.length > length && length > 0
      ? [...words.slice(0, length - 1), words.slice(length - 1).join(' ')]
      : words;
  const named = prompt.arguments.map(({ name }, index) => [name, values[index]] as const);
  return {
    filled: Object.fromEntries(
      named.filter((pair): pair is readonly [string, string] => pair[1] !== undefined),
    ),
    missing: prompt.arguments.flatMap(({ name, required }, index) =>
      required === true && values[index] === undefined ? [name] : [],
    ),
  };
}
