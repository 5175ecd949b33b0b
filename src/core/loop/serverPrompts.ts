/** Commands that are prompts of MCP servers. What a server says is text for the model: nothing of it is run or put in. */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { FoundPrompt } from '../mcp/mcpServers.ts';
import { toResultBlocks } from '../mcp/resultContent.ts';
import { fillArguments } from '../mcp/serverPrompt.ts';

export type ServerPrompt =
  | { readonly kind: 'content'; readonly content: readonly ContentBlock[] }
  /** For the person: what went wrong. */
  | { readonly kind: 'problem'; readonly problem: string };

/** Rejects with the signal's reason only. */
export async function readServerPrompt(
  { prompt, args }: { readonly prompt: FoundPrompt; readonly args: string },
  signal: AbortSignal,
): Promise<ServerPrompt> {
  const { serverName, definition } = prompt;
  const { filled, missing } = fillArguments(definition, args);
  if (missing.length > 0) {
    const problem = `This prompt of the MCP server "${serverName}" needs more: ${missing.join(', ')}.`;
    return { kind: 'problem', problem };
  }
  const answer = await prompt.get(filled, signal);
  if (answer.kind !== 'answer') {
    return { kind: 'problem', problem: `The MCP server "${serverName}" gave no prompt. ${answer.problem}` };
  }
  const content = answer.value.messages.map((message) => message.content);
  return { kind: 'content', content: toResultBlocks({ content }) };
}
