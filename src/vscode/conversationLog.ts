/**
 * What has been said in a session so far, so that a panel can be drawn from nothing at any moment: the final messages, and
 * what is in flight (a half-streamed reply, the output of a running tool, the present state) as a few messages more.
 */
import { type ContentBlock, isKnownBlock } from '../protocol/blocks.ts';
import { itemKey } from '../protocol/itemKey.ts';
import type {
  ConversationMessage,
  StreamEventMessage,
  ToolProgressMessage,
  UserMessage,
} from '../protocol/messages.ts';
import type { SystemMessage } from '../protocol/systemMessages.ts';
import { Accumulator, StreamError } from '../stream/accumulator.ts';
import { findPage, type PageRequest } from './conversationPages.ts';
import { type FoundItems, findItems } from './findItems.ts';

/** Characters that are kept. Beyond them the oldest turns go; the transcript on disk has them still. */
const MAX_SIZE = 32 * 1024 * 1024;
/** Characters of a running tool's output that are kept. */
const MAX_OUTPUT = 256 * 1024;

/** Messages of which only the newest says anything, in the order a panel is to read them. */
const PRESENT = [
  'session_state_changed',
  'status',
  'belay/queue_changed',
  'belay/usage_changed',
  'belay/settings_pending',
  'api_retry',
] as const;
type PresentSubtype = (typeof PRESENT)[number];

interface Entry {
  readonly message: ConversationMessage;
  readonly key: string | null;
  /** Characters, roughly. */
  readonly size: number;
}

/** A part of the conversation. */
export interface ConversationPage {
  readonly messages: readonly unknown[];
  /** Something comes before it. */
  readonly earlier: boolean;
  /** Something comes behind it. */
  readonly later: boolean;
}

export interface ConversationLogOptions {
  readonly sessionId: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly maxSize?: number;
}

export class ConversationLog {
  readonly #options: ConversationLogOptions;
  #entries: Entry[] = [];
  #size = 0;
  #dropped = false;
  readonly #replies = new Map<string | null, Accumulator>();
  readonly #outputs = new Map<string, ToolProgressMessage>();
  readonly #present = new Map<PresentSubtype, SystemMessage>();
  /** What is known of each folder of the workspace, by its path. */
  readonly #captures = new Map<string, SystemMessage>();
  #retryAt = 0;

  constructor(options: ConversationLogOptions) {
    this.#options = options;
  }

  add(message: ConversationMessage): void {
    switch (message.type) {
      case 'stream_event':
        this.#addEvent(message);
        break;
      case 'tool_progress':
        this.#addOutput(message);
        break;
      case 'assistant':
        this.#replies.delete(message.parent_tool_use_id);
        this.#keep(message);
        break;
      case 'user':
        for (const id of toolResultIds(message)) this.#outputs.delete(id);
        this.#keep(message);
        break;
      case 'result':
        this.#keep(message);
        break;
      case 'conversation_reset':
        break;
      case 'system':
        this.#addSystem(message);
        break;
      default:
        message satisfies never;
    }
  }

