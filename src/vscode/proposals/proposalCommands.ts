/** The commands of proposals. They are there from the start; what they do is loaded with the sessions. */
import { type CommentReply, type CommentThread, commands, Disposable } from 'vscode';
import type { LazySessions } from '../lazySessions.ts';

/** `uri`, `key`: what a menu or a lens gives; else the active editor and its cursor say what is meant. */
export interface ProposalActions {
  accept(uri: unknown): void;
  reject(uri: unknown): void;
  acceptAll(): void;
  rejectAll(): void;
  acceptHunk(uri: unknown, key: unknown): void;
  rejectHunk(uri: unknown, key: unknown): Promise<void>;
  comment(uri: unknown, key: unknown): Promise<void>;
  addComment(reply: CommentReply): void;
  removeComment(thread: CommentThread): void;
  open(): Promise<void>;
}

export function registerProposalCommands(sessions: LazySessions): Disposable {
  const use = (run: (actions: ProposalActions) => void | Promise<void>): void =>
    sessions.use(({ proposals }) => run(proposals));
  return Disposable.from(
    commands.registerCommand('belay.proposal.accept', (uri) => use((does) => does.accept(uri))),
    commands.registerCommand('belay.proposal.reject', (uri) => use((does) => does.reject(uri))),
    commands.registerCommand('belay.proposal.acceptAll', () => use((does) => does.acceptAll())),
    commands.registerCommand('belay.proposal.rejectAll', () => use((does) => does.rejectAll())),
    commands.registerCommand('belay.proposal.acceptHunk', (uri, key) =>
      use((does) => does.acceptHunk(uri, key)),
    ),
    commands.registerCommand('belay.proposal.rejectHunk', (uri, key) =>
      use((does) => does.rejectHunk(uri, key)),
    ),
    commands.registerCommand('belay.proposal.comment', (uri, key) => use((does) => does.comment(uri, key))),
    commands.registerCommand('belay.proposal.addComment', (reply: CommentReply) =>
      use((does) => does.addComment(reply)),
    ),
    commands.registerCommand('belay.proposal.removeComment', (thread: CommentThread) =>
      use((does) => does.removeComment(thread)),
    ),
    commands.registerCommand('belay.proposal.open', () => use((does) => does.open())),
  );
}
