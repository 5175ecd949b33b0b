/**
 * From a transcript to its conversation. The whole file is looked through, in pieces and without making values of what was
 * said; that is read again where somebody looks at it. A line that can't be read never hides the ones around it
 * (SECURITY F32: torn last line, NUL padding, duplicate line, invalid UTF-8, a line of 50 MB): it is named, to be set aside.
 */
import { Conversation } from './conversation.ts';
import { HeadScanner, type ScannedLine } from './headScanner.ts';
import type { ChainHead, NoteHead } from './lineHead.ts';
import { readLines } from './readLines.ts';
import type { RecordLine } from './transcriptLine.ts';
import type { ByteRange, TranscriptReader } from './transcriptStore.ts';

export interface ReadTranscript {
  readonly conversation: Conversation;
  /** Whether there is such a message, be it part of the conversation (still) or not. */
  readonly hasMessage: (uuid: string) => boolean;
  /** Where the lines stand that could not be read, without their newlines, in order. */
  readonly corrupt: readonly ByteRange[];
  /** False when the file ends within a line: the next append must start a new one. */
  readonly endsWithNewline: boolean;
}

export async function readTranscript(file: Pick<TranscriptReader, 'read'>): Promise<ReadTranscript> {
  const scanner = new HeadScanner();
  const tree = new TreeBuilder();
  const corrupt: ByteRange[] = [];
  let end = 0;
  for await (const lines of readLines(file)) {
    for (const { bytes, place } of lines) {
      const line = bytes === undefined ? 'corrupt' : scanner.scan(bytes, place);
      if (line === 'corrupt') corrupt.push(place);
      else tree.add(line);
      end = place.end;
    }
  }
  // Behind a line that has one stands its newline.
  const endsWithNewline = end === 0 || (await file.read(new Uint8Array(1), end)) === 1;
  return { conversation: tree.build(), hasMessage: (uuid) => tree.has(uuid), corrupt, endsWithNewline };
}

/** Joins lines, as they come, to the tree they form. A line written twice (a retry after an unclear failure) counts once. */
class TreeBuilder {
  readonly #messages = new Map<string, ChainHead>();
  readonly #notes = new Map<string, NoteHead>();
  readonly #records: RecordLine[] = [];
  readonly #started = new Set<string>();
  /** What came before a message whose parent had not been read until then. */
  readonly #before = new Map<ChainHead, string | null>();
  #leaf: string | null = null;

  add(line: Exclude<ScannedLine, 'corrupt'>): void {
    if (line === 'other') return;
    if (line.kind === 'record') this.#addRecord(line.line);
    else if (line.kind === 'started') this.#started.add(line.toolUseId);
    else if (this.#messages.has(line.uuid) || this.#notes.has(line.uuid)) return;
    else if (line.kind === 'note') this.#notes.set(line.uuid, line);
    else this.#addMessage(line);
  }

  has(uuid: string): boolean {
    return this.#messages.has(uuid);
  }

  build(): Conversation {
    return new Conversation({
      path: this.#pathTo(this.#leaf),
      notes: [...this.#notes.values()],
      records: this.#records,
      started: this.#started,
    });
  }

  #addRecord(line: RecordLine): void {
    this.#records.push(line);
    if (line.type !== 'belay/leaf_moved') return;
    const { leafUuid, user_message_id } = line;
    const isKnown = leafUuid === null || this.#messages.has(leafUuid);
    this.#leaf = isKnown ? leafUuid : this.#beforeMessage(user_message_id);
  }

  /** Where the conversation stood when this message was written; when that is unknown too, it stays where it is. */
  #beforeMessage(uuid: string): string | null {
    const head = this.#messages.get(uuid);
    return (head === undefined ? undefined : this.#before.get(head)) ?? this.#leaf;
  }

  #addMessage(head: ChainHead): void {
    if (head.parentUuid !== null && !this.#messages.has(head.parentUuid)) this.#before.set(head, this.#leaf);
    this.#messages.set(head.uuid, head);
    this.#leaf = head.uuid;
  }

  /**
   * From the leaf up to the root. Where a parent is missing, because its line could not be read, the walk goes on with the
   * message that was the newest when the child was written.
   */
  #pathTo(leaf: string | null): ChainHead[] {
    const path: ChainHead[] = [];
    // A way back to earlier lines only ends by itself; it is watched from where it takes a step to a later one.
    let visited: Set<string> | undefined;
    let next = leaf;
    while (next !== null && visited?.has(next) !== true) {
      const head = this.#messages.get(next);
      if (head === undefined) break;
      path.push(head);
      const isOrphan = this.#before.has(head);
      if (isOrphan) visited ??= new Set(path.map(({ uuid }) => uuid));
      visited?.add(head.uuid);
      next = isOrphan ? this.#parentOfOrphan(head, visited) : head.parentUuid;
    }
    return path.reverse();
  }

  /** Its own word counts, as long as it leads on. */
  #parentOfOrphan(head: ChainHead, visited: ReadonlySet<string> | undefined): string | null {
    const { parentUuid } = head;
    const leadsOn =
      parentUuid !== null && this.#messages.has(parentUuid) && visited?.has(parentUuid) !== true;
    return leadsOn ? parentUuid : (this.#before.get(head) ?? null);
  }
}
