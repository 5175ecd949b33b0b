import type { VNode } from 'preact';
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { Checkbox } from '../controls/Checkbox.tsx';
import { Icon } from '../controls/Icon.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { ChangeCount } from '../diff/ChangeCount.tsx';
import { useFolders } from '../view/useFolders.ts';
import type { Preview, RewindFile } from './usePreview.ts';

export interface RewindPreviewProps {
  readonly preview: Preview;
  /** Files with a conflict that are to be overwritten. */
  readonly overwritten: readonly string[];
  readonly onOverwrite: (paths: readonly string[]) => void;
}

/** The files, and what would become of each. */
export function RewindPreview({ preview, overwritten, onOverwrite }: RewindPreviewProps): VNode {
  if (preview.kind === 'waiting') {
    return (
      <p class="dialog-note">
        <ProgressRing label="Looking at the files" /> Looking at the files
      </p>
    );
  }
  if (preview.kind === 'failed')
    return <p class="dialog-note">The code cannot be taken back: {preview.problem}</p>;
  if (preview.files.length === 0)
    return <p class="dialog-note">Nothing to take back: no file has been changed since.</p>;
  const toggle = (path: string, isChosen: boolean): void => {
    onOverwrite(isChosen ? [...overwritten, path] : overwritten.filter((other) => other !== path));
  };
  return (
    <ul class="rewind-files" aria-label="Files">
      {preview.files.map((file) => (
        <FileRow
          key={file.path}
          file={file}
          isOverwritten={overwritten.includes(file.path)}
          onOverwrite={(isChosen) => toggle(file.path, isChosen)}
        />
      ))}
    </ul>
  );
}

interface FileRowProps {
  readonly file: RewindFile;
  readonly isOverwritten: boolean;
  readonly onOverwrite: (isChosen: boolean) => void;
}

function FileRow({ file, isOverwritten, onOverwrite }: FileRowProps): VNode {
  const folders = useFolders();
  const isConflict = file.outcome === 'conflicted';
  const path = toShownPath(file.path, folders);
  return (
    <li class={`rewind-file is-${file.outcome}`}>
      <div class="rewind-file-row">
        <Icon name={isConflict ? 'warning' : file.outcome === 'skipped' ? 'circle-slash' : 'discard'} />
        <span class="file-path">{path}</span>
        {!isConflict && file.outcome === 'restored' && (
          <ChangeCount insertions={file.insertions} deletions={file.deletions} />
        )}
      </div>
      {file.reason !== undefined && <p class="rewind-reason">{file.reason}</p>}
      {isConflict && <Checkbox label={`Overwrite ${path}`} checked={isOverwritten} onChange={onOverwrite} />}
    </li>
  );
}
