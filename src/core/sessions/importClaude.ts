/** A session of Claude Code, copied into one of Belay's. The original is read and never written. */
import type { Clock } from '../ports.ts';
import { type ClaudeMessage, readClaudeTranscript } from './claudeTranscript.ts';
import { promptText } from './promptText.ts';
import { parseTranscriptLine } from './transcriptLine.ts';
import type { TranscriptReader, TranscriptStore } from './transcriptStore.ts';

export interface ImportDeps {
  readonly source: TranscriptReader;
  readonly transcripts: Pick<TranscriptStore, 'open'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly createId: () => string;
}

/** Resolves to the id of the new session; undefined: there is nothing in the file that could be gone on with. */
export async function importClaude(deps: ImportDeps): Promise<string | undefined> {
  const { source, transcripts, clock, createId } = deps;
  const { messages, customTitle, unreadable } = await readClaudeTranscript(source);
  const sessionId = createId();
  const copied = copyMessages(messages, sessionId);
  if (!copied.hasPrompt) return undefined;
  const leftOut = unreadable + copied.leftOut;
  const note = {
    type: 'system',
    subtype: 'informational',
    uuid: createId(),
    session_id: sessionId,
    sessionId,
    parentUuid: copied.leaf,
    timestamp: new Date(clock.now()).toISOString(),
    level: leftOut === 0 ? 'info' : 'warning',
    content: describe(copied.lines.length, leftOut),
  };
  const title = customTitle === undefined || customTitle === '' ? [] : [customTitle];
  const file = await transcripts.open(sessionId);
  try {
    await file.append(
      [
        ...copied.lines,
        note,
        ...title.map((given) => ({ type: 'custom-title', customTitle: given, sessionId })),
      ].map((line) => JSON.stringify(line)),
    );
  } finally {
    await file.close();
  }
  return sessionId;
}

function describe(count: number, leftOut: number): string {
  const copied = `This is a copy of a session of Claude Code (${count} messages); what is said here does not go back there. Its thinking was not copied.`;
  if (leftOut === 0) return copied;
  const [what, was] = leftOut === 1 ? ['1 part', 'was'] : [`${leftOut} parts`, 'were'];
  return `${copied} ${what} of it could not be read, or ${leftOut === 1 ? 'is' : 'are'} of a kind that Belay does not know, and ${was} left out.`;
}

interface Copied {
  readonly lines: readonly object[];
  /** uuid of the last message. */
  readonly leaf: string | null;
  readonly leftOut: number;
  readonly hasPrompt: boolean;
}

/** One behind the other, whatever stood between them. */
function copyMessages(messages: readonly ClaudeMessage[], sessionId: string): Copied {
  const lines: object[] = [];
  let leaf: string | null = null;
  let leftOut = 0;
  let hasPrompt = false;
  for (const message of messages) {
    if (message.type === 'assistant' && message.isApiErrorMessage === true) continue;
    const { blocks, unknown } = copyBlocks(message.message.content);
    leftOut += unknown;
    if (blocks.length === 0) continue;
    const line = {
      ...toFields(message, blocks),
      uuid: message.uuid,
      parentUuid: leaf,
      session_id: sessionId,
      sessionId,
      timestamp: message.timestamp,
      parent_tool_use_id: null,
      isSidechain: false,
      userType: 'external',
    };
    const parsed = parseTranscriptLine(line);
    if (parsed?.kind !== 'chain') {
      leftOut += 1;
      continue;
    }
    if (parsed.line.type === 'user' && parsed.line.isSynthetic !== true)
      hasPrompt ||= promptText(parsed.line) !== '';
    lines.push(line);
    leaf = message.uuid;
  }
  return { lines, leaf, leftOut, hasPrompt };
}

function toFields(message: ClaudeMessage, content: readonly object[]): object {
  if (message.type === 'assistant')
    return {
      type: 'assistant',
      message: { ...message.message, type: 'message', role: 'assistant', content },
    };
  const isSummary = message.isCompactSummary === true;
  return {
    type: 'user',
    message: { role: 'user', content },
    ...(message.isMeta === true || isSummary ? { isSynthetic: true, isMeta: true } : {}),
    ...(isSummary ? { isCompactSummary: true } : {}),
  };
}

type Block = Exclude<ClaudeMessage['message']['content'], string>[number];

/** With the fields that every provider takes. Thinking is bound to the prompt that it was thought under, which is another one here. */
function copyBlocks(content: string | readonly Block[]): {
  readonly blocks: readonly object[];
  readonly unknown: number;
} {
  if (typeof content === 'string')
    return { blocks: content.trim() === '' ? [] : [{ type: 'text', text: content }], unknown: 0 };
  const blocks: object[] = [];
  let unknown = 0;
  for (const block of content) {
    if (block.type === 'thinking' || block.type === 'redacted_thinking') continue;
    const copy = copyBlock(block);
    if (copy === undefined) unknown += 1;
    else blocks.push(copy);
  }
  return { blocks, unknown };
}

/** undefined: of a kind that is not known here. */
function copyBlock(block: Block): object | undefined {
  const { type } = block;
  switch (type) {
    case 'text':
      return { type, text: block.text };
    case 'image':
    case 'document':
      return { type, source: block.source };
    case 'tool_use':
      return { type, id: block.id, name: block.name, input: block.input };
    case 'tool_result': {
      const { tool_use_id, content, is_error } = block;
      return { type, tool_use_id, content: toResult(content), ...(is_error === true ? { is_error } : {}) };
    }
    default:
      return undefined;
  }
}

function toResult(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? '';
  return content.filter((part) => part?.type === 'text' || part?.type === 'image');
}
