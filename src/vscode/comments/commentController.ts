/** The comments on changes as the editor's own threads: drawn from what is known of them, and changed by what a person does there. */
import {
  type Comment,
  type CommentController,
  CommentMode,
  type CommentReply,
  type CommentThread,
  CommentThreadCollapsibleState,
  CommentThreadState,
  Disposable,
  Range,
  type TextDocument,
  Uri,
  comments as vscodeComments,
  workspace,
} from 'vscode';
import type { CommentThread as Thread, ThreadComment } from '../../core/review/commentThreads.ts';
import { type Lines, toReviewLines } from '../../core/review/reviewText.ts';
import type { CommentableLines } from './commentableLines.ts';
import type { ReviewComments } from './reviewComments.ts';

export const COMMENT_CONTROLLER = 'belay.review';

export interface CommentEditor extends Disposable {
  /** What a person has written below a thread, or on lines that have none yet. */
  add(reply: CommentReply): void;
  /** Opens the text of a comment that was not sent. */
  edit(comment: Comment): void;
  save(comment: Comment): void;
  cancel(comment: Comment): void;
  removeComment(comment: Comment): void;
  remove(thread: CommentThread): void;
  setResolved(thread: CommentThread, isResolved: boolean): void;
  /** Whether the text of a comment of this thread is open. */
  isEdited(id: string): boolean;
}

export function createCommentEditor(comments: ReviewComments, lines: CommentableLines): CommentEditor {
  const controller = vscodeComments.createCommentController(COMMENT_CONTROLLER, 'Belay');
  controller.options = {
    prompt: 'Comment for Belay',
    placeHolder: 'Goes to Belay when you send your comments',
  };
  const drawn = new DrawnThreads(controller, comments);
  const offer = (): void => {
    // Set anew, it is asked anew.
    controller.commentingRangeProvider = {
      provideCommentingRanges: (document) => toRanges(document, lines),
    };
  };
  offer();
  for (const document of workspace.textDocuments) look(document, comments);
  for (const { id } of comments.all) drawn.draw(id);
  const registrations = Disposable.from(
    comments.onDidChange((id) => drawn.draw(id)),
    lines.onDidChange(offer),
    workspace.onDidOpenTextDocument((document) => look(document, comments)),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || !hasComments(document, comments)) return;
      const edits = contentChanges.map(({ range, text }) => ({ start: range.start, end: range.end, text }));
      comments.move(document.uri.fsPath, edits, textOf(document));
    }),
    controller,
  );
  return {
    add({ thread, text }) {
      const id = drawn.idOf(thread);
      if (text.trim() === '') return;
      if (id === undefined) void start(thread, text, { comments, drawn });
      else comments.say(id, text);
    },
    edit: (comment) => drawn.setEdited(comment, true),
    save(comment) {
      const shown = toShown(comment);
      drawn.setEdited(comment, false);
      const text = String(comment.body);
      if (shown === undefined) return;
      if (text.trim() === '') drawn.draw(shown.threadId);
      else comments.edit(shown.threadId, shown.index, text);
    },
    cancel: (comment) => drawn.setEdited(comment, false),
    removeComment(comment) {
      const shown = toShown(comment);
      if (shown !== undefined) comments.removeComment(shown.threadId, shown.index);
    },
    remove(thread) {
      const id = drawn.idOf(thread);
      if (id === undefined) thread.dispose();
      else comments.remove(id);
    },
    setResolved(thread, isResolved) {
      const id = drawn.idOf(thread);
      if (id !== undefined) comments.setResolved(id, isResolved);
    },
    isEdited: (id) => drawn.isEdited(id),
    dispose: () => registrations.dispose(),
  };
}

interface Starting {
  readonly comments: ReviewComments;
  readonly drawn: DrawnThreads;
}

async function start(thread: CommentThread, text: string, { comments, drawn }: Starting): Promise<void> {
  const document = await workspace.openTextDocument(thread.uri);
  const { start, end } = thread.range ?? new Range(0, 0, 0, 0);
  const place = { path: thread.uri.fsPath, start: start.line, end: end.line };
  drawn.adopt(thread, () => comments.start(place, text, textOf(document)));
}

function look(document: TextDocument, comments: ReviewComments): void {
  if (hasComments(document, comments)) comments.look(document.uri.fsPath, textOf(document));
}

