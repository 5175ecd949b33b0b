/**
 * A transcript of Claude Code, read for what was said in it. Its lines form a tree like ours, but each block of a reply is a line
 * of its own, what the program has told the model stands between them, and most lines are none of the conversation.
 */
import * as z from 'zod';
import { readLines } from './readLines.ts';
import type { TranscriptReader } from './transcriptStore.ts';

/** A message of the conversation. */
export type ClaudeMessage = z.infer<typeof messageLine>;

export interface ClaudeTranscript {
  /** The conversation as it stood at the end, oldest first: replies whole, the results of their calls behind them. */
  readonly messages: readonly ClaudeMessage[];
  readonly customTitle: string | undefined;
  /** Lines that are no JSON, or not what they say they are. */
  readonly unreadable: number;
}

const envelope = {
  uuid: z.string(),
  parentUuid: z.string().nullable(),
  /** Where a compaction has cut the tree, what comes before. */
  logicalParentUuid: z.string().nullish(),
  isSidechain: z.boolean().optional(),
};

const block = z.looseObject({ type: z.string() });
const timestamp = z.string();
const messageLine = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('user'),
    ...envelope,
    timestamp,
    isMeta: z.boolean().optional(),
    isCompactSummary: z.boolean().optional(),
    message: z.looseObject({ content: z.union([z.string(), z.array(block)]) }),
  }),
  z.looseObject({
    type: z.literal('assistant'),
    ...envelope,
    timestamp,
    /** The program's own words in place of a reply. */
    isApiErrorMessage: z.boolean().optional(),
    message: z.looseObject({ id: z.string(), content: z.array(block) }),
  }),
]);

/** Something else in the tree. */
const treeLine = z.looseObject({ type: z.string(), ...envelope });
const titleLine = z.looseObject({ type: z.literal('custom-title'), customTitle: z.string() });
const typed = z.looseObject({ type: z.string() });

/** Any file can be read; one that is no transcript has no messages. */
export async function readClaudeTranscript(file: Pick<TranscriptReader, 'read'>): Promise<ClaudeTranscript> {
  const tree = new ClaudeTree();
  for await (const lines of readLines(file)) {
    for (const { bytes } of lines) tree.add(bytes === undefined ? undefined : parseJson(bytes));
  }
  return { messages: tree.conversation(), customTitle: tree.customTitle, unreadable: tree.unreadable };
}

class ClaudeTree {
  customTitle: string | undefined;
  unreadable = 0;
  readonly #parents = new Map<string, string | null>();
  readonly #messages = new Map<string, ClaudeMessage>();
  #leaf: string | null = null;

  add(value: unknown): void {
    const type = typed.safeParse(value).data?.type;
    if (type === 'user' || type === 'assistant') this.#addMessage(value);
    else if (type === 'custom-title') this.customTitle = titleLine.safeParse(value).data?.customTitle.trim();
    else if (type === undefined) this.unreadable += 1;
    else {
      const line = treeLine.safeParse(value).data;
      if (line !== undefined) this.#parents.set(line.uuid, parentOf(line));
    }
  }

  #addMessage(value: unknown): void {
    const line = messageLine.safeParse(value).data;
    if (line === undefined) {
      this.unreadable += 1;
      return;
    }
    if (line.isSidechain === true) return;
    this.#parents.set(line.uuid, parentOf(line));
    this.#messages.set(line.uuid, line);
    this.#leaf = line.uuid;
  }

  /**
   * The path to the last message. Calls that ran side by side are branches of it: the other lines of a reply on it, and the
   * results of its calls, belong to it.
   */
  conversation(): readonly ClaudeMessage[] {
    const onPath = this.#path();
    const replies = new Set<string>();
    const calls = new Set<string>();
    for (const line of this.#messages.values()) {
      if (line.type === 'assistant' && onPath.has(line.uuid)) replies.add(line.message.id);
    }
    const isPart = (line: ClaudeMessage): boolean => {
      if (onPath.has(line.uuid)) return true;
      return line.type === 'assistant'
        ? replies.has(line.message.id)
        : resultsIn(line).some((id) => calls.has(id));
    };
    const parts: ClaudeMessage[] = [];
    for (const line of this.#messages.values()) {
      if (!isPart(line)) continue;
      for (const id of callsIn(line)) calls.add(id);
      parts.push(line);
    }
    return joinReplies(parts);
  }

  #path(): ReadonlySet<string> {
    const path = new Set<string>();
    for (let next = this.#leaf; next !== null && !path.has(next); next = this.#parents.get(next) ?? null)
      path.add(next);
    return path;
  }
}

function parentOf(line: z.infer<typeof treeLine>): string | null {
  return line.parentUuid ?? line.logicalParentUuid ?? null;
}

function joinReplies(lines: readonly ClaudeMessage[]): readonly ClaudeMessage[] {
  const joined: ClaudeMessage[] = [];
  const places = new Map<string, number>();
  for (const line of lines) {
    const id = line.type === 'assistant' ? line.message.id : undefined;
    const place = id === undefined ? undefined : places.get(id);
    const first = place === undefined ? undefined : joined[place];
    if (line.type === 'assistant' && first?.type === 'assistant' && place !== undefined) {
      const content = [...first.message.content, ...line.message.content];
      joined[place] = { ...first, message: { ...first.message, ...line.message, content } };
      continue;
    }
    if (id !== undefined) places.set(id, joined.length);
    joined.push(line);
  }
  return joined;
}

function callsIn({ type, message: { content } }: ClaudeMessage): readonly string[] {
  if (type !== 'assistant' || typeof content === 'string') return [];
  return content.flatMap((each) => (each.type === 'tool_use' ? [String(each.id)] : []));
}

function resultsIn({ message: { content } }: ClaudeMessage): readonly string[] {
  if (typeof content === 'string') return [];
  return content.flatMap((each) => (each.type === 'tool_result' ? [String(each.tool_use_id)] : []));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
