/** The commands of comments on changes. They are there from the start; what they do is loaded with the sessions. */
import {
  type Comment,
  type CommentReply,
  type CommentThread,
  commands,
  Disposable,
  type Memento,
} from 'vscode';
import type { LazySessions } from '../lazySessions.ts';
import { COMMENTS_KEY } from './commentsKey.ts';
import type { CommentActions } from './createComments.ts';

export function registerCommentCommands(sessions: LazySessions): Disposable {
  const register = <Argument>(
    name: string,
    run: (actions: CommentActions, argument: Argument) => void | Promise<void>,
  ): Disposable =>
    commands.registerCommand(`belay.comments.${name}`, (argument: Argument) =>
      sessions.use(({ comments }) => run(comments, argument)),
    );
  return Disposable.from(
    register('send', (does) => does.send()),
    register<CommentReply>('add', (does, reply) => does.editor.add(reply)),
    register<Comment>('edit', (does, comment) => does.editor.edit(comment)),
    register<Comment>('save', (does, comment) => does.editor.save(comment)),
    register<Comment>('cancel', (does, comment) => does.editor.cancel(comment)),
    register<Comment>('removeComment', (does, comment) => does.editor.removeComment(comment)),
    register<CommentThread>('remove', (does, thread) => does.editor.remove(thread)),
    register<CommentThread>('resolve', (does, thread) => does.editor.setResolved(thread, true)),
    register<CommentThread>('reopen', (does, thread) => does.editor.setResolved(thread, false)),
  );
}

/** Whether there are comments that should be seen without a panel: some that are not resolved. */
export function hasOpenComments(state: Pick<Memento, 'get'>): boolean {
  const stored = state.get<{ readonly threads?: readonly { readonly isResolved?: boolean }[] }>(COMMENTS_KEY);
  return stored?.threads?.some(({ isResolved }) => isResolved === false) === true;
}
