/**
 * What is known of a line of a transcript without parsing its content, and where that stands: the range is that of the line in
 * the file, without its newline. One that was said in this run is held in memory and has the range SAID.
 */

import type { ChainLine, NoteLine } from './transcriptLine.ts';
import type { ByteRange } from './transcriptStore.ts';

/** A message of the conversation. Heads form a tree by `parentUuid`; one path is active. */
export interface ChainHead extends ByteRange {
  readonly kind: 'chain';
  readonly uuid: string;
  readonly parentUuid: string | null;
  readonly type: 'user' | 'assistant';
  /** Said by Belay itself. */
  readonly isSynthetic: boolean;
  /** Stands for all that was said before it. */
  readonly isCompactSummary: boolean;
  /** It has the whole output of a tool. */
  readonly hasOutput: boolean;
  /** A reply that was cut off. */
  readonly isAborted: boolean;
}

/** Something beside the conversation, shown after the message `parentUuid`. */
export interface NoteHead extends ByteRange {
  readonly kind: 'note';
  readonly uuid: string;
  readonly parentUuid: string | null;
  readonly type: 'result' | 'system';
}

export type LineHead = ChainHead | NoteHead;

/** Of a line that was said in this run: nowhere that one could read it. */
export const SAID: ByteRange = { start: 0, end: 0 };

/** Of a message that is appended now. */
export function toChainHead(line: ChainLine): ChainHead {
  const isUser = line.type === 'user';
  return {
    kind: 'chain',
    uuid: line.uuid,
    parentUuid: line.parentUuid,
    type: line.type,
    isSynthetic: isUser && line.isSynthetic === true,
    isCompactSummary: isUser && line.isCompactSummary === true,
    hasOutput: isUser && line.tool_use_result !== undefined,
    isAborted: !isUser && line.aborted === true,
    ...SAID,
  };
}

/** Of a note that is made now. */
export function toNoteHead({ uuid, parentUuid, type }: NoteLine): NoteHead {
  return { kind: 'note', uuid, parentUuid, type, ...SAID };
}

/** Said by a person, not by a tool or by Belay itself. */
export function isPromptHead(head: LineHead): boolean {
  return head.type === 'user' && !head.isSynthetic && !head.hasOutput;
}
