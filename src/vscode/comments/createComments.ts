/** Puts the comments of a window together, and sends them. */
import { isAbsolute, relative, sep } from 'node:path';
import { commands, Disposable, type Memento, Uri, window, workspace } from 'vscode';
import type { Log, ReviewComments as ReviewCommentsPort } from '../../core/ports.ts';
import { toCommentMessage } from '../../core/review/commentMessage.ts';
import { type CommentThread, unsentOf } from '../../core/review/commentThreads.ts';
import { toReviewLines } from '../../core/review/reviewText.ts';
import { findDocument } from '../openDocuments.ts';
import type { Review } from '../review/review.ts';
import type { SessionHost } from '../sessionHost.ts';
import { createCommentableLines } from './commentableLines.ts';
import { type CommentEditor, createCommentEditor } from './commentController.ts';
import { createCommentStore } from './commentStore.ts';
import type { LineStorage } from './lineStorage.ts';
import { ReviewComments } from './reviewComments.ts';

export interface CommentActions {
  readonly editor: CommentEditor;
  /** What was not sent, as one message to the session of the panel. */
  send(): Promise<void>;
}

export interface Comments extends Disposable {
  readonly comments: ReviewComments;
  readonly actions: CommentActions;
  /** Resolves when all is written. */
  flush(): Promise<void>;
  /** What the agent of a session says of them. */
  port(sessionId: string): ReviewCommentsPort;
}

export interface CommentsDeps {
  readonly review: Review;
  /** Of this workspace. */
  readonly state: Memento;
  readonly lineStorage: LineStorage;
  /** Shows the panel; undefined: nothing can be said there yet. */
  readonly openPanel: () => Promise<Pick<SessionHost, 'say' | 'sessionId' | 'isTakenUp'> | undefined>;
  /** Where the agent works, absolute. */
  readonly cwd: () => string;
  readonly log: Pick<Log, 'warn'>;
}

export function createComments(deps: CommentsDeps): Comments {
  const comments = new ReviewComments(createCommentStore(deps.state, deps.log));
  const lines = createCommentableLines(deps.review, deps.lineStorage);
  const editor = createCommentEditor(comments, lines);
  const parts = Disposable.from(editor, lines, followContext(comments));
  return {
    comments,
    actions: { editor, send: () => send(comments, editor, deps) },
    flush: async () => void (await Promise.all([comments.flush(), lines.flush()])),
    port: (sessionId) => ({ resolve: async (answer) => comments.answer(sessionId, answer) }),
    dispose: () => parts.dispose(),
  };
}

async function send(
  comments: ReviewComments,
  editor: CommentEditor,
  { openPanel, cwd }: CommentsDeps,
): Promise<void> {
  if (comments.countUnsent() === 0) {
    await window.showInformationMessage('Belay: there is no comment that was not sent.');
    return;
  }
  const host = await openPanel();
  if (host === undefined) return;
  // What a person is just changing goes with the next ones.
  const isUnsent = (thread: CommentThread): boolean =>
    unsentOf(thread).length > 0 && !editor.isEdited(thread.id);
  const paths = new Set(comments.all.filter(isUnsent).map(({ path }) => path));
  for (const path of paths) await lookAt(path, comments);
  // As they are now: the texts have been read meanwhile.
  const threads = comments.all.filter(isUnsent);
  const text = toCommentMessage(threads, (path) => toName(path, cwd()));
  if (text === undefined) {
    await window.showInformationMessage('Belay: save the comment that you are changing, then send it.');
    return;
  }
  const message = crypto.randomUUID();
  host.say({
    type: 'user',
    message: { role: 'user', content: [{ type: 'text', text }] },
    parent_tool_use_id: null,
    session_id: host.sessionId,
    uuid: message,
  });
  comments.noteSent(threads, { sessionId: host.sessionId, message });
  // It may wait in the queue, and be taken out of it.
  void host.isTakenUp(message).then((isTakenUp) => comments.noteTaken(message, isTakenUp));
}

/** Of a document in an editor every edit was followed. Others may have changed on the disk. */
async function lookAt(path: string, comments: ReviewComments): Promise<void> {
  if (findDocument(path) !== undefined) return;
  const bytes = await workspace.fs.readFile(Uri.file(path)).then(
    (read) => read,
    () => undefined,
  );
  if (bytes !== undefined) comments.look(path, toReviewLines(Buffer.from(bytes).toString('utf8')));
}

/** As the agent names files: from where it works. */
function toName(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') || isAbsolute(name) ? path : name.split(sep).join('/');
}

/** What menus go by. */
function followContext(comments: ReviewComments): { dispose(): void } {
  let told: boolean | undefined;
  const tell = (): void => {
    const hasUnsent = comments.countUnsent() > 0;
    if (told !== hasUnsent) void commands.executeCommand('setContext', 'belay.comments.hasUnsent', hasUnsent);
    told = hasUnsent;
  };
  tell();
  return comments.onDidChange(tell);
}
