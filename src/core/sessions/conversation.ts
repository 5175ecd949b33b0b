/**
 * A conversation: the path through the messages of one session that is active, and what stands beside it. Pure data with
 * four moves: append, note, cut before a user message, restore the last cut. It knows the heads of the lines; what was said
 * in them is read by the session.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';
import { type ChainHead, isPromptHead, type LineHead, type NoteHead } from './lineHead.ts';
import type { ChainLine, RecordLine, VisibleLine } from './transcriptLine.ts';

export interface Cut {
  readonly userMessageId: string;
  /** What was cut off, oldest first. */
  readonly removed: readonly ChainHead[];
}

/** What was read of a session. */
export interface ConversationParts {
  /** The active messages, oldest first. */
  readonly path: readonly ChainHead[];
  readonly notes: readonly NoteHead[];
  /** In the order in which they were written. */
  readonly records: readonly RecordLine[];
  /** Ids of the calls that were about to change something. */
  readonly started: ReadonlySet<string>;
}

export class Conversation {
  readonly #path: ChainHead[];
  readonly #notes: NoteHead[];
  readonly #withheld = new Set<string>();
  readonly #started: Set<string>;
  #start: Extract<RecordLine, { type: 'belay/session_start' }> | undefined;
  #lastCut: Cut | undefined;

  constructor({ path, notes, records, started }: ConversationParts) {
    this.#path = [...path];
    this.#notes = [...notes];
    this.#started = new Set(started);
    for (const line of records) this.record(line);
  }

  /** The active messages, oldest first. */
  get path(): readonly ChainHead[] {
    return this.#path;
  }

  /** What the model may see of them: nothing from before the last summary. */
  get visible(): readonly ChainHead[] {
    const start = this.#path.findLastIndex((head) => head.isCompactSummary);
    return this.#path.slice(Math.max(0, start)).filter((head) => !this.#withheld.has(head.uuid));
  }

  get leaf(): ChainHead | undefined {
    return this.#path.at(-1);
  }

  /** What the session was started with; undefined when nothing has been sent yet. */
  get start(): Extract<RecordLine, { type: 'belay/session_start' }> | undefined {
    return this.#start;
  }

  /** Messages and notes in the order in which they are shown. */
  get history(): readonly LineHead[] {
    const notes = new Map<string | null, NoteHead[]>();
    for (const note of this.#notes) {
      const there = notes.get(note.parentUuid);
      if (there === undefined) notes.set(note.parentUuid, [note]);
      else there.push(note);
    }
    const history: LineHead[] = [...(notes.get(null) ?? [])];
    for (const head of this.#path) {
      history.push(head);
      for (const note of notes.get(head.uuid) ?? []) history.push(note);
    }
    return history;
  }

  /** The last reply and what stands behind it. Empty: there is no reply. */
  get sinceLastReply(): readonly ChainHead[] {
    const last = this.#path.findLastIndex((head) => head.type === 'assistant');
    return last === -1 ? [] : this.#path.slice(last);
  }

  /** The newest message of a person. */
  get lastPrompt(): ChainHead | undefined {
    return this.#path.findLast(isPromptHead);
  }

  /** A call that was about to change something: it may have run, also when nobody knows how it ended. */
  hasStarted(toolUseId: string): boolean {
    return this.#started.has(toolUseId);
  }

  append(head: ChainHead): void {
    this.#path.push(head);
    this.#lastCut = undefined;
  }

  note(head: NoteHead): void {
    this.#notes.push(head);
  }

  record(line: RecordLine): void {
    switch (line.type) {
      case 'belay/session_start':
        this.#start = line;
        return;
      case 'belay/tool_started':
        this.#started.add(line.tool_use_id);
        return;
      case 'belay/withheld':
        for (const uuid of line.uuids) this.#withheld.add(uuid);
        return;
      // Who moves the leaf has done so. What was permitted is for those who look it up.
      case 'belay/permission_decided':
      case 'belay/leaf_moved':
        return;
      default:
        line satisfies never;
    }
  }

  /** Cuts the named user message and all after it off. undefined: it isn't part of the conversation. */
  cutBefore(userMessageId: string): Cut | undefined {
    const index = this.#path.findIndex((head) => head.uuid === userMessageId && head.type === 'user');
    if (index === -1) return undefined;
    this.#lastCut = { userMessageId, removed: this.#path.splice(index) };
    return this.#lastCut;
  }

  /** Takes the last cut back. undefined: there is none, or something was said since. */
  restoreLastCut(): Cut | undefined {
    const cut = this.#lastCut;
    if (cut === undefined) return undefined;
    for (const head of cut.removed) this.#path.push(head);
    this.#lastCut = undefined;
    return cut;
  }
}

/** The blocks of a message, whatever form its content has. */
export function blocksOf(line: Pick<ChainLine, 'message'> | VisibleLine): readonly ContentBlock[] {
  const { content } = line.message;
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
