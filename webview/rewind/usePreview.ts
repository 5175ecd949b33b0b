/** What a rewind would do to the files, asked of the agent. */
import { useEffect, useState } from 'preact/hooks';
import type { RewindAnswer } from '../../src/protocol/checkpoints.ts';
import { usePanel } from '../view/context.ts';
import { type RewindSubject, toWholeRequest } from './rewindTarget.ts';

export type RewindFile = NonNullable<RewindAnswer['files']>[number] & { readonly isFolder?: boolean };

export type Preview =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly problem: string }
  /** `restorable`: how many of them would change without further ado. */
  | { readonly kind: 'known'; readonly files: readonly RewindFile[]; readonly restorable: number };

/** `subject` must be the same object for as long as the dialog is open. */
export function usePreview(subject: RewindSubject): Preview {
  const { peer } = usePanel();
  const [preview, setPreview] = useState<Preview>({ kind: 'waiting' });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const request = { ...toWholeRequest(subject.targets), dry_run: true };
    peer.request('rewind_files', request, { signal }).then(
      (answer) => setPreview(toPreview(answer)),
      (error: unknown) => {
        if (!signal.aborted) setPreview({ kind: 'failed', problem: toText(error) });
      },
    );
    return () => controller.abort(new DOMException('The dialog was closed.', 'AbortError'));
  }, [peer, subject]);
  return preview;
}

function toPreview(answer: RewindAnswer): Preview {
  if (!answer.canRewind && answer.error !== undefined) return { kind: 'failed', problem: answer.error };
  const changing = toFiles(answer).filter(({ outcome }) => outcome !== 'unchanged');
  return {
    kind: 'known',
    files: changing,
    restorable: changing.filter(({ outcome }) => outcome === 'restored').length,
  };
}

function toFiles({ files, filesChanged = [], folders = [] }: RewindAnswer): readonly RewindFile[] {
  return [
    ...(files ?? filesChanged.map(toRestored)),
    ...folders.map((folder) => ({ ...folder, insertions: 0, deletions: 0, isFolder: true })),
  ];
}

/** From an agent that only names the files. */
function toRestored(path: string): RewindFile {
  return { path, outcome: 'restored', insertions: 0, deletions: 0 };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
