/**
 * The names that host and panel know the items of a conversation by: an item is what stands there because of a message of
 * the main thread. Neither counts items, since neither holds all of them.
 */
import type { ConversationMessage, UserMessage } from './messages.ts';

/** System messages that stand in the conversation. */
const NOTICES: ReadonlySet<string> = new Set([
  'compact_boundary',
  'informational',
  'local_command_output',
  'task_notification',
  'belay/files_rewound',
  'belay/conversation_rewound',
]);

/** null: nothing of its own stands there (the result of a call, a state, what a subagent says). */
export function itemKey(message: ConversationMessage): string | null {
  switch (message.type) {
    case 'user':
      return message.parent_tool_use_id == null && message.uuid !== undefined && isSaid(message)
        ? `user:${message.uuid}`
        : null;
    case 'assistant':
      return message.parent_tool_use_id === null ? `reply:${message.message.id}` : null;
    case 'result':
      return `result:${message.uuid}`;
    case 'system':
      return NOTICES.has(message.subtype) ? `notice:${message.uuid}` : null;
    default:
      return null;
  }
}

/** Whether somebody has said something with it: it is more than results of calls, and not for the model alone. */
function isSaid({ message: { content }, isSynthetic }: UserMessage): boolean {
  if (isSynthetic === true) return false;
  return typeof content === 'string' ? content !== '' : content.some((block) => block.type !== 'tool_result');
}
