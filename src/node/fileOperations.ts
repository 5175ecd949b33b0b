/**
 * The system calls that the file adapters use, as one parameter: tests put one in that fails at the n-th call.
 */
import * as system from 'node:fs/promises';

export type FileOperations = Pick<
  typeof system,
  | 'access'
  | 'chmod'
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rmdir'
  | 'stat'
  | 'symlink'
  | 'unlink'
>;

/** The operating system itself. */
export const systemFileOperations: FileOperations = system;

/** The system's word for what went wrong (ENOENT, …); EIO where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
}

/** Whether the path simply isn't there: it, or a folder on the way to it, is missing or no folder. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
