/** Exactly what would be done: the command, the change of a file, or the whole input. */
import type { VNode } from 'preact';
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { getString } from '../blocks/tools/toolInput.ts';
import { DiffView } from '../diff/DiffView.tsx';
import type { LineDiff } from '../diff/diffLines.ts';
import { useFolders } from '../view/useFolders.ts';
import { type Request, SHOWN_DIFF_LINES, toExact } from './describeRequest.ts';
import { ExactText } from './ExactText.tsx';
import { showHidden } from './hiddenCharacters.ts';

export interface ExactProps {
  readonly request: Request;
  readonly change: LineDiff | null;
  readonly showsAll: boolean;
  readonly onShowAll: () => void;
}

export function Exact({ request, change, showsAll, onShowAll }: ExactProps): VNode {
  if (change !== null) {
    return (
      <div class="request-change">
        <PathLine request={request} />
        <DiffView
          diff={change}
          path={request.preview?.path ?? request.previews?.[0]?.path ?? ''}
          limit={SHOWN_DIFF_LINES}
          hasNumbers
          isExact
          onShowAll={onShowAll}
        />
      </div>
    );
  }
  return (
    <>
      <ExactText text={toExact(request)} showsAll={showsAll} onShowAll={onShowAll} />
      <OtherInput request={request} />
    </>
  );
}

/** What a command is given besides itself. */
function OtherInput({ request: { input } }: { readonly request: Request }): VNode | null {
  if (getString(input, 'command') === '') return null;
  const others = Object.entries(input).filter(([key]) => key !== 'command' && key !== 'description');
  if (others.length === 0) return null;
  const words = others.map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return <p class="request-reason">With {showHidden(words.join(', '))}</p>;
}

function PathLine({ request: { preview, title } }: { readonly request: Request }): VNode | null {
  const folders = useFolders();
  if (preview === undefined) return null;
  const path = toShownPath(preview.path, folders);
  const word = preview.before === null ? 'New file' : preview.after === null ? 'Deletes the file' : '';
  if (word === '' && title?.includes(path) === true) return null;
  return (
    <div class="tool-path">
      {showHidden(path)}
      {word !== '' && <span class="tool-path-word"> · {word}</span>}
    </div>
  );
}
