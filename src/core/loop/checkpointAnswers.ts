/** What is told of checkpoints and rewinds, in the words of the wire: to a client, in the transcript, on a command line. */
import type { RewindAnswer, RewindRequest } from '../../protocol/checkpoints.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type {
  Checkpoints,
  FileVersions,
  OtherVersionsQuery,
  RewindOptions,
  RewindPoint,
  VersionsQuery,
} from '../checkpoints/checkpoints.ts';
import { findHunks, type TextHunk } from '../checkpoints/textHunks.ts';
import { fromLines } from '../checkpoints/textLines.ts';
import { decodeText } from '../tools/textEncoding.ts';

/** Oldest first. */
export function listCheckpoints(
  checkpoints: Checkpoints,
): ResponseOf<'belay/checkpoint_list'>['checkpoints'] {
  const takenBack = checkpoints.takenBack();
  const redoable = checkpoints.redoable();
  return checkpoints.list().map((checkpoint) => {
    const gone = new Set(takenBack.get(checkpoint.id));
    const changes = checkpoint.files.map((file) => ({ ...file, taken_back: gone.has(file.path) }));
    return {
      id: checkpoint.id,
      user_message_id: checkpoint.userMessageId,
      tool_use_id: checkpoint.toolUseId,
      created_at: new Date(checkpoint.createdAt).toISOString(),
      files: checkpoint.files.map(({ path }) => path),
      origin: checkpoint.origin,
      changes,
      taken_back: changes.every(({ taken_back }) => taken_back),
      redoable: redoable.includes(checkpoint.id),
      is_redo: checkpoint.isRedo === true,
    };
  });
}

interface GivenPoint {
  readonly user_message_id?: string | undefined;
  readonly tool_use_id?: string | undefined;
  readonly checkpoint_id?: string | undefined;
}

/** Throws Error where none is given. */
export function toRewindPoint({ user_message_id, tool_use_id, checkpoint_id }: GivenPoint): RewindPoint {
  if (checkpoint_id !== undefined) return { checkpointId: checkpoint_id };
  if (tool_use_id !== undefined) return { toolUseId: tool_use_id };
  if (user_message_id !== undefined) return { userMessageId: user_message_id };
  throw new Error('Say what to go back to: user_message_id, tool_use_id or checkpoint_id.');
}

export function toRewindOptions(request: RewindRequest): RewindOptions {
  const { dry_run, paths, further, hunks, mode = 'merge', resolutions } = request;
  return {
    ...toRewindPoint(request),
    dryRun: dry_run === true,
    mode,
    ...(paths === undefined ? {} : { paths }),
    ...(further === undefined
      ? {}
      : { further: further.map((one) => ({ ...toRewindPoint(one), paths: one.paths })) }),
    ...(hunks === undefined ? {} : { hunks: groupHunks(hunks) }),
    ...(resolutions === undefined ? {} : { resolutions }),
  };
}

function groupHunks(
  hunks: readonly { readonly path: string; readonly id: string }[],
): Readonly<Record<string, readonly string[]>> {
  const byPath = new Map<string, string[]>();
  for (const { path, id } of hunks) byPath.set(path, [...(byPath.get(path) ?? []), id]);
  return Object.fromEntries(byPath);
}

/** Of other sessions, oldest first. */
export async function listOtherChanges(
  checkpoints: Pick<Checkpoints, 'otherChanges'>,
  path: string,
): Promise<ResponseOf<'belay/file_history'>['changes']> {
  const found = await checkpoints.otherChanges(path);
  return found.map(({ sessionId, checkpoint, change }) => ({
    session_id: sessionId,
    checkpoint_id: checkpoint.id,
    user_message_id: checkpoint.userMessageId,
    tool_use_id: checkpoint.toolUseId,
    created_at: new Date(checkpoint.createdAt).toISOString(),
    origin: checkpoint.origin,
    change: change.change,
    insertions: change.insertions,
    deletions: change.deletions,
  }));
}

/** undefined: the agent didn't change the file. Throws BlobError when the stored bytes are damaged. */
export async function readDiff(
  checkpoints: Pick<Checkpoints, 'versions'>,
  query: VersionsQuery,
): Promise<ResponseOf<'belay/checkpoint_diff'> | undefined> {
  return toDiff(await checkpoints.versions(query));
}

/** The same of another session. */
export async function readOtherDiff(
  checkpoints: Pick<Checkpoints, 'otherVersions'>,
  query: OtherVersionsQuery,
): Promise<ResponseOf<'belay/checkpoint_diff'> | undefined> {
  return toDiff(await checkpoints.otherVersions(query));
}

function toDiff(versions: FileVersions | undefined): ResponseOf<'belay/checkpoint_diff'> | undefined {
  if (versions === undefined) return undefined;
  const [left, right] = [versions.before?.bytes ?? null, versions.after?.bytes ?? null];
  const [before, after] = [toText(left), toText(right)];
  const binary = (versions.before !== null && before === null) || (versions.after !== null && after === null);
  const hunks = binary || left === null || right === null ? [] : (findHunks(left, right) ?? []).map(toHunk);
  const ids = { before_id: versions.before?.id ?? null, after_id: versions.after?.id ?? null };
  return { before, after, binary, hunks, ...ids };
}

function toHunk({ id, oldStart, oldLines, newStart, newLines }: TextHunk) {
  const toLines = (sign: string, lines: readonly string[]): readonly string[] =>
    lines.map((line) => `${sign}${(toText(fromLines([line])) ?? line).replace(/\r?\n$/, '')}`);
  return {
    id,
    old_start: oldStart + 1,
    old_lines: oldLines.length,
    new_start: newStart + 1,
    new_lines: newLines.length,
    lines: [...toLines('-', oldLines), ...toLines('+', newLines)],
  };
}

/** undefined: a rewind to this point would not move the file. Throws BlobError when the stored bytes are damaged. */
export async function readConflict(
  checkpoints: Pick<Checkpoints, 'conflict'>,
  query: RewindPoint & { readonly path: string },
): Promise<ResponseOf<'belay/checkpoint_conflict'> | undefined> {
  const found = await checkpoints.conflict(query);
  if (found === undefined) return undefined;
  const { base, mine, theirs, merged } = found;
  return { base: toText(base), mine: toText(mine), theirs: toText(theirs), merged: toText(merged) };
}

export interface RewindTold {
  /** The message it went back to, or to the turn of which. */
  readonly userMessageId: string;
  readonly redo: boolean;
  readonly canRedo: boolean;
}

/** Of the last rewind, which a request need not name. */
export function lastRewoundMessage(checkpoints: Pick<Checkpoints, 'list'>): string | undefined {
  return checkpoints.list().findLast(({ origin }) => origin === 'rewind')?.userMessageId;
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
