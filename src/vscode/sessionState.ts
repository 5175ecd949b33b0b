/** What the editor shows of a session besides its conversation, moved on by the session's own messages. */
import { toTitle } from '../core/sessions/listSessions.ts';
import type { ConversationMessage, UserMessage } from '../protocol/messages.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import type { SystemMessage } from '../protocol/systemMessages.ts';

export interface SessionState {
  /** Empty until something was said. */
  readonly title: string;
  readonly model: string;
  readonly permissionMode: PermissionMode;
  readonly activity: 'idle' | 'running' | 'requires_action';
  /** How the last turn ended; undefined: none has. */
  readonly outcome: 'done' | 'failed' | undefined;
  readonly canRedoFiles: boolean;
  readonly canRedoConversation: boolean;
}

/** The same object when nothing of it changed. */
export function reduceSessionState(state: SessionState, message: ConversationMessage): SessionState {
  switch (message.type) {
    case 'user':
      return reducePrompt(state, message);
    case 'system':
      return reduceSystem(state, message);
    case 'result':
      return { ...state, outcome: message.is_error && message.interrupted !== true ? 'failed' : 'done' };
    case 'assistant':
    case 'stream_event':
    case 'tool_progress':
    case 'conversation_reset':
      return state;
    default:
      return message satisfies never;
  }
}

/** The first prompt gives the session its title; each new one ends the chance to bring a cut conversation back. */
function reducePrompt(state: SessionState, message: UserMessage): SessionState {
  const text = toPromptText(message);
  if (text === '') return state;
  return { ...state, title: state.title === '' ? toTitle(text) : state.title, canRedoConversation: false };
}

function reduceSystem(state: SessionState, message: SystemMessage): SessionState {
  switch (message.subtype) {
    case 'init':
      return { ...state, model: message.model, permissionMode: message.permissionMode };
    case 'status': {
      const { model = state.model, permissionMode = state.permissionMode } = message;
      return { ...state, model, permissionMode };
    }
    case 'session_state_changed':
      return { ...state, activity: message.state };
    case 'belay/files_rewound':
      return { ...state, canRedoFiles: message.can_redo };
    case 'belay/conversation_rewound':
      return { ...state, canRedoConversation: true };
    case 'belay/conversation_restored':
      return { ...state, canRedoConversation: false };
    default:
      return state;
  }
}

/** What a person typed; empty for tool results and for what the agent itself added. */
export function toPromptText({ message: { content }, isSynthetic, parent_tool_use_id }: UserMessage): string {
  if (isSynthetic === true || parent_tool_use_id !== null) return '';
  if (typeof content === 'string') return content.trim();
  return content
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}
