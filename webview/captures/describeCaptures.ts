/** What a person is told of how far the folders of the workspace are known. */
import type { SystemMessageOf } from '../../src/protocol/systemMessages.ts';
import { toBaseName } from '../blocks/tools/shownPath.ts';
import type { PanelModel } from '../state/panelModel.ts';
import { formatBytes } from '../view/format.ts';

type Capture = SystemMessageOf<'belay/capture_changed'>;

/** A folder in which only what the file tools change can be taken back. */
export interface UncapturedFolder {
  readonly root: string;
  readonly text: string;
}

/** null: nothing is being read. */
export function describeReading({ captures }: Pick<PanelModel, 'captures'>): string | null {
  const reading = [...captures.values()].filter(({ state }) => state === 'reading');
  if (reading.length === 0) return null;
  const names = reading.map(({ root }) => toBaseName(root)).join(', ');
  return `Reading the files of ${names} so that everything can be taken back${toProgress(reading)}`;
}

export function describeUncaptured({ captures }: Pick<PanelModel, 'captures'>): readonly UncapturedFolder[] {
  return [...captures.values()]
    .filter(({ state }) => state === 'off')
    .map(({ root, reason }) => ({
      root,
      text: `In ${toBaseName(root)} only what file tools change can be taken back. ${reason ?? ''}`.trim(),
    }));
}

/** Paths of files of which no copy is kept; of each folder the first hundred. */
export function listUnkept({ captures }: Pick<PanelModel, 'captures'>): readonly string[] {
  return [...captures.values()].flatMap(({ state, unkept = [] }) => (state === 'ready' ? unkept : []));
}

function toProgress(reading: readonly Capture[]): string {
  const sum = (field: 'files' | 'bytes'): number =>
    reading.reduce((total, capture) => total + (capture[field] ?? 0), 0);
  const files = sum('files');
  if (files === 0) return '';
  const count = files === 1 ? '1 file' : `${files.toLocaleString('en')} files`;
  return `: ${count}, ${formatBytes(sum('bytes'))}`;
}
