import type { VNode } from 'preact';
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { Icon } from '../controls/Icon.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { RadioGroup } from '../controls/RadioGroup.tsx';
import { ChangeCount } from '../diff/ChangeCount.tsx';
import { t } from '../l10n/texts.ts';
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
        <ProgressRing label={t('Looking at the files')} /> {t('Looking at the files')}
      </p>
    );
  }
  if (preview.kind === 'failed')
    return <p class="dialog-note">{t('The code cannot be taken back: {0}', preview.problem)}</p>;
  if (preview.files.length === 0)
    return <p class="dialog-note">{t('Nothing to take back: no file has been changed since.')}</p>;
  const choose = (path: string, isTaken: boolean): void => {
    const others = taken.filter((other) => other !== path);
    onTake(isTaken ? [...others, path] : others);
  };
  const canShow = preview.files.some(
    ({ outcome, isFolder }) => isFolder !== true && (outcome === 'restored' || outcome === 'conflicted'),
  );
  return (
    <>
      <ul class="rewind-files" aria-label={t('Files')}>
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
          {t('Show changes')}
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
  const becomes = outcome === 'restored' ? describeChange(change) : '';
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
            label={t('What to do with {0}', path)}
            value={isTaken ? 'take' : 'keep'}
            choices={listChoices()}
            onChange={(value) => onTake(value === 'take')}
          />
          <button
            type="button"
            class="text-button"
            aria-label={t('Open merge of {0}', path)}
            onClick={onMerge}
          >
            {t('Open merge')}
          </button>
        </div>
      )}
    </li>
  );
}

const listChoices = () => [
  { value: 'keep', label: t('Keep mine') },
  { value: 'take', label: t('Take back') },
];

/** Changes without a word are those of the text, which are counted. */
function describeChange(change: RewindFile['change']): string {
  if (change === 'created') return t('comes back');
  return change === 'deleted' ? t('is removed') : '';
}

const CHANGE_ICONS = { created: 'diff-added', modified: 'diff-modified', deleted: 'diff-removed' } as const;

function toIcon({ outcome, change, isFolder }: RewindFile): string {
  if (outcome === 'conflicted') return 'warning';
  if (outcome === 'skipped') return 'circle-slash';
  if (isFolder === true) return 'folder';
  return change === undefined ? 'discard' : CHANGE_ICONS[change];
}
