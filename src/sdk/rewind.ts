/** What a rewind of files can be told. */
import type { RequestOf } from '../protocol/control.ts';

export type RewindPoint =
  | { readonly userMessageId: string }
  | { readonly toolUseId: string }
  | { readonly checkpointId: string };

export interface RedoFilesOptions {
  /** Only say what would be done. */
  readonly dryRun?: boolean;
  /** Default `merge`: where what somebody else changed can't be merged, the file is left and reported. */
  readonly mode?: 'merge' | 'overwrite';
  /** By absolute path: leave the file as it is, or take it back whatever somebody else has changed. */
  readonly resolutions?: Readonly<Record<string, 'keep' | 'take'>>;
}

export interface RewindFilesOptions extends RedoFilesOptions {
  /** Only these files, and what lies in these folders. */
  readonly paths?: readonly string[];
  /** Only these changes, as `belay/checkpoint_diff` names them, and no other file. */
  readonly hunks?: readonly { readonly path: string; readonly id: string }[];
}

/** A string is the id of a user message. */
export function toRewindRequest(
  point: string | RewindPoint,
  options: RewindFilesOptions,
): RequestOf<'rewind_files'> {
  const { paths, hunks } = options;
  return {
    ...(typeof point === 'string' ? { user_message_id: point } : toWirePoint(point)),
    ...toHow(options),
    ...(paths === undefined ? {} : { paths: [...paths] }),
    ...(hunks === undefined ? {} : { hunks: hunks.map((hunk) => ({ ...hunk })) }),
  };
}

export function toRedoRequest(options: RedoFilesOptions): RequestOf<'rewind_files'> {
  return { redo: true, ...toHow(options) };
}

function toHow({ dryRun = false, mode, resolutions }: RedoFilesOptions) {
  return {
    dry_run: dryRun,
    ...(mode === undefined ? {} : { mode }),
    ...(resolutions === undefined ? {} : { resolutions: { ...resolutions } }),
  };
}

function toWirePoint(point: RewindPoint) {
  if ('toolUseId' in point) return { tool_use_id: point.toolUseId };
  if ('checkpointId' in point) return { checkpoint_id: point.checkpointId };
  return { user_message_id: point.userMessageId };
}