function hasComments({ uri }: TextDocument, comments: ReviewComments): boolean {
  return uri.scheme === 'file' && comments.all.some(({ path }) => path === uri.fsPath);
}

function textOf(document: TextDocument): Lines {
  return toReviewLines(document.getText());
}

function toRanges(document: TextDocument, lines: CommentableLines): Range[] | undefined {
  if (document.uri.scheme !== 'file') return undefined;
  const last = document.lineCount - 1;
  const ranges = lines.of(document.uri.fsPath, textOf(document)).map(({ start, end }) => {
    const first = Math.min(start, last);
    return new Range(first, 0, Math.max(first, Math.min(end - 1, last)), 0);
  });
  return ranges.length === 0 ? undefined : ranges;
}

/** One comment as VS Code holds it. Its text is what the user sees or, while they change it, what they have typed. */
class ShownComment implements Comment {
  readonly threadId: string;
  readonly index: number;
  readonly author: { readonly name: string };
  readonly contextValue: string;
  readonly label?: string;
  body: string;
  mode: CommentMode;

  constructor(thread: Thread, index: number, { author, text, isSent }: ThreadComment, isEdited: boolean) {
    this.threadId = thread.id;
    this.index = index;
    this.body = text;
    this.author = { name: author === 'user' ? 'You' : 'Belay' };
    this.contextValue = isSent ? 'sent' : 'unsent';
    if (!isSent) this.label = 'not sent';
    this.mode = isEdited ? CommentMode.Editing : CommentMode.Preview;
  }
}

function toShown(comment: Comment): ShownComment | undefined {
  return comment instanceof ShownComment ? comment : undefined;
}

class DrawnThreads {
  readonly #controller: CommentController;
  readonly #comments: ReviewComments;
  readonly #threads = new Map<string, CommentThread>();
  /** Comments whose text is open: "c3/0". */
  readonly #edited = new Set<string>();
  #adopted: CommentThread | undefined;

  constructor(controller: CommentController, comments: ReviewComments) {
    this.#controller = controller;
    this.#comments = comments;
  }

  idOf(thread: CommentThread): string | undefined {
    for (const [id, drawn] of this.#threads) if (drawn === thread) return id;
    return undefined;
  }

  /** The thread that the editor has made for what is said first shows it from then on. */
  adopt(thread: CommentThread, start: () => string): void {
    this.#adopted = thread;
    start();
  }

  setEdited(comment: Comment, isEdited: boolean): void {
    const shown = toShown(comment);
    if (shown === undefined) return;
    const key = `${shown.threadId}/${shown.index}`;
    if (isEdited) this.#edited.add(key);
    else this.#edited.delete(key);
    this.draw(shown.threadId);
  }

  isEdited(id: string): boolean {
    return [...this.#edited].some((key) => key.startsWith(`${id}/`));
  }

  draw(id: string): void {
    const thread = this.#comments.find(id);
    if (thread === undefined) {
      this.#threads.get(id)?.dispose();
      this.#threads.delete(id);
      return;
    }
    const range = new Range(thread.start, 0, thread.end, 0);
    const drawn = this.#threads.get(id) ?? this.#create(thread, range);
    this.#threads.set(id, drawn);
    if (drawn.range?.isEqual(range) !== true) drawn.range = range;
    drawn.canReply = true;
    drawn.label = describe(thread);
    drawn.state = thread.isResolved ? CommentThreadState.Resolved : CommentThreadState.Unresolved;
    drawn.contextValue = thread.isResolved ? 'resolved' : thread.sessionId === null ? 'unsent' : 'open';
    drawn.comments = thread.comments.map(
      (comment, index) => new ShownComment(thread, index, comment, this.#edited.has(`${id}/${index}`)),
    );
  }

  #create({ path, isResolved }: Thread, range: Range): CommentThread {
    const adopted = this.#adopted;
    this.#adopted = undefined;
    if (adopted !== undefined) return adopted;
    const thread = this.#controller.createCommentThread(Uri.file(path), range, []);
    thread.collapsibleState = isResolved
      ? CommentThreadCollapsibleState.Collapsed
      : CommentThreadCollapsibleState.Expanded;
    return thread;
  }
}

function describe({ isResolved, comments, sessionId }: Thread): string {
  if (comments.some(({ isSent }) => !isSent)) return 'Comment for Belay, not sent';
  if (isResolved) return 'Comment for Belay, resolved';
  return sessionId === null ? 'Comment for Belay' : 'Comment for Belay, sent';
}
