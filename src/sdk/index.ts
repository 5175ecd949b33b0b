/** Belay for programs: `import { query } from 'belay/sdk'`. */
export type { AgentDefinition, AgentInfo } from '../protocol/agents.ts';
export type { ModelInfo, PermissionResult, PermissionUpdate, RewindAnswer } from '../protocol/control.ts';
export type {
  AssistantMessage,
  ConversationMessage,
  PermissionMode,
  ResultMessage,
  StreamEventMessage,
  SystemMessage,
  ToolProgressMessage,
  UserMessage,
} from '../protocol/messages.ts';
export { AgentClient, type Prompt } from './agentClient.ts';
export {
  ConnectionError,
  ExecutableNotFoundError,
  JsonDecodeError,
  MessageParseError,
  ProcessError,
  SdkError,
} from './errors.ts';
export { createSdkMcpServer, type SdkMcpServer, type SdkMcpTool, tool } from './mcpServer.ts';
export type {
  CanUseTool,
  HookCallback,
  HookInput,
  HookMatcher,
  McpServerOption,
  Options,
  PermissionQuestionContext,
} from './options.ts';
export { type QueryInput, query } from './query.ts';
