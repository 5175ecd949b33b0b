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

/** A change of a part of a file. */
export const editView: ToolView = {
  icon: 'edit',
  isFramed: true,
  title: ({ input }) => ({ verb: 'Edit', subject: toBaseName(getString(input, 'file_path')), isCode: true }),
  hasBody: ({ input }) => getString(input, 'old_string') !== '' || getString(input, 'new_string') !== '',
  isOpenByDefault: () => true,
  Summary: EditSummary,
  Body: EditBody,
};

const SHOWN_LINES = 16;

function EditBody({ call }: { readonly call: ToolCall }): VNode {
  const before = getString(call.input, 'old_string');
  const after = getString(call.input, 'new_string');
  const hunks = useMemo(() => parseHunks(call.run.details), [call.run.details]);
  const isWriting = call.status === 'writing';
  const diff = useMemo(() => {
    if (isWriting) return null;
    return hunks === null ? diffTexts(before, after) : toLineDiff(hunks);
  }, [isWriting, hunks, before, after]);
  if (diff === null) return <GrowingText text={after === '' ? before : after} />;
  const path = getString(call.input, 'file_path');
  return (
    <>
      <PathLine path={path} />
      <DiffView diff={diff} path={path} limit={SHOWN_LINES} hasNumbers={hunks !== null} />
      <FileActions call={call} />
    </>
  );
}

function EditSummary({ call }: { readonly call: ToolCall }): VNode | null {
  const before = getString(call.input, 'old_string');
  const after = getString(call.input, 'new_string');
  const isWriting = call.status === 'writing';
  const diff = useMemo(() => (isWriting ? null : diffTexts(before, after)), [isWriting, before, after]);
  if (diff === null) return null;
  // A checkpoint counts in the whole file; that is what the diff in the editor will show.
  const counted = call.run.files.length === 1 ? (call.run.files[0] ?? diff) : diff;
  return <ChangeCount insertions={counted.insertions} deletions={counted.deletions} />;
}
