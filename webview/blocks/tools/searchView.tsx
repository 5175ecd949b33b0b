import type { VNode } from 'preact';
import { PlainResult } from './PlainResult.tsx';
import { toResultText } from './resultText.ts';
import { getNumber, getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

/** Files by their names. */
export const globView: ToolView = {
  icon: 'search',
  isFramed: false,
  title: ({ input }) => ({ verb: 'Find', subject: getString(input, 'pattern'), isCode: true }),
  hasBody: ({ run }) => toResultText(run.result) !== '',
  isOpenByDefault: () => false,
  Summary: FoundCount,
  Body: PlainResult,
};

/** Files by what is in them. */
export const grepView: ToolView = {
  ...globView,
  title: ({ input }) => {
    const where = getString(input, 'glob') || getString(input, 'path') || getString(input, 'type');
    const pattern = getString(input, 'pattern');
    return { verb: 'Search', subject: where === '' ? pattern : `${pattern} in ${where}`, isCode: true };
  },
};

function FoundCount({ call }: { readonly call: ToolCall }): VNode | null {
  const count = getNumber(call.run.details, 'numFiles') ?? getNumber(call.run.details, 'num_files');
  if (count === null) return null;
  return <span class="tool-note">{count === 1 ? '1 file' : `${count} files`}</span>;
}
