/** Comments on lines of a proposal, by the editor's own threads. They go to the model with the answer. */
import {
  CommentMode,
  type CommentReply,
  type CommentThread,
  CommentThreadCollapsibleState,
  comments,
  type Disposable,
  Range,
  type TextDocument,
  type TextDocumentContentChangeEvent,
  type Uri,
} from 'vscode';
import { moveSpan } from '../../core/review/commentThreads.ts';
import { isSide } from './proposalFiles.ts';

export interface ProposalComments extends Disposable {
  add(document: TextDocument, line: number, text: string): void;
  reply(reply: CommentReply): void;
  remove(thread: CommentThread): void;
  /** The document was edited. */
  move(uri: Uri, edits: readonly TextDocumentContentChangeEvent[]): void;
  /** How many there are on this document. */
  count(uri: Uri): number;
  /** For the model: each with its line; empty when there are none. */
  describe(uri: Uri, text: string): string;
  /** The proposal was answered. */
  clear(uri: Uri): void;
}

export function createProposalComments(onChange: (uri: Uri) => void): ProposalComments {
  const controller = comments.createCommentController('belay.proposal', 'Belay');
  controller.options = {
    prompt: 'Tell Belay about this line',
    placeHolder: 'Goes to Belay with your answer',
  };
  controller.commentingRangeProvider = {
    provideCommentingRanges: ({ uri, lineCount }) =>
      isSide(uri, 'right') ? [new Range(0, 0, lineCount - 1, 0)] : [],
  };
  const threads = new Set<CommentThread>();
  const threadsOf = (uri: Uri): CommentThread[] =>
    [...threads].filter((thread) => thread.uri.toString() === uri.toString());
  const write = (thread: CommentThread, text: string): void => {
    threads.add(thread);
    thread.label = 'For Belay';
    thread.canReply = true;
    thread.comments = [
      ...thread.comments,
      { body: text, mode: CommentMode.Preview, author: { name: 'You' }, contextValue: 'mine' },
    ];
    onChange(thread.uri);
  };
  return {
    add({ uri }, line, text) {
      const thread = controller.createCommentThread(uri, new Range(line, 0, line, 0), []);
      thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
      write(thread, text);
    },
    reply: ({ thread, text }) => write(thread, text),
    remove(thread) {
      threads.delete(thread);
      thread.dispose();
      onChange(thread.uri);
    },
    move(uri, edits) {
      const changes = edits.map(({ range, text }) => ({ start: range.start, end: range.end, text }));
      for (const thread of threadsOf(uri)) {
        const line = thread.range?.start.line ?? 0;
        const { start } = moveSpan({ start: line, end: line }, changes);
        thread.range = new Range(start, 0, start, 0);
      }
    },
    count: (uri) => threadsOf(uri).reduce((sum, thread) => sum + thread.comments.length, 0),
    describe(uri, text) {
      const lines = text.split('\n');
      const said = threadsOf(uri)
        .map((thread) => ({ line: thread.range?.start.line ?? 0, thread }))
        .sort((one, other) => one.line - other.line)
        .flatMap(({ line, thread }) =>
          thread.comments.map(({ body }) => describeComment(line, lines[line] ?? '', String(body))),
        );
      return said.join('\n');
    },
    clear(uri) {
      for (const thread of threadsOf(uri)) {
        threads.delete(thread);
        thread.dispose();
      }
    },
    dispose: () => controller.dispose(),
  };
}

/** Characters of the line that are repeated, so that the model finds it. */
const SHOWN = 120;

function describeComment(line: number, code: string, text: string): string {
  const shown = code.trim().slice(0, SHOWN);
  return `The user says to line ${line + 1}${shown === '' ? '' : ` (${shown})`}: ${text}`;
}
