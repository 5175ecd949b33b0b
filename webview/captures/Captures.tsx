/** How far the folders of the workspace are known: a quiet line above the composer, and what a rewind can't reach. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { toShownPath } from '../blocks/tools/shownPath.ts';
import { Icon } from '../controls/Icon.tsx';
import { ProgressRing } from '../controls/ProgressRing.tsx';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel } from '../view/context.ts';
import { useFolders } from '../view/useFolders.ts';
import { describeReading, describeUncaptured, listUnkept } from './describeCaptures.ts';
import './captures.css';

/** Most folders are read sooner than a person could read the line. */
const DELAY_MS = 700;

/** Above the composer: what is being read, and, before anything has been said, where commands can't be taken back. */
export function CaptureLine(): VNode | null {
  const reading = useModel(describeReading);
  const isNew = useModel((model) => getThread(model, MAIN_THREAD).items.length === 0);
  if (reading !== null) return <ReadingLine text={reading} />;
  return isNew ? <UncapturedFolders /> : null;
}

function ReadingLine({ text }: { readonly text: string }): VNode | null {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isDue) return null;
  return (
    <p class="capture-line">
      <ProgressRing label="Reading files" />
      <span>{text}</span>
    </p>
  );
}

/** In the rewind dialog: what it can't reach. */
export function CaptureLimits(): VNode {
  const reading = useModel(describeReading);
  return (
    <>
      {reading !== null && <ReadingLine text={reading} />}
      <UncapturedFolders />
      <UnkeptFiles />
    </>
  );
}

function UncapturedFolders(): VNode | null {
  const captures = useModel((model) => model.captures);
  const folders = describeUncaptured({ captures });
  if (folders.length === 0) return null;
  return (
    <>
      {folders.map(({ root, text }) => (
        <p key={root} class="capture-line">
          <Icon name="info" />
          <span>{text}</span>
        </p>
      ))}
    </>
  );
}

function UnkeptFiles(): VNode | null {
  const captures = useModel((model) => model.captures);
  const folders = useFolders();
  const paths = listUnkept({ captures });
  if (paths.length === 0) return null;
  const what = paths.length === 1 ? '1 file is' : `${paths.length} files are`;
  return (
    <details class="capture-unkept">
      <summary>{what} not kept (too large or not readable)</summary>
      <ul aria-label="Files that are not kept">
        {paths.map((path) => (
          <li key={path}>{toShownPath(path, folders)}</li>
        ))}
      </ul>
    </details>
  );
}
