/** Puts a proposal on the screen. By itself it takes neither the focus nor the place of what a person looks at. */
import { basename } from 'node:path';
import { commands, ViewColumn, window } from 'vscode';
import type { Proposal } from './proposal.ts';
import { PROPOSAL_SCHEME, toShownUri } from './proposalFiles.ts';

/** `isAsked`: a person has asked for it, and so works in it from now on. */
export async function showProposal(
  proposal: Pick<Proposal, 'left' | 'right' | 'path' | 'leftText'>,
  { isAsked }: { readonly isAsked: boolean },
): Promise<void> {
  const { left, right, path, leftText } = proposal;
  const what = leftText === null ? 'new file, proposal' : 'file ↔ proposal';
  const title = `${basename(path)} (${what})`;
  await commands.executeCommand('vscode.diff', left, right, title, isAsked ? TO_WORK_IN : toQuietPlace());
}

const TO_WORK_IN = { preview: false, preserveFocus: false } as const;

/** `background` is no part of the typings: the tab is there, and what is shown stays. */
function toQuietPlace() {
  const { all, activeTabGroup: active } = window.tabGroups;
  const quiet = { preserveFocus: true } as const;
  const ours = all.find(({ activeTab }) => toShownUri(activeTab?.input)?.scheme === PROPOSAL_SCHEME);
  if (ours !== undefined) return { ...quiet, viewColumn: ours.viewColumn, preview: false, background: true };
  if (active.tabs.length === 0) return { ...quiet, viewColumn: active.viewColumn, preview: true };
  const other = all.find((group) => group !== active);
  return { ...quiet, viewColumn: other?.viewColumn ?? ViewColumn.Beside, preview: true };
}
