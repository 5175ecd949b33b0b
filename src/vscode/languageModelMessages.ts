/** From a request in the agent's form to the chat messages of `vscode.lm`. */
import type * as vscode from 'vscode';
import { ModelError } from '../core/model/modelError.ts';
import type { ApiMessage, ModelRequest } from '../core/model/modelRequest.ts';
import type { ContentBlock, ToolResultContent } from '../protocol/blocks.ts';

/** The classes messages are made of; tests bring their own. */
export type ChatParts = Pick<
  typeof vscode,
  | 'LanguageModelChatMessage'
  | 'LanguageModelTextPart'
  | 'LanguageModelToolCallPart'
  | 'LanguageModelToolResultPart'
>;
type TextPart = vscode.LanguageModelTextPart;
type CallPart = vscode.LanguageModelToolCallPart;
type ResultPart = vscode.LanguageModelToolResultPart;

/** Throws ModelError('invalid_request') for a block that a chat model can't be given. */
export function toChatMessages(
  parts: ChatParts,
  { system, messages }: Pick<ModelRequest, 'system' | 'messages'>,
): vscode.LanguageModelChatMessage[] {
  const instructions = system
    .filter((text) => text !== '')
    .map((text) => parts.LanguageModelChatMessage.User(text));
  return [...instructions, ...messages.map((message) => toChatMessage(parts, message))];
}

function toChatMessage(parts: ChatParts, { role, content }: ApiMessage): vscode.LanguageModelChatMessage {
  if (role === 'assistant') {
    return parts.LanguageModelChatMessage.Assistant(content.flatMap((block) => toReplyParts(parts, block)));
  }
  // There is no third role: what the agent tells the model stands in the user's place.
  return parts.LanguageModelChatMessage.User(content.flatMap((block) => toPromptParts(parts, block)));
}

function toReplyParts(parts: ChatParts, block: ContentBlock): (TextPart | CallPart)[] {
  switch (block.type) {
    case 'text':
      return [new parts.LanguageModelTextPart(block.text)];
    case 'tool_use':
      return [new parts.LanguageModelToolCallPart(block.id, block.name, toObject(block.input))];
    // Thoughts are not given back: only the model they came from can read them.
    case 'thinking':
    case 'redacted_thinking':
    case 'reasoning':
    case 'cache_point':
      return [];
    default:
      throw refuse(block.type);
  }
}

function toPromptParts(parts: ChatParts, block: ContentBlock): (TextPart | ResultPart)[] {
  switch (block.type) {
    case 'text':
    case 'guard_content':
      return [new parts.LanguageModelTextPart(block.text)];
    case 'tool_result': {
      const text = new parts.LanguageModelTextPart(toResultText(block.content));
      return [new parts.LanguageModelToolResultPart(block.tool_use_id, [text])];
    }
    case 'document':
      if (block.source.type === 'text') return [new parts.LanguageModelTextPart(block.source.data)];
      throw refuse(block.type);
    case 'cache_point':
      return [];
    default:
      throw refuse(block.type);
  }
}

/** A tool's result is not refused for a picture in it: the model is told that there was one. */
function toResultText(content: ToolResultContent | undefined): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return content;
  return content
    .map((block) => (block.type === 'text' ? block.text : `[${block.type} that this model cannot be shown]`))
    .join('\n');
}

function toObject(input: unknown): object {
  return typeof input === 'object' && input !== null ? input : {};
}

function refuse(type: string): ModelError {
  return new ModelError({
    kind: 'invalid_request',
    message: `The language models of VS Code take text only, and the conversation holds a block of the kind “${type}”.`,
    code: 'unsupported_block',
    host: 'VS Code',
  });
}
