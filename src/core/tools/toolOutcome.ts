/** What the tools have in common around their outcomes. */
import { FileError } from '../ports.ts';
import type { ToolOutcome, ToolProgress } from './tool.ts';

/** An expected failure: the model reads why, and what to try. */
export interface ToolFailure {
  readonly error: string;
}

export function succeed<Output>(output: Output): ToolOutcome<Output> {
  return { output, isError: false };
}

export function fail(error: string): ToolOutcome<ToolFailure> {
  return { output: { error }, isError: true };
}

export function isFailure(output: object): output is ToolFailure {
  return 'error' in output && typeof output.error === 'string';
}

/** For tools that have nothing to do but to answer. */
// biome-ignore lint/correctness/useYield: there is nothing to say
export async function* answerAtOnce<Output>(
  output: Output,
): AsyncGenerator<ToolProgress, ToolOutcome<Output>, void> {
  return succeed(output);
}

/** For tools that say nothing while they run. What goes wrong with a file is an outcome, too. */
// biome-ignore lint/correctness/useYield: there is nothing to say
export async function* runQuietly<Output>(
  run: () => Promise<ToolOutcome<Output | ToolFailure>>,
): AsyncGenerator<ToolProgress, ToolOutcome<Output | ToolFailure>, void> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof FileError) return fail(describeFileError(error));
    throw error;
  }
}

/** For what may as well be left out (a preview) when a file can't be looked at. */
export async function withoutFileErrors<Result>(look: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

/** For the model: what is wrong with the file, and what to try. */
export function describeFileError({ code, path, message, cause }: FileError): string {
  switch (code) {
    case 'ENOENT':
      return `${path} does not exist.`;
    case 'ENOTDIR':
      return `${path} can't be there: a part of the path before it is a file, not a folder.`;
    case 'EISDIR':
      return `${path} is a folder, not a file.`;
    case 'EACCES':
    case 'EPERM':
      return `${path} may not be accessed: the system denies it (${code}).`;
    case 'EROFS':
      return `${path} is on a file system that can only be read.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `There is no space left to write ${path}. The file is unchanged. Tell the user.`;
    case 'ELOOP':
      return `${path} leads through symbolic links in a circle.`;
    case 'EBUSY':
      // Without a cause it is Belay's own word: unsaved changes, an edit at the same moment.
      if (cause === undefined) return `${path}: ${message}`;
      return `${path} is in use by another program. Try again, or tell the user.`;
    case 'ESTALE':
      return `${path} was moved or replaced meanwhile, so nothing was written. Look again where it is.`;
    case 'EINVAL':
      return `${path} is not a regular file (a pipe, a socket or a device).`;
    case 'ENAMETOOLONG':
      return `${path} is too long for a path.`;
    default:
      return `${path}: ${message}`;
  }
}
