/**
 * Files as an allowed call sees them: it may write what it was allowed to write, where that led when it was allowed.
 * A link that was swapped in since, or a path that was never asked about, is refused (SECURITY, section 4).
 */
import { FileError } from '../ports.ts';
import type { ToolFiles } from '../tools/tool.ts';

export interface GuardedFiles {
  readonly files: ToolFiles;
  allowWrites(writable: ReadonlyMap<string, string>): void;
}

export function createGuardedFiles(files: ToolFiles): GuardedFiles {
  let allowed: ReadonlyMap<string, string> = new Map();
  return {
    files: {
      ...files,
      async write(path, bytes) {
        const expectedRealPath = allowed.get(path);
        if (expectedRealPath === undefined) {
          throw new FileError(
            'EACCES',
            path,
            `${path} is not among the files this call was allowed to write.`,
          );
        }
        return files.write(path, bytes, { expectedRealPath });
      },
    },
    allowWrites(writable) {
      allowed = writable;
    },
  };
}
