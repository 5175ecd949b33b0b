/** Files as tools see them: a tool can't change one without its being recorded. */
import { FileError, type FileSystem, type WriteOutcome } from '../ports.ts';
import type { ToolFiles } from '../tools/tool.ts';
import type { ChangeRecorder } from './checkpoints.ts';
import { parentOf } from './paths.ts';

/** `recorder` undefined: checkpoints are off. */
export function createRecordingFiles(files: FileSystem, recorder: ChangeRecorder | undefined): ToolFiles {
  return {
    stat: (path) => files.stat(path),
    lstat: (path) => files.lstat(path),
    readFile: (path, options) => files.readFile(path, options),
    readRange: (path, offset, length) => files.readRange(path, offset, length),
    readDirectory: (path) => files.readDirectory(path),
    realPath: (path) => files.realPath(path),
    async write(path, bytes, options) {
      const real = await files.realPath(path);
      if (options !== undefined && options.expectedRealPath !== real) {
        throw new FileError(
          'ESTALE',
          path,
          `${path} leads elsewhere than when the call was allowed, so it was not written.`,
        );
      }
      if (recorder === undefined) return writeInto(files, real, bytes);
      return recorder.exclusive(real, async () => {
        await recorder.beforeWrite(real, bytes);
        return recordWrite({ files, recorder, path: real, bytes });
      });
    },
  };
}

interface RecordedWrite {
  readonly files: FileSystem;
  readonly recorder: ChangeRecorder;
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function recordWrite({ files, recorder, path, bytes }: RecordedWrite): Promise<WriteOutcome> {
  let made: readonly string[] = [];
  let outcome: WriteOutcome | undefined;
  try {
    made = await files.makeDirectory(parentOf(path));
    outcome = await files.writeFile(path, bytes, { expectedRealPath: path });
    return outcome;
  } catch (error) {
    for (const folder of made.toReversed()) await files.removeEmptyDirectory(folder).catch(() => false);
    throw error;
  } finally {
    // What it can't look at now, `finish` looks at again; the write itself has succeeded or failed by its own.
    await recorder.afterWrite(path, made, outcome?.bytes).catch(() => undefined);
  }
}

async function writeInto(files: FileSystem, path: string, bytes: Uint8Array): Promise<WriteOutcome> {
  await files.makeDirectory(parentOf(path));
  return files.writeFile(path, bytes, { expectedRealPath: path });
}
