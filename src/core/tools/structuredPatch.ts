/** The difference between two texts as hunks, in the form that clients of the Agent SDK know. */
import { structuredPatch } from 'diff';

export interface PatchHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Each with " ", "-", "+" or "\" before it. */
  readonly lines: readonly string[];
}

const contextLines = 3;
/** Texts that differ in more lines than this get no hunks: finding the shortest difference would take too long. */
const maxEdits = 4000;

/** Empty when the texts are the same, or differ too much. */
export function buildPatch(before: string, after: string): readonly PatchHunk[] {
  const patch = structuredPatch('', '', before, after, '', '', {
    context: contextLines,
    maxEditLength: maxEdits,
  });
  return patch?.hunks ?? [];
}

/** The hunks as text, cut after `maxLength` characters; empty when there are none. */
export function formatPatch(hunks: readonly PatchHunk[], maxLength: number): string {
  const text = hunks
    .map((hunk) => {
      const head = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
      return [head, ...hunk.lines].join('\n');
    })
    .join('\n');
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}\n… (cut)`;
}
