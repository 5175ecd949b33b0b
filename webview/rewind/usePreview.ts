/** What a rewind would do to the files, asked of the agent. */
import { useEffect, useState } from 'preact/hooks';
import type { RewindAnswer } from '../../src/protocol/checkpoints.ts';
import { usePanel } from '../view/context.ts';

export type RewindFile = NonNullable<RewindAnswer['files']>[number];

export type Preview =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly problem: string }
  /** `restorable`: how many of the files would change without further ado. */
  | { readonly kind: 'known'; readonly files: readonly RewindFile[]; readonly restorable: number };

export function usePreview(userMessageId: string): Preview {
  const { peer } = usePanel();
  const [preview, setPreview] = useState<Preview>({ kind: 'waiting' });
  useEffect(() => {
    const controller = new AbortController();
    peer
      .request(
        'rewind_files',
        { user_message_id: userMessageId, dry_run: true },
        { signal: controller.signal },
      )
      .then(
        (answer) => setPreview(toPreview(answer)),
        (error: unknown) => {
          if (!controller.signal.aborted) setPreview({ kind: 'failed', problem: toText(error) });
        },
      );
    return () => controller.abort(new DOMException('The dialog was closed.', 'AbortError'));
  }, [peer, userMessageId]);
  return preview;
}

function toPreview(answer: RewindAnswer): Preview {
  if (!answer.canRewind && answer.error !== undefined) return { kind: 'failed', problem: answer.error };
  const files = answer.files ?? (answer.filesChanged ?? []).map(toRestored);
  const changing = files.filter(({ outcome }) => outcome !== 'unchanged');
  return {
    kind: 'known',
    files: changing,
    restorable: changing.filter(({ outcome }) => outcome === 'restored').length,
  };
}

/** From an agent that only names the files. */
function toRestored(path: string): RewindFile {
  return { path, outcome: 'restored', insertions: 0, deletions: 0 };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
