/** Belay for programs: `import { query } from 'belay/sdk'`. */
export type { AgentDefinition, AgentInfo } from '../protocol/agents.ts';
export type { RewindAnswer } from '../protocol/checkpoints.ts';
export type {
  AssistantMessage,
  ConversationMessage,
  ResultMessage,
  StreamEventMessage,
  ToolProgressMessage,
  UserMessage,
} from '../protocol/messages.ts';
export type { ModelInfo } from '../protocol/models.ts';
export type { PermissionMode, PermissionResult, PermissionUpdate } from '../protocol/permissions.ts';
export type { SystemMessage } from '../protocol/systemMessages.ts';
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
  ElicitationRequest,
  HookCallback,
  HookInput,
  HookMatcher,
  McpSampleRequest,
  McpServerOption,
  OnElicitation,
  OnMcpSample,
  Options,
  PermissionQuestionContext,
} from './options.ts';
export { type QueryInput, query } from './query.ts';
export type { RedoFilesOptions, RewindFilesOptions, RewindPoint } from './rewind.ts';
