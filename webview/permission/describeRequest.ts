/** What of a request is shown for the decision: the command, the change of a file, or the whole input. */
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { getString } from '../blocks/tools/toolInput.ts';
import { diffTexts, type LineDiff } from '../diff/diffLines.ts';
import { countHiddenLines } from './exactHead.ts';
import { showHidden } from './hiddenCharacters.ts';
import type { PermissionRequest } from './permissionRequests.ts';

export type Request = PermissionRequest['request'];

/** Lines of a change that are shown before all are asked for. */
export const SHOWN_DIFF_LINES = 30;

/** null where the request changes no text file. `folders`: those of the workspace, for the paths of several files. */
export function toChange({ preview, previews }: Request, folders: readonly string[] = []): LineDiff | null {
  if (previews !== undefined) return joinChanges(previews, folders);
  if (preview === undefined || (preview.before === null && preview.after === null)) return null;
  return diffTexts(preview.before ?? '', preview.after ?? '');
}

/** Of several files: each behind a line with its path. */
function joinChanges(previews: NonNullable<Request['previews']>, folders: readonly string[]): LineDiff {
  const diffs = previews.map(({ path, before, after }): LineDiff => {
    const isShown = before !== null || after !== null;
    const name = showHidden(toShownPath(path, folders));
    const note = isShown ? name : `${name}: too much to be shown`;
    const { lines, ...counts } = isShown ? diffTexts(before ?? '', after ?? '') : NO_CHANGE;
    return { lines: [{ kind: 'gap', text: note, oldNumber: null, newNumber: null }, ...lines], ...counts };
  });
  return {
    lines: diffs.flatMap(({ lines }) => lines),
    insertions: diffs.reduce((sum, { insertions }) => sum + insertions, 0),
    deletions: diffs.reduce((sum, { deletions }) => sum + deletions, 0),
  };
}

const NO_CHANGE: LineDiff = { lines: [], insertions: 0, deletions: 0 };

/** The command of a tool that runs one, else the input as JSON. */
export function toExact({ input }: Request): string {
  const command = getString(input, 'command');
  return command === '' ? JSON.stringify(input, null, 2) : command;
}

/** Lines that stand behind "show all". */
export function countHiddenIn(request: Request, change: LineDiff | null): number {
  if (change === null) return countHiddenLines(toExact(request));
  return Math.max(0, change.lines.length - SHOWN_DIFF_LINES);
}
