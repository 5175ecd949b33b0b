/** What stands at a path: the unit in which the journal speaks. */
import * as z from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `mode`: permission bits as in `stat(2)`. A file's bytes are the blob `sha256`. `nlink`: how many names it had, where that
 * was more than one; no part of what makes two states the same.
 */
export const fileState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent') }),
  z.object({
    kind: z.literal('file'),
    sha256,
    size: z.number(),
    mode: z.number(),
    nlink: z.number().optional(),
  }),
  /** A file of which no copy is kept: too large, or not to be read. */
  z.object({
    kind: z.literal('unkept'),
    size: z.number(),
    mode: z.number(),
    mtimeMs: z.number(),
    ctimeMs: z.number().optional(),
    nlink: z.number().optional(),
  }),
  z.object({ kind: z.literal('symlink'), target: z.string() }),
  z.object({ kind: z.literal('directory'), mode: z.number() }),
]);
export type FileState = z.infer<typeof fileState>;

export const absent: FileState = { kind: 'absent' };

/** The same but for permission bits. */
export function isSameContent(left: FileState, right: FileState): boolean {
  if (left.kind === 'file') return right.kind === 'file' && left.sha256 === right.sha256;
  if (left.kind === 'unkept')
    return right.kind === 'unkept' && left.size === right.size && left.mtimeMs === right.mtimeMs;
  if (left.kind === 'symlink') return right.kind === 'symlink' && left.target === right.target;
  return left.kind === right.kind;
}

export function isSameState(left: FileState, right: FileState): boolean {
  return isSameContent(left, right) && modeOf(left) === modeOf(right);
}

/** undefined: what stands there has no mode of its own. */
export function modeOf(state: FileState): number | undefined {
  return state.kind === 'absent' || state.kind === 'symlink' ? undefined : state.mode;
}

/** What has no mode of its own, and where none is given, stays as it is. */
export function withMode(state: FileState, mode: number | undefined): FileState {
  if (mode === undefined || state.kind === 'absent' || state.kind === 'symlink') return state;
  return { ...state, mode };
}

/** Something a person would call a file: not a folder, and not nothing. */
export function isFile(state: FileState): boolean {
  return state.kind === 'file' || state.kind === 'symlink' || state.kind === 'unkept';
}

/** A file whose content was not kept is known again by what only its last write could have made the same. */
export function isKnownAgain(
  state: FileState,
  stat: { readonly size: number; readonly mtimeMs: number; readonly ctimeMs: number } | undefined,
): boolean {
  if (state.kind !== 'unkept' || stat === undefined) return false;
  const { size, mtimeMs, ctimeMs = stat.ctimeMs } = state;
  return size === stat.size && mtimeMs === stat.mtimeMs && ctimeMs === stat.ctimeMs;
}
