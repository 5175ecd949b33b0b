/**
 * A conversation: the tree of messages of one session and the path through it that is active. Pure data with four moves:
 * append, note, cut before a user message, restore the last cut.
 */
import type { ContentBlock, ToolUseBlock } from '../../protocol/blocks.ts';
import type { ChainLine, NoteLine, RecordLine, TranscriptLine } from './transcriptLine.ts';

export interface Cut {
  readonly userMessageId: string;
  /** What was cut off, oldest first. */
  readonly removed: readonly ChainLine[];
}

export class Conversation {
  #path: ChainLine[] = [];
  readonly #notes: NoteLine[] = [];
  readonly #withheld = new Set<string>();
  readonly #started = new Set<string>();
  #start: Extract<RecordLine, { type: 'belay/session_start' }> | undefined;
  #lastCut: Cut | undefined;

  static fromLines(lines: readonly TranscriptLine[]): Conversation {
    const conversation = new Conversation();
    const byUuid = new Map<string, ChainLine>();
    let leaf: string | null = null;
    for (const { kind, line } of lines.filter((entry) => entry.kind !== 'other')) {
      if (kind === 'chain') {
        byUuid.set(line.uuid, line);
        leaf = line.uuid;
      } else if (kind === 'note') conversation.#notes.push(line);
      else leaf = conversation.#applyRecord(line, leaf);
    }
    conversation.#path = pathTo(leaf, byUuid);
    return conversation;
  }

  /** The active messages, oldest first. */
  get path(): readonly ChainLine[] {
    return this.#path;
  }

  /** What the model may see of them: nothing from before the last summary. */
  get visibleToModel(): readonly ChainLine[] {
    const start = this.#path.findLastIndex((line) => line.type === 'user' && line.isCompactSummary === true);
    return this.#path.slice(Math.max(0, start)).filter((line) => !this.#withheld.has(line.uuid));
  }

  get leaf(): ChainLine | undefined {
    return this.#path.at(-1);
  }

  /** What the session was started with; undefined when nothing has been sent yet. */
  get start(): Extract<RecordLine, { type: 'belay/session_start' }> | undefined {
    return this.#start;
  }

  /** Messages and notes in the order in which they are shown. */
  get history(): readonly (ChainLine | NoteLine)[] {
    const notes = new Map<string | null, NoteLine[]>();
    for (const note of this.#notes) notes.set(note.parentUuid, [...(notes.get(note.parentUuid) ?? []), note]);
    return [
      ...(notes.get(null) ?? []),
      ...this.#path.flatMap((line) => [line, ...(notes.get(line.uuid) ?? [])]),
    ];
  }

  append(line: ChainLine): void {
    this.#path.push(line);
    this.#lastCut = undefined;
  }

  note(line: NoteLine): void {
    this.#notes.push(line);
  }

  record(line: RecordLine): void {
    this.#applyRecord(line, null);
  }

  /** Cuts the named user message and all after it off. undefined: it isn't part of the conversation. */
  cutBefore(userMessageId: string): Cut | undefined {
    const index = this.#path.findIndex((line) => line.uuid === userMessageId && line.type === 'user');
    if (index === -1) return undefined;
    this.#lastCut = { userMessageId, removed: this.#path.splice(index) };
    return this.#lastCut;
  }

  /** Takes the last cut back. undefined: there is none, or something was said since. */
  restoreLastCut(): Cut | undefined {
    const cut = this.#lastCut;
    if (cut === undefined) return undefined;
    this.#path.push(...cut.removed);
    this.#lastCut = undefined;
    return cut;
  }

  /** Calls at the end of the path that were never answered: the process ended, or was interrupted, before they were. */
  unansweredCalls(): readonly { readonly call: ToolUseBlock; readonly mayHaveRun: boolean }[] {
    const lastReply = this.#path.findLastIndex((line) => line.type === 'assistant');
    const reply = this.#path[lastReply];
    if (reply === undefined) return [];
    const answered = new Set(this.#path.slice(lastReply + 1).flatMap(answeredIds));
    return blocksOf(reply)
      .filter((block): block is ToolUseBlock => block.type === 'tool_use')
      .filter((call) => !answered.has(call.id))
      .map((call) => ({ call, mayHaveRun: this.#started.has(call.id) }));
  }

  #applyRecord(line: RecordLine, leaf: string | null): string | null {
    switch (line.type) {
      case 'belay/session_start':
        this.#start = line;
        return leaf;
      case 'belay/tool_started':
        this.#started.add(line.tool_use_id);
        return leaf;
      case 'belay/withheld':
        for (const uuid of line.uuids) this.#withheld.add(uuid);
        return leaf;
      case 'belay/leaf_moved':
        return line.leafUuid;
      default:
        return line satisfies never;
    }
  }
}

/** The blocks of a message, whatever form its content has. */
export function blocksOf(line: ChainLine): readonly ContentBlock[] {
  const { content } = line.message;
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function answeredIds(line: ChainLine): string[] {
  return blocksOf(line).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
}

/** From the leaf up to the root. A line that is missing or points back at itself ends the walk. */
function pathTo(leaf: string | null, byUuid: ReadonlyMap<string, ChainLine>): ChainLine[] {
  const path: ChainLine[] = [];
  const visited = new Set<string>();
  let next = leaf;
  while (next !== null && !visited.has(next)) {
    visited.add(next);
    const line = byUuid.get(next);
    if (line === undefined) break;
    path.push(line);
    next = line.parentUuid;
  }
  return path.reverse();
}
