import type { VNode } from 'preact';
import { FileActions } from './fileActions.tsx';
import { PlainResult } from './PlainResult.tsx';
import { toBaseName } from './shownPath.ts';
import { getNumber, getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

/** A file that was read: one line, its content on request. */
export const readView: ToolView = {
  icon: 'file',
  isFramed: false,
  title: ({ input }) => ({
    verb: 'Read',
    subject: `${toBaseName(getString(input, 'file_path'))}${toRange(input)}`,
    isCode: true,
  }),
  hasBody: ({ run }) => run.result !== null,
  isOpenByDefault: () => false,
  Body: ReadBody,
};

function ReadBody({ call }: { readonly call: ToolCall }): VNode {
  return (
    <>
      <div class="tool-path">{getString(call.input, 'file_path')}</div>
      <PlainResult call={call} />
      <FileActions call={call} />
    </>
  );
}

function toRange(input: unknown): string {
  const offset = getNumber(input, 'offset');
  const limit = getNumber(input, 'limit');
  if (offset === null && limit === null) return '';
  const start = offset ?? 1;
  return limit === null ? `:${start}` : `:${start}–${start + limit - 1}`;
}
