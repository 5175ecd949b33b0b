/** Proposals in this editor: the composition of their parts, and what the commands do. */
import {
  commands,
  Disposable,
  EventEmitter,
  languages,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import { FileError, type FileSystem, type Log, type Workspace } from '../../core/ports.ts';
import { splitLines } from '../../core/proposals/lineHunks.ts';
import { toModelText } from '../../core/tools/lineEnds.ts';
import { decodeText } from '../../core/tools/textEncoding.ts';
import { ToolInputError } from '../../core/tools/tool.ts';
import { resolveToolPath } from '../../core/tools/toolPath.ts';
import type { SessionHost } from '../sessionHost.ts';
import type { Settings } from '../settings.ts';
import { Drafts } from './drafts.ts';
import { type Proposal, replaceText, type ShownHunk } from './proposal.ts';
import type { ProposalActions } from './proposalCommands.ts';
import { createProposalComments } from './proposalComments.ts';
import { isSide, PROPOSAL_SCHEME, type ProposalFiles, toShownUri } from './proposalFiles.ts';
import { createProposalLenses } from './proposalLenses.ts';
import { Proposals } from './proposals.ts';
import { showProposal } from './showProposal.ts';

export interface ReviewDeps {
  readonly proposalFiles: ProposalFiles;
  readonly files: Pick<FileSystem, 'readFile' | 'stat'>;
  readonly workspace: Workspace;
  readonly settings: () => Settings;
  /** Panels are to show it. */
  readonly onChange: () => void;
  readonly log: Log;
}

export interface ProposalReview extends Disposable {
  readonly proposals: Proposals;
  /** Follows what a session asks and writes. */
  watch(host: SessionHost): void;
  readonly actions: ProposalActions;
}

/** Milliseconds until what was typed in a proposal is saved, so that closing it asks nothing. */
const SAVE_MS = 500;
/** Milliseconds between two updates of what the panels show. */
const TELL_MS = 100;

export function createProposalReview(deps: ReviewDeps): ProposalReview {
  const lenses = new EventEmitter<void>();
  const tell = createThrottle(() => {
    void commands.executeCommand('setContext', 'belay.hasProposals', proposals.all.length > 0);
    lenses.fire();
    deps.onChange();
  }, TELL_MS);
  const comments = createProposalComments((uri) => {
    const proposal = proposals.find(uri);
    if (proposal !== undefined) proposals.changed(proposal);
  });
  const proposals = new Proposals({
    files: deps.proposalFiles,
    comments: () => comments,
    isShownByItself: () => deps.settings().reviewProposals,
    show: showProposal,
    takeDraft: (toolUseId, path) => drafts.take(toolUseId, path),
    readText: (path) => readText(path, deps.files),
    onChange: tell.run,
    log: deps.log,
  });
  const drafts = new Drafts({
    files: deps.proposalFiles,
    isShownByItself: () => deps.settings().reviewProposals,
    resolvePath: (given) => resolvePath(given, deps.workspace),
    isTaken: (path) => proposals.all.some((proposal) => proposal.path === path),
    show: (draft) => showProposal(draft, { isAsked: false }),
    readText: (path) => readText(path, deps.files),
    log: deps.log,
  });
  const saving = createThrottle(() => void saveQuietly(), SAVE_MS);
  const find = ({ uri }: Pick<TextDocument, 'uri'>): Proposal | undefined => proposals.find(uri);
  const registrations = Disposable.from(
    lenses,
    comments,
    tell,
    saving,
    languages.registerCodeLensProvider(
      { scheme: PROPOSAL_SCHEME },
      createProposalLenses(
        (document) => (isSide(document.uri, 'right') ? find(document) : undefined),
        lenses.event,
      ),
    ),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const proposal = isSide(document.uri, 'right') ? find(document) : undefined;
      if (proposal === undefined) return;
      comments.move(document.uri, contentChanges);
      proposal.follow(document);
      proposals.changed(proposal);
      saving.run();
    }),
  );
  return {
    proposals,
    watch(host) {
      proposals.watch(host);
      drafts.watch(host);
    },
    actions: createProposalActions(proposals, comments),
    dispose: () => registrations.dispose(),
  };
}

