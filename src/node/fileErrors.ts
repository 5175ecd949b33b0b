/** Turns what node:fs throws into the FileError that the ports promise. */
import { FileError } from '../core/ports.ts';
import { errorCode } from './fileOperations.ts';

/** Runs an operation on a file; what it throws comes out as FileError, an abort as it is. */
export async function withFileErrors<Result>(
  path: string,
  operation: () => Promise<Result>,
): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw toFileError(error, path);
  }
}

function toFileError(error: unknown, path: string): unknown {
  if (error instanceof FileError) return error;
  // Reasons of an abort have no code of the system: they pass.
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return new FileError(errorCode(error), path, error.message, { cause: error });
}