  /**
   * Part of what was said, the newest by default; with the end of the conversation goes what is in flight. undefined: the
   * item that is named is not there (any more).
   */
  page(request: PageRequest = {}): ConversationPage | undefined {
    const range = findPage(this.#entries, request);
    if (range === undefined) return undefined;
    const { start, end } = range;
    const later = end < this.#entries.length;
    const envelope = { uuid: crypto.randomUUID(), session_id: this.#options.sessionId };
    return {
      messages: [
        ...(start === 0 ? this.#beginning() : []),
        ...this.#entries.slice(start, end).map(({ message }) => message),
        ...(later ? [] : this.#inFlight(envelope)),
      ],
      earlier: start > 0,
      later,
    };
  }

  /** All that is kept of what was said, the oldest first; where the beginning is not, that is said. */
  messages(): readonly ConversationMessage[] {
    return [...this.#beginning(), ...this.#entries.map(({ message }) => message)];
  }

  /** The present state: messages of which each says all there is to say. */
  present(): unknown[] {
    return [
      ...PRESENT.flatMap((subtype) => this.#present.get(subtype) ?? []).map((message) =>
        this.#upToDate(message),
      ),
      ...this.#captures.values(),
    ];
  }

  /** What the newest todo list was written with; null: there is none. */
  todos(): unknown {
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      const message = this.#entries[index]?.message;
      if (message?.type !== 'assistant' || message.parent_tool_use_id !== null) continue;
      const call = message.message.content.findLast(
        (block) => block.type === 'tool_use' && block.name === 'TodoWrite',
      );
      if (call?.type === 'tool_use') return call.input;
    }
    return null;
  }

  /** What a person has said: this, or the newest; undefined: it is no part of the conversation (any more). */
  prompt(uuid?: string): { readonly uuid: string; readonly text: string } | undefined {
    const found = this.#entries.findLast(
      ({ key }) => key?.startsWith('user:') === true && (uuid === undefined || key === `user:${uuid}`),
    );
    if (found?.message.type !== 'user' || found.message.uuid === undefined) return undefined;
    const { content } = found.message.message;
    const texts = typeof content === 'string' ? [content] : content.map(textOf);
    return { uuid: found.message.uuid, text: texts.join(' ').trim() };
  }

  /** Items outside of what a panel holds in which the text is found. */
  find(text: string, held: { readonly first: string | null; readonly last: string | null }): FoundItems {
    return findItems(this.#entries, text, held);
  }

  #beginning(): readonly ConversationMessage[] {
    if (!this.#dropped) return [];
    const envelope = { uuid: crypto.randomUUID(), session_id: this.#options.sessionId };
    return [{ type: 'system', subtype: 'informational', ...envelope, ...DROPPED }];
  }

  #inFlight(envelope: { readonly uuid: string; readonly session_id: string }): unknown[] {
    return [
      ...this.#outputs.values(),
      ...[...this.#replies].flatMap(([parent_tool_use_id, reply]) =>
        reply.toEvents().map((event) => ({ type: 'stream_event', ...envelope, parent_tool_use_id, event })),
      ),
    ];
  }

  #addEvent({ event, parent_tool_use_id: parent }: StreamEventMessage): void {
    if (event.type === 'message_start') this.#replies.set(parent, new Accumulator());
    try {
      this.#replies.get(parent)?.push(event);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      // An event that doesn't fit makes the half-built reply worth nothing; the final message will come whole.
      this.#replies.delete(parent);
    }
  }

  #addOutput(message: ToolProgressMessage): void {
    const before = this.#outputs.get(message.tool_use_id)?.output ?? '';
    const output = (before + (message.output ?? '')).slice(-MAX_OUTPUT);
    this.#outputs.set(message.tool_use_id, { ...message, output });
  }

  #addSystem(message: SystemMessage): void {
    switch (message.subtype) {
      case 'init':
      case 'hook_started':
      case 'hook_response':
      case 'task_progress':
      case 'task_updated':
      case 'belay/permission_rules_changed':
      case 'belay/mcp_changed':
        return;
      case 'session_state_changed':
        if (message.state === 'idle') this.#settle();
        this.#present.set(message.subtype, message);
        return;
      case 'status':
      case 'belay/queue_changed':
      case 'belay/usage_changed':
      case 'belay/settings_pending':
        if (message.subtype === 'status') this.#present.delete('api_retry');
        this.#present.set(message.subtype, message);
        return;
      case 'api_retry':
        this.#retryAt = this.#options.now();
        this.#present.set(message.subtype, message);
        return;
      case 'belay/capture_changed':
        this.#captures.set(message.root, message);
        return;
      case 'belay/reply_discarded':
        this.#replies.delete(null);
        return;
      case 'belay/conversation_rewound':
        this.#cut(message.user_message_id);
        return;
      case 'local_command_output':
        // It has all that came while the command ran.
        if (message.tool_use_id !== undefined) this.#outputs.delete(message.tool_use_id);
        this.#keep(message);
        return;
      default:
        this.#keep(message);
        break;
    }
  }

  /** With the turn, everything in flight has ended. */
  #settle(): void {
    this.#replies.clear();
    this.#outputs.clear();
    this.#present.delete('api_retry');
  }

  #cut(userMessageId: string): void {
    const from = this.#entries.findIndex(
      ({ message }) => message.type === 'user' && message.uuid === userMessageId,
    );
    if (from === -1) return;
    for (const { size } of this.#entries.splice(from)) this.#size -= size;
    this.#settle();
  }

  #keep(message: ConversationMessage): void {
    const size = measure(message);
    this.#entries.push({ message, key: itemKey(message), size });
    this.#size += size;
    if (this.#size > (this.#options.maxSize ?? MAX_SIZE)) this.#dropOldest();
  }

  /** Whole turns go, down to three quarters of the limit, so that this isn't done for every message. */
  #dropOldest(): void {
    const target = (this.#options.maxSize ?? MAX_SIZE) * 0.75;
    let size = this.#size;
    let count = 0;
    for (const [index, entry] of this.#entries.entries()) {
      if (size <= target && isPrompt(entry.message)) break;
      size -= entry.size;
      count = index + 1;
    }
    // The newest turn stays, however large it is.
    const newest = this.#entries.findLastIndex(({ message }) => isPrompt(message));
    const gone = this.#entries.splice(0, Math.min(count, Math.max(newest, 0)));
    for (const entry of gone) this.#size -= entry.size;
    this.#dropped ||= gone.length > 0;
  }

  /** What the panel knows from elsewhere is left out, and a wait goes on where it is. */
  #upToDate(message: SystemMessage): SystemMessage {
    if (message.subtype === 'status') {
      const { model: _model, permissionMode: _mode, ...rest } = message;
      return rest;
    }
    if (message.subtype !== 'api_retry') return message;
    const waited = this.#options.now() - this.#retryAt;
    return { ...message, retry_delay_ms: Math.max(0, message.retry_delay_ms - waited) };
  }
}

const DROPPED = {
  content: 'The beginning of this conversation is no longer shown. All of it is in the transcript.',
  level: 'info',
} as const;

/** A person's message, which begins a turn. */
function isPrompt(message: ConversationMessage): boolean {
  return message.type === 'user' && message.isSynthetic !== true && toolResultIds(message).length === 0;
}

function textOf(block: ContentBlock): string {
  return isKnownBlock(block) && block.type === 'text' ? block.text : '';
}

function toolResultIds({ message: { content } }: UserMessage): string[] {
  if (typeof content === 'string') return [];
  return content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
}

function measure(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const [key, item] of Object.entries(value)) size += key.length + measure(item);
  return size;
}
