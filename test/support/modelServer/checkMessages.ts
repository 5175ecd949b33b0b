/** Refuses what the Messages API refuses, as of November 2026: the messages of a request. */
import { MODELS } from '../../../src/core/model/models.ts';
import { familyOf } from '../../../src/core/model/modelTable.ts';
import { type ApiBlock, type ApiMessage, type ApiRequest, blocksOf, demand } from './apiRequest.ts';
import { PrefixHash, readSigner } from './thinkingSignatures.ts';

/** Fields a block of the type may have, in each role. */
const BLOCKS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  user: {
    text: ['text', 'citations'],
    image: ['source'],
    document: ['source', 'title', 'context', 'citations'],
    search_result: ['source', 'title', 'content', 'citations'],
    tool_result: ['tool_use_id', 'content', 'is_error'],
  },
  assistant: {
    text: ['text', 'citations'],
    thinking: ['thinking', 'signature'],
    redacted_thinking: ['data'],
    tool_use: ['id', 'name', 'input', 'caller'],
  },
  system: { text: ['text', 'citations'] },
};
const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** What this server has said before, which it takes back. */
export interface Memory {
  /** Types of blocks it sent that aren't listed above. */
  readonly sentTypes: ReadonlySet<string>;
  /** Whether this is the content of a reply that it paused. */
  isPaused(content: readonly ApiBlock[]): boolean;
}

export function checkMessages(body: ApiRequest, memory: Memory): void {
  const { messages } = body;
  demand(Array.isArray(messages) && messages.length > 0, 'messages: at least one message is required');
  demand(messages[0]?.role === 'user', 'messages: first message must use the "user" role');
  for (const [index, message] of messages.entries()) checkMessage(message, `messages.${index}`, memory);
  checkSystemMessages(body);
  checkPairing(messages);
  checkPrefill(messages, memory);
  checkBudgetThinking(body);
  checkSignatures(body);
}

function checkMessage(message: ApiMessage, at: string, { sentTypes }: Memory): void {
  const { role, content, ...rest } = message;
  demand(Object.hasOwn(BLOCKS, role), `${at}.role: ${role} is unknown`);
  for (const field of Object.keys(rest)) demand(false, `${at}.${field}: Extra inputs are not permitted`);
  demand(content !== '' && content !== undefined && content.length > 0, `${at}: content must be non-empty`);
  for (const [index, block] of blocksOf(message).entries()) {
    const fields = BLOCKS[role]?.[block.type];
    demand(
      fields !== undefined || (role === 'assistant' && sentTypes.has(block.type)),
      `${at}.content.${index}: a block of the type ${block.type} is not permitted here`,
    );
    if (fields !== undefined) checkBlock(block, fields, { at: `${at}.content.${index}`, role });
  }
  const last = blocksOf(message).at(-1)?.type;
  demand(
    role !== 'assistant' || (last !== 'thinking' && last !== 'redacted_thinking'),
    `${at}: The final block in an assistant message cannot be thinking`,
  );
}

function checkBlock(
  block: ApiBlock,
  fields: readonly string[],
  { at, role }: { readonly at: string; readonly role: string },
): void {
  for (const field of Object.keys(block)) {
    demand(
      field === 'type' || field === 'cache_control' || fields.includes(field),
      `${at}.${field}: Extra inputs are not permitted`,
    );
  }
  switch (block.type) {
    case 'text':
      demand(
        typeof block.text === 'string' && block.text !== '',
        `${at}: text content blocks must be non-empty`,
      );
      demand(
        role === 'assistant' || String(block.text).trim() !== '',
        `${at}: text content blocks must contain non-whitespace text`,
      );
      break;
    case 'image':
      checkImage(block.source as Readonly<Record<string, unknown>>, at);
      break;
    case 'tool_use':
      demand(
        typeof block.input === 'object' && block.input !== null && !Array.isArray(block.input),
        `${at}.input: must be an object`,
      );
      break;
    case 'tool_result':
      checkToolResult(block, at);
      break;
    default:
  }
}

function checkImage(source: Readonly<Record<string, unknown>> | undefined, at: string): void {
  if (source?.type !== 'base64') return;
  demand(
    IMAGES.includes(String(source.media_type)),
    `${at}.source.media_type: must be one of ${IMAGES.join(', ')}`,
  );
  demand(/^[A-Za-z0-9+/]+={0,2}$/.test(String(source.data)), `${at}.source.data: must be base64`);
}

