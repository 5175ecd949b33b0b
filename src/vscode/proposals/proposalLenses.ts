/** Above each hunk of a proposal what can be done with it. Editors show it in a diff where `diffEditor.codeLens` is on. */

import type { Event } from 'vscode';
import { CodeLens, type CodeLensProvider, type Command, Range, type TextDocument } from 'vscode';
import type { Proposal, ShownHunk } from './proposal.ts';

export function createProposalLenses(
  find: (document: TextDocument) => Proposal | undefined,
  onDidChangeCodeLenses: Event<void>,
): CodeLensProvider {
  return {
    onDidChangeCodeLenses,
    provideCodeLenses(document) {
      const proposal = find(document);
      if (proposal === undefined) return [];
      const { hunks } = proposal;
      const file = toFileCommands(proposal, hunks.length).map((command) => toLens(0, command));
      const own = hunks.flatMap((hunk, index) => {
        const line = Math.min(hunk.rightStart, document.lineCount - 1);
        const commands = toHunkCommands(proposal, hunk, { number: index + 1, total: hunks.length });
        return commands.map((command) => toLens(line, command));
      });
      return [...file, ...own];
    },
  };
}

function toFileCommands(proposal: Proposal, count: number): readonly Command[] {
  const all = count === 1 ? 'Accept' : count === 0 ? 'Leave the File as It Is' : `Accept All ${count} Hunks`;
  return [
    { title: `$(check-all)\u00a0${all}`, command: 'belay.proposal.accept', arguments: [proposal.right] },
    { title: '$(close)\u00a0Reject', command: 'belay.proposal.reject', arguments: [proposal.right] },
  ];
}

function toHunkCommands(
  proposal: Proposal,
  { key, isAccepted, owner }: ShownHunk,
  { number, total }: { readonly number: number; readonly total: number },
): readonly Command[] {
  const arguments_ = [proposal.right, key];
  const comment: Command = {
    title: '$(comment)\u00a0Comment',
    command: 'belay.proposal.comment',
    arguments: arguments_,
  };
  // With a single hunk the file's own commands say it all.
  if (total === 1) return [comment];
  const whose =
    proposal.calls.length === 1
      ? []
      : [{ title: `${proposal.calls[owner]?.question.title ?? ''} (call ${owner + 1})`, command: '' }];
  const name = `Hunk ${number} of ${total}`;
  const choice = isAccepted ? '$(pass-filled)\u00a0Accepted' : '$(check)\u00a0Accept';
  return [
    { title: `${name}:\u00a0${choice}`, command: 'belay.proposal.acceptHunk', arguments: arguments_ },
    { title: '$(discard)\u00a0Reject', command: 'belay.proposal.rejectHunk', arguments: arguments_ },
    comment,
    ...whose,
  ];
}

function toLens(line: number, command: Command): CodeLens {
  return new CodeLens(new Range(line, 0, line, 0), command);
}
