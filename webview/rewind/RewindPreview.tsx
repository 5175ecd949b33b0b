import type { VNode } from 'preact';
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { Icon } from '../controls/Icon.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { RadioGroup } from '../controls/RadioGroup.tsx';
import { ChangeCount } from '../diff/ChangeCount.tsx';
import { useFolders } from '../view/useFolders.ts';
import type { Preview, RewindFile } from './usePreview.ts';

export interface RewindPreviewProps {
  readonly preview: Preview;
  /** Files with a conflict that are to be taken back all the same. */
  readonly taken: readonly string[];
  readonly onTake: (paths: readonly string[]) => void;
  readonly onMerge: (path: string) => void;
  readonly onShow: () => void;
}

/** The files, and what would become of each. */
export function RewindPreview({ preview, taken, onTake, onMerge, onShow }: RewindPreviewProps): VNode {
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
  const choose = (path: string, isTaken: boolean): void => {
    const others = taken.filter((other) => other !== path);
    onTake(isTaken ? [...others, path] : others);
  };
  const canShow = preview.files.some(
    ({ outcome, isFolder }) => isFolder !== true && (outcome === 'restored' || outcome === 'conflicted'),
  );
  return (
    <>
      <ul class="rewind-files" aria-label="Files">
        {preview.files.map((file) => (
          <FileRow
            key={file.path}
            file={file}
            isTaken={taken.includes(file.path)}
            onTake={(isTaken) => choose(file.path, isTaken)}
            onMerge={() => onMerge(file.path)}
          />
        ))}
      </ul>
      {canShow && (
        <button type="button" class="text-button rewind-show" onClick={onShow}>
          Show changes
        </button>
      )}
    </>
  );
}

interface FileRowProps {
  readonly file: RewindFile;
  readonly isTaken: boolean;
  readonly onTake: (isTaken: boolean) => void;
  readonly onMerge: () => void;
}

function FileRow({ file, isTaken, onTake, onMerge }: FileRowProps): VNode {
  const folders = useFolders();
  const { outcome, change, insertions, deletions, isFolder = false } = file;
  const path = toShownPath(file.path, folders);
  const becomes = outcome === 'restored' && change !== undefined ? BECOMES[change] : '';
  return (
    <li class={`rewind-file is-${outcome}`}>
      <div class="rewind-file-row">
        <Icon name={toIcon(file)} />
        <span class="file-path">{path}</span>
        {becomes !== '' && <span class="rewind-becomes">{becomes}</span>}
        {!isFolder && outcome === 'restored' && insertions + deletions > 0 && (
          <ChangeCount insertions={insertions} deletions={deletions} />
        )}
      </div>
      {file.reason !== undefined && <p class="rewind-reason">{file.reason}</p>}
      {outcome === 'conflicted' && !isFolder && (
        <div class="rewind-choice">
          <RadioGroup
            label={`What to do with ${path}`}
            value={isTaken ? 'take' : 'keep'}
            choices={CHOICES}
            onChange={(value) => onTake(value === 'take')}
          />
          <button type="button" class="text-button" aria-label={`Open merge of ${path}`} onClick={onMerge}>
            Open merge
          </button>
        </div>
      )}
    </li>
  );
}

const CHOICES = [
  { value: 'keep', label: 'Keep mine' },
  { value: 'take', label: 'Take back' },
] as const;

/** Changes without a word are those of the text, which are counted. */
const BECOMES = { created: 'comes back', modified: '', deleted: 'is removed' } as const;

const CHANGE_ICONS = { created: 'diff-added', modified: 'diff-modified', deleted: 'diff-removed' } as const;

function toIcon({ outcome, change, isFolder }: RewindFile): string {
  if (outcome === 'conflicted') return 'warning';
  if (outcome === 'skipped') return 'circle-slash';
  if (isFolder === true) return 'folder';
  return change === undefined ? 'discard' : CHANGE_ICONS[change];
}
