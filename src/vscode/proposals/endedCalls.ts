/** The ids of the calls that have ended with this message of the agent. */
import { parseConversationMessage } from '../../protocol/messages.ts';

export function toEndedCalls(message: unknown): readonly string[] {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'user')
    return [];
  const parsed = parseConversationMessage(message);
  if (parsed.kind !== 'message' || parsed.message.type !== 'user') return [];
  const { content } = parsed.message.message;
  if (typeof content === 'string') return [];
  return content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
}
