import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { ChangeCount } from '../../diff/ChangeCount.tsx';
import { DiffView } from '../../diff/DiffView.tsx';
import { diffTexts, toLineDiff } from '../../diff/diffLines.ts';
import { parseHunks } from '../../diff/parseHunks.ts';
import { FileActions } from './fileActions.tsx';
import { GrowingText } from './GrowingText.tsx';
import { PathLine } from './PathLine.tsx';
import { toBaseName } from './shownPath.ts';
import { getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

/** A whole file, new or written over. */
export const writeView: ToolView = {
  icon: 'new-file',
  isFramed: true,
  title: (call) => ({
    verb: isNew(call) ? 'Create' : 'Write',
    subject: toBaseName(getString(call.input, 'file_path')),
    isCode: true,
  }),
  hasBody: ({ input }) => getString(input, 'content') !== '',
  isOpenByDefault: () => true,
  Summary: WriteSummary,
  Body: WriteBody,
};

const SHOWN_LINES = 12;

function WriteBody({ call }: { readonly call: ToolCall }): VNode {
  const content = getString(call.input, 'content');
  const isWriting = call.status === 'writing';
  const diff = useMemo(() => {
    if (isWriting) return null;
    const hunks = parseHunks(call.run.details);
    return hunks === null ? diffTexts('', content) : toLineDiff(hunks);
  }, [isWriting, content, call.run.details]);
  if (diff === null) return <GrowingText text={content} />;
  const path = getString(call.input, 'file_path');
  return (
    <>
      <PathLine path={path} />
      <DiffView diff={diff} path={path} limit={SHOWN_LINES} hasNumbers />
      <FileActions call={call} />
    </>
  );
}

function WriteSummary({ call }: { readonly call: ToolCall }): VNode | null {
  const recorded = call.run.files[0];
  if (recorded !== undefined) {
    return <ChangeCount insertions={recorded.insertions} deletions={recorded.deletions} />;
  }
  const content = getString(call.input, 'content');
  if (content === '') return null;
  const lines = content.replace(/\n$/, '').split('\n').length;
  return <span class="tool-note">{lines === 1 ? '1 line' : `${lines} lines`}</span>;
}

function isNew({ run }: ToolCall): boolean {
  return run.files.some(({ change }) => change === 'created') || getString(run.details, 'type') === 'create';
}
