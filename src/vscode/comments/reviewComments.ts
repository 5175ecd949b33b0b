/** What the user has said about lines of changes, in this workspace. It outlives the window. No editor in here. */

import type { CommentAnswer, CommentOutcome } from '../../core/ports.ts';
import {
  type CommentThread,
  editComment,
  findAgain,
  follow,
  type LineSpan,
  noteAnswer,
  noteSent,
  noteTaken,
  placeAt,
  removeComment,
  say,
  type TextEdit,
  unsentOf,
} from '../../core/review/commentThreads.ts';
import type { Lines } from '../../core/review/reviewText.ts';
import type { CommentStore } from './commentStore.ts';

export interface Place extends LineSpan {
  readonly path: string;
}

/** Milliseconds until what has changed is written. */
const REST_MS = 300;

export class ReviewComments {
  readonly #store: CommentStore;
  readonly #threads = new Map<string, CommentThread>();
  readonly #listeners = new Set<(id: string) => void>();
  #next: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: CommentStore) {
    this.#store = store;
    const { threads, next } = store.read();
    // What waited for an agent when the window was closed waits no more.
    for (const thread of threads)
      this.#threads.set(
        thread.id,
        noteTaken(thread, () => true, false),
      );
    this.#next = next;
  }

  get all(): readonly CommentThread[] {
    return [...this.#threads.values()];
  }

  find(id: string): CommentThread | undefined {
    return this.#threads.get(id);
  }

  /** How many the agent has not been told. */
  countUnsent(): number {
    return this.all.reduce((sum, thread) => sum + unsentOf(thread).length, 0);
  }

  /** Must not throw. Called with the id of each thread that is new, different or gone. */
  onDidChange(listener: (id: string) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** The first comment on these lines. Returns the id of its thread. */
  start({ path, ...span }: Place, said: string, text: Lines): string {
    const id = `c${this.#next}`;
    this.#next += 1;
    const empty: CommentThread = {
      ...{ id, path, ...span, quoted: [], comments: [] },
      ...{ isResolved: false, sessionId: null },
    };
    this.#put(id, say(placeAt(empty, span, text), said));
    return id;
  }

  say(id: string, text: string): void {
    this.#change(id, (thread) => say(thread, text));
  }

  edit(id: string, index: number, text: string): void {
    this.#change(id, (thread) => editComment(thread, index, text));
  }

  removeComment(id: string, index: number): void {
    this.#change(id, (thread) => removeComment(thread, index));
  }

  remove(id: string): void {
    this.#change(id, () => undefined);
  }

  setResolved(id: string, isResolved: boolean): void {
    this.#change(id, (thread) => ({ ...thread, isResolved }));
  }

  /** A document of the file was edited; `text` is what it is now. */
  move(path: string, edits: readonly TextEdit[], text: Lines): void {
    for (const thread of this.#of(path)) this.#place(thread, follow(thread, edits, text));
  }

  /** The file may have changed without anybody having seen how. */
  look(path: string, text: Lines): void {
    for (const thread of this.#of(path)) this.#place(thread, findAgain(thread, text));
  }

  /** These, as they are now, are on their way to the agent of this session, in this message. */
  noteSent(
    threads: readonly CommentThread[],
    sent: { readonly sessionId: string; readonly message: string },
  ): void {
    for (const thread of threads)
      if (this.find(thread.id) === thread) this.#put(thread.id, noteSent(thread, sent));
  }

  /** What has become of the message that comments went with: taken up by the agent, or taken back before. */
  noteTaken(message: string, isTakenUp: boolean): void {
    for (const thread of this.all) {
      const noted = noteTaken(thread, (each) => each === message, isTakenUp);
      if (noted !== thread) this.#put(thread.id, noted);
    }
  }

  /** What the agent of this session says of one that it has been told. */
  answer(sessionId: string, { id, reply }: CommentAnswer): CommentOutcome {
    const thread = this.#threads.get(id);
    const isFound = thread?.sessionId === sessionId;
    if (isFound) this.#put(id, noteAnswer(thread, reply));
    const open = this.all.filter((each) => each.sessionId === sessionId && !each.isResolved);
    return { isFound, open: open.map((each) => each.id) };
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#store.save({ threads: this.all, next: this.#next });
  }

  #of(path: string): readonly CommentThread[] {
    return this.all.filter((thread) => thread.path === path);
  }

  #change(id: string, change: (thread: CommentThread) => CommentThread | undefined): void {
    const thread = this.#threads.get(id);
    if (thread !== undefined) this.#put(id, change(thread));
  }

  #place(thread: CommentThread, placed: CommentThread): void {
    const isSame =
      placed.start === thread.start &&
      placed.end === thread.end &&
      placed.quoted.join('') === thread.quoted.join('');
    if (!isSame) this.#put(thread.id, placed);
  }

  #put(id: string, thread: CommentThread | undefined): void {
    if (thread === undefined) this.#threads.delete(id);
    else this.#threads.set(id, thread);
    this.#timer ??= setTimeout(() => void this.flush(), REST_MS);
    for (const listener of [...this.#listeners]) listener(id);
  }
}
