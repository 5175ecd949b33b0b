/** What of a request is shown for the decision: the command, the change of a file, or the whole input. */
import { getString } from '../blocks/tools/toolInput.ts';
import { diffTexts, type LineDiff } from '../diff/diffLines.ts';
import { countHiddenLines } from './exactHead.ts';
import type { PermissionRequest } from './permissionRequests.ts';

export type Request = PermissionRequest['request'];

/** Lines of a change that are shown before all are asked for. */
export const SHOWN_DIFF_LINES = 30;

/** null where the request changes no text file. */
export function toChange({ preview }: Request): LineDiff | null {
  if (preview === undefined || (preview.before === null && preview.after === null)) return null;
  return diffTexts(preview.before ?? '', preview.after ?? '');
}

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
