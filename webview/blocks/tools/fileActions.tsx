/** Below a change: opening the file, or the difference, in the editor. */
import type { VNode } from 'preact';
import { useOpenFile } from '../../view/opening.ts';
import { getString } from './toolInput.ts';
import type { ToolCall } from './toolView.ts';

export function FileActions({ call }: { readonly call: ToolCall }): VNode | null {
  const openFile = useOpenFile();
  const path = getString(call.input, 'file_path');
  if (path === '' || call.status !== 'done') return null;
  const { diffSince } = call.run;
  return (
    <div class="tool-actions">
      {diffSince !== null && (
        <button type="button" class="text-button" onClick={() => openFile(path, { diffSince })}>
          Open diff
        </button>
      )}
      <button type="button" class="text-button" onClick={() => openFile(path)}>
        Open file
      </button>
    </div>
  );
}