/** What the commands do. */
export function createProposalActions(
  proposals: Proposals,
  comments: ReturnType<typeof createProposalComments>,
): ProposalActions {
  const find = (uri: unknown): Proposal | undefined => findMeant(proposals, uri);
  return {
    accept(uri) {
      const proposal = find(uri);
      if (proposal !== undefined) proposals.accept(proposal);
    },
    reject(uri) {
      const proposal = find(uri);
      if (proposal !== undefined) proposals.reject(proposal);
    },
    acceptAll() {
      for (const proposal of proposals.all) proposals.accept(proposal);
    },
    rejectAll() {
      for (const proposal of proposals.all) proposals.reject(proposal);
    },
    acceptHunk(uri, key) {
      const proposal = find(uri);
      const hunk = findHunk(proposal, key);
      if (proposal !== undefined && hunk !== undefined) proposals.toggleHunk(proposal, hunk.key);
    },
    async rejectHunk(uri, key) {
      const proposal = find(uri);
      const hunk = findHunk(proposal, key);
      if (proposal !== undefined && hunk !== undefined) await rejectHunk(proposal, hunk);
    },
    async comment(uri, key) {
      const proposal = find(uri);
      const document = proposal?.document;
      if (proposal === undefined || document === undefined) return;
      const line = lineToComment(proposal, key);
      const text = await window.showInputBox({
        title: `Comment on line ${line + 1} of the proposal`,
        prompt: 'Goes to Belay with your answer.',
      });
      if (text !== undefined && text.trim() !== '') comments.add(document, line, text.trim());
    },
    addComment: (reply) => comments.reply(reply),
    removeComment: (thread) => comments.remove(thread),
    async open() {
      const { all } = proposals;
      const items = all.map((proposal) => ({ label: workspace.asRelativePath(proposal.path), proposal }));
      const [only] = items;
      const chosen =
        items.length > 1 ? await window.showQuickPick(items, { title: 'Belay: which proposal?' }) : only;
      if (chosen !== undefined) await showProposal(chosen.proposal, { isAsked: true });
    },
  };
}

/** Larger files are reviewed on the card only. Bytes. */
const MOST_BYTES = 2 * 1024 * 1024;

async function readText(path: string, files: ReviewDeps['files']): Promise<string | null> {
  try {
    const stat = await files.stat(path);
    if (stat?.kind !== 'file' || stat.size > MOST_BYTES) return null;
    const text = decodeText(await files.readFile(path, { maxBytes: MOST_BYTES }))?.text;
    return text === undefined ? null : toModelText(text);
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

function resolvePath(given: string, workspace: Workspace): string | undefined {
  try {
    return resolveToolPath(given, workspace);
  } catch (error) {
    if (error instanceof ToolInputError) return undefined;
    throw error;
  }
}

/** The one that a command was called on, else the one that is worked in, else the only one there is. */
function findMeant(proposals: Proposals, uri: unknown): Proposal | undefined {
  const { activeTab } = window.tabGroups.activeTabGroup;
  const shown = window.activeTextEditor?.document.uri ?? toShownUri(activeTab?.input);
  const meant = uri instanceof Uri ? uri : shown;
  // One that is still written can't be answered yet, and another one is not meant by it.
  if (meant?.scheme === PROPOSAL_SCHEME) return proposals.find(meant);
  return proposals.all.length === 1 ? proposals.all[0] : undefined;
}

/** The one with this key, else the one at the cursor, else the nearest. */
function findHunk(proposal: Proposal | undefined, key: unknown): ShownHunk | undefined {
  const hunks = proposal?.hunks ?? [];
  if (typeof key === 'string') return hunks.find((hunk) => hunk.key === key);
  const line = cursorIn(proposal) ?? 0;
  const distance = ({ rightStart, rightEnd }: ShownHunk): number =>
    line < rightStart ? rightStart - line : Math.max(0, line - Math.max(rightStart, rightEnd - 1));
  return hunks.toSorted((one, other) => distance(one) - distance(other))[0];
}

function lineToComment(proposal: Proposal, key: unknown): number {
  const line = typeof key === 'string' ? findHunk(proposal, key)?.rightStart : cursorIn(proposal);
  return Math.min(line ?? 0, (proposal.document?.lineCount ?? 1) - 1);
}

function cursorIn(proposal: Proposal | undefined): number | undefined {
  const editor = window.activeTextEditor;
  const isIn = editor !== undefined && editor.document === proposal?.document;
  return isIn ? editor.selection.active.line : undefined;
}

/** The right side has the lines of the left one again; Ctrl+Z takes that back. */
async function rejectHunk(proposal: Proposal, hunk: ShownHunk): Promise<void> {
  const { document, visible } = proposal;
  const [left, right] = [splitLines(proposal.leftText ?? ''), splitLines(visible)];
  const text = [
    ...right.slice(0, hunk.rightStart),
    ...left.slice(hunk.leftStart, hunk.leftEnd),
    ...right.slice(hunk.rightEnd),
  ].join('');
  if (document === undefined) await proposal.show(text);
  else await replaceText(document, text);
}

/** Without what else runs on a save. Only of the editor that is worked in: there is no such command for another. */
async function saveQuietly(): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document === undefined || !isSide(document.uri, 'right') || !document.isDirty) return;
  await commands.executeCommand('workbench.action.files.saveWithoutFormatting');
}

function createThrottle(task: () => void, ms: number): Disposable & { run(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    run() {
      timer ??= setTimeout(() => {
        timer = undefined;
        task();
      }, ms);
    },
    dispose: () => clearTimeout(timer),
  };
}
