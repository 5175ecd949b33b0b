/** Skill: loads the text of a skill, when the model finds that it fits. */
import * as z from 'zod';
import type { Tool, ToolContext } from '../tools/tool.ts';
import { fail, runQuietly, succeed, type ToolFailure } from '../tools/toolOutcome.ts';
import type { Command } from './command.ts';
import type { Commands } from './commands.ts';

const inputSchema = z.object({
  skill: z.string().min(1).describe('Name of the skill, as it is listed'),
  args: z.string().optional().describe('Arguments, where the skill takes any'),
});
type SkillInput = z.infer<typeof inputSchema>;

export interface SkillOutput {
  readonly commandName: string;
  readonly text: string;
}

export interface SkillToolDeps {
  readonly commands: Commands;
  /** The text with everything put in. */
  readonly expand: (command: Command, args: string, context: ToolContext) => Promise<string>;
}

const prompt = `Loads a skill: a text of the user or the project on how to do something. The skills are listed in your instructions, with what each is for.

- When a skill fits the task, load it before anything else, then do what it says.
- A skill that you have loaded already need not be loaded again.`;

export function createSkillTool({
  commands,
  expand,
}: SkillToolDeps): Tool<SkillInput, SkillOutput | ToolFailure> {
  return {
    name: 'Skill',
    description: 'Loads a skill.',
    prompt,
    inputSchema,
    // Its shell lines may change something: it waits for the end of the reply.
    isReadOnly: () => false,
    isConcurrencySafe: () => false,
    effects: async () => [],
    run: ({ skill, args = '' }, context) =>
      runQuietly<SkillOutput>(async () => {
        const offered = await commands.forModel();
        const name = skill.replace(/^\//, '');
        const found = offered.find((each) => each.name === name);
        if (found === undefined) {
          const names = offered.map((each) => each.name).join(', ');
          return fail(`There is no skill named "${skill}". The skills are: ${names}.`);
        }
        return succeed({ commandName: name, text: await expand(found, args, context) });
      }),
    toResultContent: (output) => ('error' in output ? output.error : output.text),
    title: ({ skill }) => (skill === undefined ? 'Load a skill' : `Load the skill ${skill}`),
  };
}
