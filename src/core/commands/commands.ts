/** The commands and skills of a session, and what they become when they are called. */
import type { SlashCommand } from '../../protocol/commands.ts';
import type { MemoryDeps } from '../context/readMemory.ts';
import { BUILTIN_COMMANDS } from './builtinCommands.ts';
import type { Command } from './command.ts';
import { readCommands } from './readCommands.ts';

export interface Commands {
  /** As clients list them: Belay's own first. */
  list(): Promise<readonly SlashCommand[]>;
  /** Names for `system/init`. */
  names(): Promise<{ readonly slash_commands: string[]; readonly skills: string[] }>;
  /** From the files as they are now. undefined: there is none of this name. */
  find(name: string): Promise<Command | undefined>;
  /** What the model may load by itself. */
  forModel(): Promise<readonly Command[]>;
  /** For the system prompt: names and descriptions; undefined when there are none. */
  section(): Promise<string | undefined>;
}

/** Characters of the list in the prompt. */
const MAX_LIST = 16_000;
const MAX_LINE = 300;

export function createCommands(deps: MemoryDeps): Commands {
  const read = () => readCommands(deps);
  const forModel = async () =>
    (await read()).filter(({ isHiddenFromModel, description }) => !isHiddenFromModel && description !== '');
  return {
    async list() {
      const own = (await read()).filter(
        ({ name }) => !BUILTIN_COMMANDS.some((builtin) => builtin.name === name),
      );
      return [...BUILTIN_COMMANDS, ...own.map(toSlashCommand)];
    },
    async names() {
      const found = await read();
      const names = [...BUILTIN_COMMANDS, ...found].map(({ name }) => name);
      return {
        slash_commands: [...new Set(names)],
        skills: found.flatMap(({ kind, name }) => (kind === 'skill' ? [name] : [])),
      };
    },
    find: async (name) => (await read()).find((command) => command.name === name),
    forModel,
    async section() {
      const offered = await forModel();
      return offered.length === 0 ? undefined : describeSkills(offered);
    },
  };
}

function toSlashCommand({ name, description, argumentHint, source }: Command): SlashCommand {
  return { name, description: `${description} (${source})`.trim(), argumentHint };
}

function describeSkills(skills: readonly Command[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const { name, description } of skills) {
    const line = `- ${name}: ${description.replaceAll(/\s+/g, ' ').slice(0, MAX_LINE)}`;
    length += line.length;
    if (length > MAX_LIST) break;
    lines.push(line);
  }
  return `Skills
Each is a text on how to do something, written by the user or the project. When one fits the task, load it with the Skill tool before you begin; don't guess what it says.
${lines.join('\n')}`;
}