function checkToolResult({ content, is_error, tool_use_id }: ApiBlock, at: string): void {
  demand(typeof tool_use_id === 'string', `${at}.tool_use_id: Field required`);
  const parts: readonly ApiBlock[] = Array.isArray(content) ? content : [];
  for (const part of parts) {
    demand(
      ['text', 'image', 'document', 'search_result'].includes(part.type),
      `${at}.content: a block of the type ${part.type}`,
    );
    demand(
      part.type !== 'text' || String(part.text).trim() !== '',
      `${at}.content: text content blocks must be non-empty`,
    );
    if (part.type === 'image') checkImage(part.source as Readonly<Record<string, unknown>>, `${at}.content`);
  }
  if (is_error !== true) return;
  demand(
    content !== undefined && content !== '' && (typeof content === 'string' || parts.length > 0),
    `${at}: content cannot be empty if \`is_error\` is true`,
  );
  demand(
    parts.every(({ type }) => type === 'text'),
    `${at}: when is_error is true, all content must be of type "text"`,
  );
}

/** A system message follows a user message and is the last, or has a reply behind it. */
function checkSystemMessages({ model, messages }: ApiRequest): void {
  for (const [index, { role }] of messages.entries()) {
    if (role !== 'system') continue;
    const row = MODELS.find(({ id }) => id === familyOf(model));
    demand(row?.takesSystemMessages === true, "role 'system' is not supported on this model");
    demand(
      messages[index - 1]?.role === 'user',
      `messages.${index}: a system message must follow a user message`,
    );
    const next = messages[index + 1]?.role;
    demand(
      next === undefined || next === 'assistant',
      `messages.${index}: a system message must be last or be followed by an assistant message`,
    );
  }
}

function checkPairing(messages: readonly ApiMessage[]): void {
  const used = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    const results = blocksOf(message).filter(({ type }) => type === 'tool_result');
    const before = messages[index - 1];
    const called = new Set(before?.role === 'assistant' ? callsOf(before) : []);
    const answered = new Set<unknown>();
    for (const { tool_use_id } of results) {
      demand(
        called.has(tool_use_id),
        `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${tool_use_id}`,
      );
      demand(
        !answered.has(tool_use_id),
        `messages.${index}: each tool_use must have a single result: ${tool_use_id}`,
      );
      answered.add(tool_use_id);
    }
    for (const id of called) {
      demand(
        answered.has(id),
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}`,
      );
    }
    const firstOther = blocksOf(message).findIndex(({ type }) => type !== 'tool_result');
    demand(
      firstOther === -1 || firstOther >= results.length,
      `messages.${index}: tool_result blocks must come first`,
    );
    for (const id of message.role === 'assistant' ? callsOf(message) : []) {
      demand(!used.has(id), `messages.${index}: \`tool_use\` ids must be unique: ${id}`);
      used.add(id);
    }
  }
  const last = messages.at(-1);
  demand(
    last?.role !== 'assistant' || callsOf(last).length === 0,
    'messages: `tool_use` ids were found without `tool_result` blocks at the end',
  );
}

function callsOf(message: ApiMessage): readonly unknown[] {
  return blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
}

function checkPrefill(messages: readonly ApiMessage[], memory: Memory): void {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  demand(
    memory.isPaused(blocksOf(last)),
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  );
}

/** With a budget, a turn that is under way must have begun with thinking. */
function checkBudgetThinking({ thinking, messages }: ApiRequest): void {
  if ((thinking as { readonly type?: unknown } | undefined)?.type !== 'enabled') return;
  const question = messages.findLastIndex(
    (message) => message.role === 'user' && !blocksOf(message).some(({ type }) => type === 'tool_result'),
  );
  const reply = messages.slice(question + 1).find(({ role }) => role === 'assistant');
  if (reply === undefined) return;
  const type = blocksOf(reply)[0]?.type;
  demand(
    type === 'thinking' || type === 'redacted_thinking',
    `Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`,
  );
}

/** Thinking of another model is dropped without a word; of this one it must stand exactly where it was made. */
function checkSignatures(body: ApiRequest): void {
  const prefix = PrefixHash.of(body);
  for (const [index, message] of body.messages.entries()) {
    for (const [place, block] of blocksOf(message).entries()) {
      if (block.type === 'thinking' || block.type === 'redacted_thinking') {
        checkSignature(block, { prefix, model: body.model, at: `messages.${index}.content.${place}` });
      }
      prefix.add(message.role, block);
    }
  }
}

interface SignaturePlace {
  readonly prefix: PrefixHash;
  readonly model: string;
  readonly at: string;
}

function checkSignature(block: ApiBlock, { prefix, model, at }: SignaturePlace): void {
  const given = block.type === 'thinking' ? block.signature : block.data;
  const signer = readSigner(given);
  demand(signer !== undefined, `${at}: Invalid \`signature\` in \`${block.type}\` block`);
  if (signer === undefined || familyOf(signer) !== familyOf(model)) return;
  const text = block.type === 'thinking' ? String(block.thinking) : '';
  demand(
    given === prefix.sign(signer, text),
    `${at}: Invalid \`signature\` in \`${block.type}\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".`,
  );
}
