/** ResolveComment: the agent says that it has dealt with a comment of the user's. There only where there is an editor. */
import * as z from 'zod';
import type { ReviewComments } from '../ports.ts';
import type { Tool } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';

const inputSchema = z.object({
  id: z.string().min(1).describe('As it stands in brackets before the comment, without them: "c3"'),
  reply: z
    .string()
    .trim()
    .optional()
    .describe('A sentence for the user, where the change itself does not say it all'),
});
type ResolveCommentInput = z.infer<typeof inputSchema>;

export interface ResolveCommentOutput {
  readonly id: string;
  /** Of those that the agent knows, the ones that are not resolved. */
  readonly open: readonly string[];
}

const prompt = `Marks a review comment of the user ([c3] in their message) as resolved. Call it for each comment once you have dealt with it: they see so beside the line, with your reply.`;

export function createResolveCommentTool(
  comments: ReviewComments,
): Tool<ResolveCommentInput, ResolveCommentOutput | ToolFailure> {
  return {
    name: 'ResolveComment',
    description: 'Marks a review comment as resolved.',
    prompt,
    inputSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => true,
    effects: async () => [],
    run: ({ id, reply }, { signal }) =>
      runQuietly(async () => {
        const said = reply === undefined || reply === '' ? {} : { reply };
        const { isFound, open } = await comments.resolve({ id, ...said }, signal);
        return isFound ? succeed({ id, open }) : fail(`There is no comment ${id}. ${tellOpen(open)}`);
      }),
    toResultContent: (output) =>
      isFailure(output) ? output.error : `${output.id} is resolved. ${tellOpen(output.open)}`,
    title: ({ id }) => (id === undefined ? 'Resolve a comment' : `Resolve comment ${id}`),
  };
}

function tellOpen(open: readonly string[]): string {
  return open.length === 0 ? 'No other is open.' : `Open: ${open.join(', ')}.`;
}
