/** The files a call has changed, as the checkpoint recorded them; for calls whose body doesn't show them anyway. */
import type { VNode } from 'preact';
import { Icon } from '../../controls/Icon.tsx';
import { ChangeCount } from '../../diff/ChangeCount.tsx';
import { useOpenFile } from '../../view/opening.ts';
import { useFolders } from '../../view/useFolders.ts';
import { toShownPath } from './shownPath.ts';
import type { ToolCall } from './toolView.ts';

const SHOWN = 20;
const ICONS = { created: 'diff-added', modified: 'diff-modified', deleted: 'diff-removed' } as const;

export function ToolFiles({ call }: { readonly call: ToolCall }): VNode | null {
  const folders = useFolders();
  const openFile = useOpenFile();
  const { files, diffSince } = call.run;
  if (files.length === 0 || call.name === 'Edit' || call.name === 'Write') return null;
  return (
    <ul class="tool-files" aria-label="Changed files">
      {files.slice(0, SHOWN).map((file) => (
        <li key={file.path}>
          <button
            type="button"
            class="file-row"
            onClick={() => openFile(file.path, diffSince === null ? {} : { diffSince })}
          >
            <Icon name={ICONS[file.change]} />
            <span class="file-path">{toShownPath(file.path, folders)}</span>
            <ChangeCount insertions={file.insertions} deletions={file.deletions} />
          </button>
        </li>
      ))}
      {files.length > SHOWN && <li class="file-rest">and {files.length - SHOWN} more</li>}
    </ul>
  );
}
