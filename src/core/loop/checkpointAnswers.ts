/** What is told of checkpoints and rewinds, in the words of the wire: to a client, in the transcript, on a command line. */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type { Checkpoint, Checkpoints } from '../checkpoints/checkpoints.ts';
import { decodeText } from '../tools/textEncoding.ts';

export function toCheckpointInfo(checkpoint: Checkpoint) {
  return {
    id: checkpoint.id,
    user_message_id: checkpoint.userMessageId,
    tool_use_id: checkpoint.toolUseId,
    created_at: new Date(checkpoint.createdAt).toISOString(),
    files: checkpoint.files.map(({ path }) => path),
    origin: checkpoint.origin,
  };
}

/** undefined: the agent didn't change the file. Throws BlobError when the stored bytes are damaged. */
export async function readDiff(
  checkpoints: Pick<Checkpoints, 'versions'>,
  userMessageId: string,
  path: string,
): Promise<ResponseOf<'belay/checkpoint_diff'> | undefined> {
  const versions = await checkpoints.versions(userMessageId, path);
  if (versions === undefined) return undefined;
  const before = toText(versions.before);
  const after = toText(versions.after);
  const binary = (versions.before !== null && before === null) || (versions.after !== null && after === null);
  return { before, after, binary };
}

export interface RewindTold {
  readonly userMessageId: string;
  readonly redo: boolean;
  readonly canRedo: boolean;
}

/** The fields of `belay/files_rewound`. */
export function toFilesRewound(answer: RewindAnswer, { userMessageId, redo, canRedo }: RewindTold) {
  const files = answer.files ?? [];
  const withOutcome = (wanted: string) =>
    files
      .filter(({ outcome }) => outcome === wanted)
      .map(({ path, reason }) => ({ path, reason: reason ?? '' }));
  return {
    user_message_id: userMessageId,
    redo,
    restored: files.filter(({ outcome }) => outcome === 'restored').map(({ path }) => path),
    conflicted: withOutcome('conflicted'),
    skipped: withOutcome('skipped'),
    can_redo: canRedo,
  };
}

/** null: not there, or not text. */
function toText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : (decodeText(bytes)?.text ?? null);
}
